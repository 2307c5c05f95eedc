//! Organisations.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;

/// An organisation that the token sees.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Organisation {
    pub id: String,
    pub name: Option<String>,
    pub handle: Option<String>,
    pub email: Option<String>,
    pub role: Option<String>,
}

#[allow(unused_variables)]
impl Client {
    /// Lists the organisations that the token sees.
    pub async fn organisations(&self, op: &Operation) -> Result<Vec<Organisation>, Error> {
        todo!()
    }
}
