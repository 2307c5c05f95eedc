//! Registries: looking and creating.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;
use super::registry::Registry;
use crate::secret::Secret;

/// What a new registry consists of.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct NewRegistry<'a> {
    pub handle: &'a str,
    pub name: &'a str,
    pub server: &'a str,
    pub username: &'a str,
    pub password: &'a Secret,
    /// `None` leaves the number to the API.
    pub maxversions: Option<i64>,
}

/// A registry that was created by this call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Created {
    /// Its id.
    pub id: String,
    /// What the user should know: whole sentences.
    pub warnings: Vec<String>,
}

/// What has a handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandleState {
    /// Nothing.
    Free,
    /// A registry that was deleted: the handle cannot be used again.
    Burned,
    /// This registry.
    Alive(Box<Registry>),
}

#[allow(unused_variables)]
impl Client {
    /// Creates a registry, exactly once: a lost answer is settled by looking at who has the handle.
    /// In the good case this is one request; the caller reads the result with [`Client::registry_after_write`].
    pub async fn create_registry(
        &self,
        op: &Operation,
        new: &NewRegistry<'_>,
    ) -> Result<Created, Error> {
        todo!()
    }

    /// Reads one registry. `None` only when it is proved to be gone: the API itself says so, and the
    /// organisation is still visible.
    pub async fn registry(&self, op: &Operation, id: &str) -> Result<Option<Registry>, Error> {
        todo!()
    }

    /// Reads a registry until `expected` holds for it, for a few seconds at most, and answers what was
    /// seen last. The caller judges whether that is what it wrote.
    pub async fn registry_after_write(
        &self,
        op: &Operation,
        id: &str,
        expected: impl Fn(&Registry) -> bool,
    ) -> Result<Registry, Error> {
        todo!()
    }

    /// Reads one registry for a refresh: all callers share one list, kept for 60 s or until a write of
    /// ours. `None` as in [`Client::registry`].
    pub async fn refreshed_registry(
        &self,
        op: &Operation,
        id: &str,
    ) -> Result<Option<Registry>, Error> {
        todo!()
    }

    /// Finds out what has a handle.
    pub async fn registry_by_handle(
        &self,
        op: &Operation,
        handle: &str,
    ) -> Result<HandleState, Error> {
        todo!()
    }

    /// Lists the registries of the organisation.
    pub async fn registries(&self, op: &Operation) -> Result<Vec<Registry>, Error> {
        todo!()
    }
}
