//! Regions.

use crate::api::Client;
use crate::api::http::{Kind, Operation, Result, path::path};
use crate::api::model::{Region, single};

impl Client {
    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>> {
        let path = path(&["regions"])?;
        self.list(op, path, "regions", Region::parse).await
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>> {
        let answer = match self.http().read(op, path(&["regions", id])?).await {
            Ok(answer) => answer,
            Err(error) if *error.kind() == Kind::NotFound && error.own_form() => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = single(&answer.data, "regions");
        if value.is_null() {
            return Ok(None);
        }
        let nested = value.get("region").filter(|region| region.is_object());
        let region = Region::parse(nested.unwrap_or(value)).filter(|region| region.id == id);
        let problem = "the region that was asked for was expected";
        region.map(Some).ok_or_else(|| answer.unexpected(problem))
    }
}
