//! Requests over the network.

use async_trait::async_trait;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};
use std::time::Duration;

use super::envelope;
use super::transport::{Fault, Reply, Request, Transport};
use crate::api::settings::{self, Settings, SettingsError};
use crate::net::{self, proxy, tls};
use crate::secret::{self, Author};

/// How long connecting may take, TLS included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections to the API.
pub struct Network {
    http: reqwest::Client,
    base: String,
}

impl Network {
    /// Checks the settings that connections need. Makes no request.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        let anchors = settings.trust_anchors()?;
        let base = settings::base(&settings.base_url)?;
        let authorisation = settings::authorisation(&settings.token)?;
        if !base.loopback
            && let Some(variable) = proxy::malformed(proxy::variable)
        {
            return Err(SettingsError {
                setting: "proxy",
                problem: format!(
                    "the environment variable {variable} is not the address of a proxy"
                ),
            });
        }
        let agent = HeaderValue::from_str(&settings.user_agent).map_err(|_| {
            SettingsError::of(
                "user_agent",
                "has a character that cannot be sent in a header",
            )
        })?;
        let json = HeaderValue::from_static("application/json");
        let builder = || {
            net::client(&base.host, base.port, base.loopback)
                .default_headers(HeaderMap::from_iter([
                    (AUTHORIZATION, authorisation.clone()),
                    (ACCEPT, json.clone()),
                    (CONTENT_TYPE, json.clone()),
                ]))
                .user_agent(agent.clone())
                .connect_timeout(CONNECT_TIMEOUT)
        };
        let http = if base.loopback {
            // There is nobody to trust.
            builder().tls_certs_only([]).build()
        } else if anchors.is_empty() {
            builder().build()
        } else {
            builder()
                .tls_certs_merge(anchors.clone())
                .build()
                // A minimal container has no anchors of its own to merge these with.
                .or_else(|_| builder().tls_certs_only(anchors).build())
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
        let address = format!("{}{}", self.base, request.path);
        let mut builder = self.http.request(request.method.clone(), address);
        if let Some(body) = &request.body {
            builder = builder.body(body.clone());
        }
        let answer = builder.send().await.map_err(fault)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = net::body(answer, envelope::longest(status)).await;
        let body = body.map_err(|error| lost(&error))?;
        let header = |name: &str| headers.get(name)?.to_str().ok();
        Ok(Reply::new(status, header, &body))
    }
}

/// The one thing left that can fail is the set of trust anchors.
fn tls_unusable(settings: &Settings, error: &reqwest::Error) -> SettingsError {
    let causes = causes(error);
    if settings.ca_certificate_file.is_some() {
        let problem = format!("holds a certificate that cannot be used: {causes}");
        return SettingsError::of("ca_certificate_file", &problem);
    }
    SettingsError {
        setting: "trust_anchors",
        problem: format!(
            "no connection can be secured with the certificates of this system: {causes}"
        ),
    }
}

fn fault(error: reqwest::Error) -> Fault {
    if let Some(problem) = tls::untrusted(&error) {
        Fault::NotTrusted(problem.to_owned())
    } else if error.is_builder() || refused_by_proxy(&error) {
        Fault::Barred(causes(&error))
    } else if error.is_connect() {
        let why = if error.is_dns() {
            format!(
                "the name of the host cannot be resolved: {}",
                causes(&error)
            )
        } else if tls::is_no_tls(&error) {
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
    for text in net::chain(error).skip(1).map(ToString::to_string) {
        if !texts.iter().any(|seen| seen.contains(&text)) {
            texts.push(text);
        }
    }
    secret::admit(&texts.join(": "), Author::Unaware)
}
