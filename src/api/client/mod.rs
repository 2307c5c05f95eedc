//! The client: one organisation of the API, an endpoint a method.

mod attachments;
mod changes;
mod create;
mod delete;
mod dialect;
mod projects;
mod registries;
mod rotation;

pub use attachments::{Attached, Detached};
pub use create::NewRegistry;
pub use registries::HandleState;
pub use rotation::{Baseline, Credentials, Made, Rotated, Rotation};

use std::sync::Arc;

use reqwest::Certificate;
use serde_json::Value;

use super::cache::Cache;
use super::http::{Http, Operation, Result, Transport, network::Network, path::path};
use super::model::list;
use super::settings::{self, Settings, SettingsError};

/// A client of one organisation. Clones share connections, kept lists and what was learned about the API.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: Http,
    organisation: String,
    base_url: String,
    /// What is trusted besides the certificates of the system.
    anchors: Vec<Certificate>,
    cache: Cache,
}

impl Client {
    /// Checks the settings and builds the client. Makes no request.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let network = Network::new(&settings)?;
        Self::over(settings, Arc::new(network))
    }

    /// A client whose requests take another way than the network.
    pub fn over(settings: Settings, transport: Arc<dyn Transport>) -> Result<Self, SettingsError> {
        Ok(Self(Arc::new(Inner {
            http: Http::new(transport),
            anchors: settings.trust_anchors()?,
            organisation: settings::organisation(&settings.organisation_id)?,
            base_url: settings::base(&settings.base_url)?.address,
            cache: Cache::default(),
        })))
    }

    /// The UUID of the organisation, in lower case.
    pub fn organisation(&self) -> &str {
        &self.0.organisation
    }

    /// The address of the API.
    pub fn base_url(&self) -> &str {
        &self.0.base_url
    }

    /// The certificates of `ca_certificate_file`, for connections to other servers than the API.
    pub fn trust_anchors(&self) -> &[Certificate] {
        &self.0.anchors
    }

    /// Reads a list of which every item has to be understood.
    async fn list<T>(
        &self,
        op: &Operation,
        path: String,
        key: &str,
        parse: impl Fn(&Value) -> Option<T>,
    ) -> Result<Vec<T>> {
        let answer = self.0.http.read(op, path).await?;
        list(&answer.data, key, parse).map_err(|problem| answer.unexpected(&problem))
    }

    /// A path below the organisation.
    fn path(&self, segments: &[&str]) -> Result<String> {
        let mut whole = vec!["organisations", self.organisation()];
        whole.extend(segments);
        path(&whole)
    }
}
