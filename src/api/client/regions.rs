//! Regions.

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::path::path;
use crate::api::model::fields::single;
use crate::api::model::region::Region;

impl Client {
    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>, Error> {
        self.list(op, path(&["regions"])?, "regions", Region::parse)
            .await
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>, Error> {
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
        let value = nested.unwrap_or(value);
        match Region::parse(value) {
            Some(region) if region.id == id => Ok(Some(region)),
            _ => Err(answer.unexpected("a region with the id asked for was expected")),
        }
    }
}
