//! Regions.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;

/// A region.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Region {
    pub id: String,
    pub name: Option<String>,
    pub description: Option<String>,
    pub class: Option<String>,
    pub status: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

#[allow(unused_variables)]
impl Client {
    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>, Error> {
        todo!()
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>, Error> {
        todo!()
    }
}
