//! Deployment: the one place where stored credentials become plaintext to be used.
//!
//! For each region the current version is unsealed, the image's manifest is pulled from its registry
//! over the OCI distribution protocol, and the plaintext is overwritten. Nothing of it is returned.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use oci_client::client::{Certificate, CertificateEncoding, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};

use crate::seal::Key;
use crate::store::deployments::{Pull, PullWith};

/// The longest that one region's pull may take.
const PULL_TIMEOUT: Duration = Duration::from_secs(20);

/// How image registries are reached.
#[derive(Clone, Debug, Default, Args)]
pub struct RegistryAccess {
    /// PEM file with certificate authorities to trust for image registries, besides the system's.
    #[arg(long)]
    pub registry_ca: Option<PathBuf>,
    /// Image registries to speak plain HTTP to.
    #[arg(long, num_args = 1.., value_name = "HOST:PORT")]
    pub plain_http_registry: Vec<String>,
}

impl RegistryAccess {
    /// The settings of a client. Each use makes its own client, since clients remember credentials.
    pub fn config(&self) -> std::io::Result<ClientConfig> {
        let extra_root_certificates = match &self.registry_ca {
            Some(path) => vec![Certificate {
                encoding: CertificateEncoding::Pem,
                data: std::fs::read(path)?,
            }],
            None => Vec::new(),
        };
        Ok(ClientConfig {
            protocol: ClientProtocol::HttpsExcept(self.plain_http_registry.clone()),
            extra_root_certificates,
            connect_timeout: Some(Duration::from_secs(5)),
            read_timeout: Some(Duration::from_secs(10)),
            ..ClientConfig::default()
        })
    }
}

/// Pulls the image in every region and tells what came of it.
pub async fn run(
    access: &RegistryAccess,
    key: &Key,
    image: &str,
    with: &PullWith,
    regions: &[String],
) -> Vec<Pull> {
    let mut pulls = Vec::new();
    for region in regions {
        let result = pull(access, key, image, with).await;
        let (registry, version) = match with {
            PullWith::Sealed(held) => (Some(held.0.handle.clone()), Some(held.1.version)),
            PullWith::Nothing | PullWith::Unusable(_) => (None, None),
        };
        pulls.push(Pull {
            region: region.clone(),
            image: image.into(),
            registry,
            version,
            succeeded: result.is_ok(),
            message: result.unwrap_or_else(|problem| problem),
        });
    }
    pulls
}

/// One region's pull: the digest of the manifest, or why there is none.
async fn pull(
    access: &RegistryAccess,
    key: &Key,
    image: &str,
    with: &PullWith,
) -> Result<String, String> {
    let reference: Reference = image
        .parse()
        .map_err(|error| format!("'{image}' is not an image reference: {error}"))?;
    let config = access
        .config()
        .map_err(|error| format!("the registry CA file could not be read: {error}"))?;
    let auth = match with {
        PullWith::Unusable(problem) => return Err(problem.clone()),
        PullWith::Nothing => RegistryAuth::Anonymous,
        PullWith::Sealed(held) => {
            let (registry, version) = held.as_ref();
            if host(&version.server) != host(reference.registry()) {
                return Err(format!(
                    "registry '{}' holds credentials for {}, and the image is at {}",
                    registry.handle,
                    version.server,
                    reference.registry()
                ));
            }
            let credentials = version
                .unseal(key, &registry.id)
                .map_err(|_| "the credentials could not be unsealed".to_owned())?;
            // The client takes a copy of its own, dropped with the client at the end of this pull.
            RegistryAuth::Basic(
                credentials.username,
                credentials.password.expose().to_owned(),
            )
        }
    };
    let client =
        Client::try_from(config).map_err(|error| format!("no client could be made: {error}"))?;
    let pulled = tokio::time::timeout(PULL_TIMEOUT, client.pull_manifest(&reference, &auth)).await;
    match pulled {
        Ok(Ok((_, digest))) => Ok(digest),
        Ok(Err(error)) => Err(problem(&error, &reference, with)),
        Err(_) => Err(format!(
            "{} did not answer within {} seconds",
            reference.registry(),
            PULL_TIMEOUT.as_secs()
        )),
    }
}

/// Docker Hub has three names; any other registry has one.
fn host(server: &str) -> &str {
    match server {
        "index.docker.io" | "registry-1.docker.io" => "docker.io",
        other => other,
    }
}

/// The registry's refusal in words of ours: its own could repeat what was sent to it.
fn problem(error: &OciDistributionError, image: &Reference, with: &PullWith) -> String {
    let registry = image.registry();
    match error {
        OciDistributionError::UnauthorizedError { .. }
        | OciDistributionError::AuthenticationFailure(_) => match with {
            PullWith::Sealed(held) => format!(
                "{registry} refused version {} of registry '{}'",
                held.1.version, held.0.handle
            ),
            _ => format!("{registry} asks for credentials, and the container names no registry"),
        },
        OciDistributionError::ImageManifestNotFoundError(_) => {
            format!("{registry} has no image {image}")
        }
        OciDistributionError::RegistryError { envelope, .. } => {
            let codes: Vec<String> = envelope
                .errors
                .iter()
                .map(|error| format!("{:?}", error.code))
                .collect();
            format!("{registry} refused the pull: {}", codes.join(", "))
        }
        OciDistributionError::ServerError { code, .. } => format!("{registry} answered {code}"),
        OciDistributionError::RequestError(error) if error.is_connect() => {
            format!("{registry} could not be reached")
        }
        _ => format!("{registry} did not give a usable manifest"),
    }
}
