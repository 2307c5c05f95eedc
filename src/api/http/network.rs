//! Requests over the network.

use std::error::Error as _;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::Certificate;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use zeroize::Zeroizing;

use super::envelope::Body;
use super::transport::{Fault, Reply, Request, Transport};
use crate::api::settings::{self, Settings, SettingsError};
use crate::loopback::LOOPBACK;
use crate::proxy;
use crate::secret::{self, Author};
use crate::tls_failure;

/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer read in full, in bytes.
const LARGEST: usize = 16 << 20;

/// The largest error answer read, in bytes.
const LARGEST_ERROR: usize = 1 << 20;

/// The connections to the API.
pub struct Network {
    http: reqwest::Client,
    base: String,
}

impl Network {
    /// Checks the settings that connections need. `anchors` are trusted besides the system's. Makes no request.
    pub fn new(settings: &Settings, anchors: &[Certificate]) -> Result<Self, SettingsError> {
        let base = settings::base(&settings.base_url)?;
        let authorisation = settings::authorisation(&settings.token)?;
        if !base.loopback
            && let Some(variable) = proxy::malformed(proxy::variable)
        {
            return Err(SettingsError::new(
                "proxy",
                format!("the environment variable {variable} is not the address of a proxy"),
            ));
        }
        let agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            SettingsError::new(
                "user_agent",
                "user_agent has a character that cannot be sent in a header",
            )
        })?;
        let json = HeaderValue::from_static("application/json");
        let direct = base.is_bypassed();
        let builder = || {
            let builder = reqwest::Client::builder();
            let builder = if direct { builder.no_proxy() } else { builder };
            builder
                .default_headers(HeaderMap::from_iter([
                    (AUTHORIZATION, authorisation.clone()),
                    (ACCEPT, json.clone()),
                    (CONTENT_TYPE, json.clone()),
                ]))
                .user_agent(agent.clone())
                .connect_timeout(CONNECT_TIMEOUT)
                // Credentials are sent to the configured address and nowhere else.
                .redirect(Policy::none())
                // The library would send a refused stream again, a write too. Only we repeat.
                .retry(reqwest::retry::never())
        };
        let http = if base.loopback {
            // A proxy, or whoever a name server takes for `localhost`, would see the token of a plain request; and
            // there is nobody to trust.
            let builder = builder().no_proxy().tls_certs_only([]);
            builder.resolve_to_addrs("localhost", &LOOPBACK).build()
        } else if anchors.is_empty() {
            builder().build()
        } else {
            builder()
                .tls_certs_merge(anchors.to_vec())
                .build()
                // A minimal container has no anchors of its own to merge these with.
                .or_else(|_| builder().tls_certs_only(anchors.to_vec()).build())
        };
        let http = http.map_err(|error| tls_unusable(settings, &error))?;
        Ok(Self {
            http,
            base: base.address,
        })
    }
}

#[async_trait]
impl Transport for Network {
    async fn exchange(&self, request: &Request) -> Result<Reply, Fault> {
        let address = format!("{}{}", self.base, request.path());
        let mut builder = self.http.request(request.method().clone(), address);
        if let Some(body) = request.body() {
            builder = builder.body(body.clone());
        }
        let mut response = builder.send().await.map_err(fault)?;
        let status = response.status();
        let headers = response.headers().clone();
        let largest = if status.is_success() {
            LARGEST
        } else {
            LARGEST_ERROR
        };
        // Answers hold no secrets by contract, but an API may echo what it got.
        let mut bytes = Zeroizing::new(Vec::new());
        let mut whole = true;
        while let Some(chunk) = response.chunk().await.map_err(|error| lost(&error))? {
            if bytes.len() + chunk.len() > largest {
                whole = false;
                break;
            }
            bytes.extend_from_slice(&chunk);
        }
        let header = |name: &str| headers.get(name)?.to_str().ok();
        Ok(if whole {
            Reply::new(status, header, &bytes)
        } else {
            let problem = format!("the answer is larger than {} MiB", largest >> 20);
            Reply::with(status, header, Body::Garbled(problem))
        })
    }
}

/// The one thing left that can fail is the set of trust anchors.
fn tls_unusable(settings: &Settings, error: &reqwest::Error) -> SettingsError {
    let causes = causes(error);
    let (setting, problem) = match settings.ca_certificate_file {
        Some(_) => (
            "ca_certificate_file",
            "ca_certificate_file holds a certificate that cannot be used",
        ),
        None => (
            "trust_anchors",
            "no connection can be secured with the certificates of this system",
        ),
    };
    SettingsError::new(setting, format!("{problem}: {causes}"))
}

fn fault(error: reqwest::Error) -> Fault {
    if let Some(problem) = tls_failure::untrusted(&error) {
        Fault::NotTrusted(problem.to_owned())
    } else if error.is_builder() || refused_by_proxy(&error) {
        Fault::Barred(secret::redact(&causes(&error)).into_owned())
    } else if error.is_connect() {
        let why = if error.is_dns() {
            format!(
                "the name of the host cannot be resolved: {}",
                causes(&error)
            )
        } else if tls_failure::is_no_tls(&error) {
            "the server speaks no TLS at this port; is its address one with http?".to_owned()
        } else if error.is_timeout() {
            "no connection in time".to_owned()
        } else {
            causes(&error)
        };
        let port = |url: &reqwest::Url| {
            Some(format!(
                "{}:{}",
                url.host_str()?,
                url.port_or_known_default()?
            ))
        };
        let address = error.url().and_then(port).unwrap_or_default();
        Fault::NotSent(format!("{address}: {why}"))
    } else {
        lost(&error)
    }
}

/// Whether a proxy answered the request for a tunnel with a refusal. The library tells it by its words alone.
fn refused_by_proxy(error: &reqwest::Error) -> bool {
    let causes = causes(error);
    error.is_connect()
        && (causes.contains("proxy authorization required")
            || causes.contains("tunnel error: unsuccessful")
            || causes.contains("unknown proxy scheme"))
}

fn lost(error: &reqwest::Error) -> Fault {
    Fault::Lost(format!("the connection broke: {}", causes(error)))
}

/// The causes below an error of the HTTP library, whose own text only repeats the address.
fn causes(error: &reqwest::Error) -> String {
    let mut texts: Vec<String> = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
        source = cause.source();
    }
    secret::admit(&texts.join(": "), Author::Unaware)
}
