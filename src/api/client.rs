//! The client itself: connections, and what all calls share.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use reqwest::Certificate;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;

use super::attachments::Attachment;
use super::dialect::Dialect;
use super::error::Error;
use super::limiter::Limiter;
use super::organisations::Organisation;
use super::path::path;
use super::registry::Registry;
use super::settings::{self, Settings, SettingsError};
use super::shared::Shared;
use crate::secret;

/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client of one organisation. Clones share connections, kept lists and what was learned about the API.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    base: String,
    organisation: String,
    /// What is trusted besides the certificates of the system.
    anchors: Vec<Certificate>,
    limiter: Limiter,
    known: Known,
}

/// What was learned about the API and what is in it.
pub(super) struct Known {
    /// Something at the address has answered.
    pub(super) answered: AtomicBool,
    pub(super) dialect: OnceLock<Dialect>,
    pub(super) organisations: Shared<Vec<Organisation>>,
    /// By id.
    pub(super) registries: Shared<HashMap<String, Registry>>,
    /// The list of registries turned out not to be what it was taken for.
    pub(super) no_registry_list: AtomicBool,
    attachments: Mutex<HashMap<String, Arc<AttachmentList>>>,
}

/// The attachments of one project, `None` when it is gone.
pub(super) type AttachmentList = Shared<Option<Vec<Attachment>>>;

impl Known {
    /// The kept list of a project.
    pub(super) fn attachments(&self, project: &str) -> Arc<AttachmentList> {
        let mut lists = self
            .attachments
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let list = lists
            .entry(project.to_owned())
            .or_insert_with(|| Arc::new(Shared::new()));
        Arc::clone(list)
    }
}

impl Client {
    /// Checks the settings and builds the client. Makes no request.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let base = settings::base(&settings.base_url)?;
        let organisation = settings::organisation(&settings.organisation_id)?;
        let authorisation = settings::authorisation(&settings.token)?;
        secret::register(&settings.token);
        let agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            SettingsError::new(
                "user_agent",
                "user_agent has a character that cannot be sent in a header",
                "Use printable ASCII characters only.",
            )
        })?;
        let json = HeaderValue::from_static("application/json");
        let builder = || {
            reqwest::Client::builder()
                .default_headers(HeaderMap::from_iter([
                    (AUTHORIZATION, authorisation.clone()),
                    (ACCEPT, json.clone()),
                    (CONTENT_TYPE, json.clone()),
                ]))
                .user_agent(agent.clone())
                .connect_timeout(CONNECT_TIMEOUT)
                // Credentials are sent to the configured address and nowhere else.
                .redirect(Policy::none())
        };
        let file = settings.ca_certificate_file.as_deref();
        let anchors = file.map(settings::trust_anchors).transpose()?;
        let anchors = anchors.unwrap_or_default();
        let http = if base.loopback {
            // A proxy would see the token of a plain request; and there is nobody to trust.
            builder().no_proxy().tls_certs_only([]).build()
        } else if anchors.is_empty() {
            builder().build()
        } else {
            builder()
                .tls_certs_merge(anchors.clone())
                .build()
                // A minimal container has no anchors of its own to merge these with.
                .or_else(|_| builder().tls_certs_only(anchors.clone()).build())
        };
        let http = http.map_err(|error| tls_unusable(&settings, &error))?;
        Ok(Self(Arc::new(Inner {
            http,
            base: base.address,
            organisation,
            anchors,
            limiter: Limiter::new(),
            known: Known {
                answered: AtomicBool::new(false),
                dialect: OnceLock::new(),
                organisations: Shared::new(),
                registries: Shared::new(),
                no_registry_list: AtomicBool::new(false),
                attachments: Mutex::default(),
            },
        })))
    }

    /// The UUID of the organisation, in lower case.
    pub fn organisation(&self) -> &str {
        &self.0.organisation
    }

    /// The certificates of `ca_certificate_file`, for connections to other servers than the API.
    pub fn trust_anchors(&self) -> &[Certificate] {
        &self.0.anchors
    }

    pub(super) fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    pub(super) fn base(&self) -> &str {
        &self.0.base
    }

    pub(super) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(super) fn known(&self) -> &Known {
        &self.0.known
    }

    /// A path below the organisation.
    pub(super) fn path(&self, segments: &[&str]) -> Result<String, Error> {
        let mut whole = vec!["organisations", self.organisation()];
        whole.extend(segments);
        path(&whole)
    }
}

/// The one thing left that can fail is the set of trust anchors.
fn tls_unusable(settings: &Settings, error: &reqwest::Error) -> SettingsError {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source())
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(": ");
    if settings.ca_certificate_file.is_some() {
        SettingsError::new(
            "ca_certificate_file",
            format!("ca_certificate_file holds a certificate that cannot be used: {causes}"),
            "Name a PEM file with the certificate of the authority to trust.",
        )
    } else {
        SettingsError::new(
            "ca_certificate_file",
            format!("no connection can be secured with the certificates of this system: {causes}"),
            "Install the system's certificates (package ca-certificates), or name a file with `ca_certificate_file`.",
        )
    }
}
