//! The seam in front of the operations whose wire form is not public: metadata, versions, rotation and
//! activation.

use super::client::Client;
use super::error::Error;
use super::operation::Operation;
use super::registry::Registry;
use crate::secret::Secret;

/// How the API at hand changes credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// By rotation, with a list of versions and activation.
    Rotate,
    /// By replacing the whole object; there is no list of versions and no activation.
    Put,
}

/// A retained version of a registry's credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Version {
    pub id: Option<String>,
    pub version: i64,
    pub server: Option<String>,
    pub username: Option<String>,
    pub current: bool,
    /// When it was made, as the API writes it.
    pub created: Option<String>,
}

/// Credentials as configured.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Credentials<'a> {
    pub server: &'a str,
    pub username: &'a str,
    pub password: &'a Secret,
}

/// New credentials for a registry.
#[derive(Clone, Copy, Debug)]
pub struct Rotation<'a> {
    /// Only if it changes.
    pub server: Option<&'a str>,
    /// The user name, changed or not.
    pub username: &'a str,
    /// The password.
    pub password: &'a Secret,
}

/// What a metadata update did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MetadataUpdated {
    /// The credentials had to be sent along, so the API may have made a version of them.
    pub may_have_made_version: bool,
}

/// What a rotation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotated {
    /// The number of the new version, where the API shows it.
    pub version: Option<i64>,
    /// Its id, where the API shows it.
    pub version_id: Option<String>,
    /// What the user should know: whole sentences.
    pub warnings: Vec<String>,
}

#[allow(unused_variables)]
impl Client {
    /// Finds out, by reading, which dialect the API speaks; `id` is any registry that exists. Remembered.
    pub async fn dialect(&self, op: &Operation, id: &str) -> Result<Dialect, Error> {
        todo!()
    }

    /// Changes name and retention and, where the dialect allows it, leaves the credentials alone.
    /// `maxversions: None` keeps what was read. `held` are the configured credentials, which the *put*
    /// dialect has to send along; without them it answers [`super::Kind::CredentialsNeeded`] before any write.
    pub async fn update_metadata(
        &self,
        op: &Operation,
        registry: &Registry,
        name: &str,
        maxversions: Option<i64>,
        held: Option<&Credentials<'_>>,
    ) -> Result<MetadataUpdated, Error> {
        todo!()
    }

    /// The retained versions, in ascending order; `None` when the API has no list of them (or none with numbers).
    pub async fn versions(&self, op: &Operation, id: &str) -> Result<Option<Vec<Version>>, Error> {
        todo!()
    }

    /// Stores new credentials as a new version, exactly once: a lost answer is settled by the versions
    /// before and after. Where no version shows, it is sent once more, with a warning.
    ///
    /// The *put* dialect also sends `registry.name` and `registry.maxversions`: to change them in the same
    /// write (one version, not two), put the new values there and leave out [`Client::update_metadata`].
    pub async fn rotate(
        &self,
        op: &Operation,
        registry: &Registry,
        rotation: &Rotation<'_>,
    ) -> Result<Rotated, Error> {
        todo!()
    }

    /// Makes a retained version current. Safe to repeat.
    pub async fn activate(&self, op: &Operation, id: &str, version: i64) -> Result<(), Error> {
        todo!()
    }
}
