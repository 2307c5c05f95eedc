//! Regions.

use serde_json::Value;

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::path::path;
use crate::api::model::fields::list;
use crate::api::model::region::Region;

impl Client {
    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>, Error> {
        let answer = self.http().read(op, path(&["regions"])?).await?;
        list(&answer.data, "regions", Region::parse).map_err(|problem| answer.unexpected(&problem))
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>, Error> {
        let answer = match self.http().read(op, path(&["regions", id])?).await {
            Ok(answer) => answer,
            Err(error) if *error.kind() == Kind::NotFound && error.own_form() => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = match answer.data.get("regions").and_then(Value::as_array) {
            Some(list) => match list.first() {
                Some(first) => first,
                None => return Ok(None),
            },
            None => answer.data.get("region").unwrap_or(&answer.data),
        };
        match Region::parse(value) {
            Some(region) if region.id == id => Ok(Some(region)),
            _ => Err(answer.unexpected("a region with the id asked for was expected")),
        }
    }
}
