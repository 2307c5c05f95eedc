//! Projects.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;

/// A project. Everything but `id` and `handle` may be missing from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Project {
    pub id: String,
    pub handle: String,
    pub name: Option<String>,
    pub regions: Option<Vec<String>>,
    pub users: Option<Vec<String>>,
    pub organisation: Option<String>,
}

#[allow(unused_variables)]
impl Client {
    /// Reads one project. `None` only when it is proved to be gone.
    pub async fn project(&self, op: &Operation, id: &str) -> Result<Option<Project>, Error> {
        todo!()
    }

    /// Reads a project by its handle. `None` only when it is proved that no living project has it.
    pub async fn project_by_handle(
        &self,
        op: &Operation,
        handle: &str,
    ) -> Result<Option<Project>, Error> {
        todo!()
    }

    /// Lists the projects of the organisation.
    pub async fn projects(&self, op: &Operation) -> Result<Vec<Project>, Error> {
        todo!()
    }
}
