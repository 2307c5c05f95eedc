//! Registries attached to projects.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;

/// A registry in a project, as the project's list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The handle of the registry.
    pub handle: String,
    /// The id of the link, where shown.
    pub join_id: Option<String>,
    /// The id of the registry, where shown.
    pub registry_id: Option<String>,
}

/// What [`Client::attach`] found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The id of the link, where shown.
    pub join_id: Option<String>,
    /// The link existed before.
    pub adopted: bool,
}

#[allow(unused_variables)]
impl Client {
    /// Attaches a registry to a project, or takes the link that is there. A lost answer is settled by the list.
    pub async fn attach(
        &self,
        op: &Operation,
        project: &str,
        handle: &str,
    ) -> Result<Attached, Error> {
        todo!()
    }

    /// Detaches a registry. While a container still references it, this waits until the deadline, then
    /// answers [`super::Kind::StillReferenced`]. A link that is proved to be gone is a success.
    pub async fn detach(&self, op: &Operation, project: &str, handle: &str) -> Result<(), Error> {
        todo!()
    }

    /// The registries of a project; `None` when the project is proved to be gone.
    pub async fn attachments(
        &self,
        op: &Operation,
        project: &str,
    ) -> Result<Option<Vec<Attachment>>, Error> {
        todo!()
    }

    /// One attachment, for a refresh: all callers share one list per project, kept for 60 s or until a
    /// write of ours in that project. `None` only after a fresh list (or when the project is proved to be gone).
    pub async fn refreshed_attachment(
        &self,
        op: &Operation,
        project: &str,
        handle: &str,
    ) -> Result<Option<Attachment>, Error> {
        todo!()
    }
}
