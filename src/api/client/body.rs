//! What is sent of a registry: the same keys whenever it is written as a whole. The API refuses any other.

use serde::Serialize;

/// A registry as it is written.
#[derive(Serialize)]
pub struct Body<'a> {
    pub handle: &'a str,
    pub name: &'a str,
    pub server: &'a str,
    pub username: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<&'a str>,
    /// One that is left out is given by the API, or reset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxversions: Option<i64>,
}
