//! Pushes a small image (configuration, one empty layer, manifest), so that a deployment has
//! something to pull.

use clap::Args;
use oci_client::client::{Config, ImageLayer};
use oci_client::manifest::{
    IMAGE_CONFIG_MEDIA_TYPE, IMAGE_LAYER_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageManifest,
};
use oci_client::secrets::RegistryAuth;
use oci_client::{Client, Reference};
use serde_json::json;

use crate::deploy::RegistryAccess;

/// The end of a tar archive: an archive without files is nothing else.
const EMPTY_TAR: [u8; 1024] = [0; 1024];

/// The arguments of `sandbox push-image`.
#[derive(Debug, Args)]
pub struct PushImage {
    /// `HOST:PORT/REPOSITORY:TAG`
    #[arg(long)]
    image: String,
    #[arg(long)]
    username: String,
    /// Read from the environment, so that no process list shows it.
    #[arg(env = "SANDBOX_PUSH_PASSWORD", hide_env_values = true, hide = true)]
    password: String,
    #[command(flatten)]
    access: RegistryAccess,
}

/// Pushes the image and returns the address of its manifest.
pub async fn push(args: PushImage) -> Result<String, Box<dyn std::error::Error>> {
    let reference: Reference = args.image.parse()?;
    let client = Client::try_from(args.access.config()?)?;
    let layer = ImageLayer::new(EMPTY_TAR.to_vec(), IMAGE_LAYER_MEDIA_TYPE.into(), None);
    let content = json!({
        "architecture": "amd64",
        "os": "linux",
        "config": {},
        // The layer is not compressed, so its digest is also the one of its content.
        "rootfs": {"type": "layers", "diff_ids": [layer.sha256_digest()]},
    });
    let config = Config::new(
        content.to_string().into_bytes(),
        IMAGE_CONFIG_MEDIA_TYPE.into(),
        None,
    );
    let layers = [layer];
    let mut manifest = OciImageManifest::build(&layers, &config, None);
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.into());
    let auth = RegistryAuth::Basic(args.username, args.password);
    let pushed = client
        .push(&reference, &layers, config, &auth, Some(manifest))
        .await
        .map_err(|error| format!("failed to push {reference}: {error}"))?;
    Ok(pushed.manifest_url)
}
