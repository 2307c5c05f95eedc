//! The seam in front of the operations whose wire form is not public: versions, rotation and activation. It
//! finds out which of two forms the API speaks; `rotate.rs` and `put.rs` hold these forms.

pub mod put;
pub mod rotate;

use std::time::Duration;

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::model::registry::Registry;
use crate::api::model::version::{Dialect, Version};

/// How long after a first 404 the list of versions is asked for again.
const SURELY: Duration = Duration::from_millis(500);

impl Client {
    /// Finds out, by reading, which dialect the API speaks, once for all who ask. `registry` was just read.
    pub async fn dialect(&self, op: &Operation, registry: &Registry) -> Result<Dialect, Error> {
        self.discover(op, registry)
            .await
            .map(|(dialect, _)| dialect)
    }

    /// The retained versions of a registry that was just read, in ascending order; `None` when the API has no
    /// list of them (or one without numbers).
    pub async fn versions(
        &self,
        op: &Operation,
        registry: &Registry,
    ) -> Result<Option<Vec<Version>>, Error> {
        match self.discover(op, registry).await? {
            (Dialect::Put, _) => Ok(None),
            (Dialect::Rotate, Some(versions)) => Ok(versions),
            (Dialect::Rotate, None) => self.read_versions(op, &registry.id).await,
        }
    }

    /// The dialect, and the list of versions if it was found by that.
    async fn discover(
        &self,
        op: &Operation,
        registry: &Registry,
    ) -> Result<(Dialect, Option<Option<Vec<Version>>>), Error> {
        let known = self.known();
        if let Some(dialect) = known.dialect.get() {
            return Ok((*dialect, None));
        }
        let mut listed = None;
        let asked = async {
            if let Some(dialect) = known.dialect.get() {
                return Ok(*dialect);
            }
            // It is remembered that there is no list, so it has to be as sure as that something is gone.
            for pause in [Some(SURELY), None] {
                match self.read_versions(op, &registry.id).await {
                    Ok(versions) => {
                        listed = Some(versions);
                        break;
                    }
                    Err(error) if !says_no_route(&error) => return Err(error),
                    Err(error) => {
                        let Some(pause) = pause else { break };
                        if op.pause(pause).await.is_err() {
                            return Err(error);
                        }
                    }
                }
            }
            let dialect = match listed {
                Some(_) => Dialect::Rotate,
                None => Dialect::Put,
            };
            Ok(*known.dialect.get_or_init(|| dialect))
        };
        let dialect = *known.discovery.get(op, None, asked).await?;
        Ok((dialect, listed))
    }

    pub(super) async fn read_versions(
        &self,
        op: &Operation,
        id: &str,
    ) -> Result<Option<Vec<Version>>, Error> {
        let answer = self
            .http()
            .read(op, rotate::versions_path(self, id)?)
            .await?;
        rotate::parse_versions(&answer)
    }

    /// A registry that has to be there.
    pub(super) async fn existing(&self, op: &Operation, id: &str) -> Result<Registry, Error> {
        let registry = self.registry(op, id).await?;
        registry.ok_or_else(|| Error::new(Kind::NotFound))
    }
}

/// The API's own word that it has no such route.
fn says_no_route(error: &Error) -> bool {
    error.own_form() && matches!(error.status(), Some(404 | 405))
}
