//! The `provider` block, as far as it can be judged without acting on it.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::validate::{self, Client};
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::validate_provider_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let schema = server.provider().schema();
    let config = super::decode(request.config.as_ref(), schema, "provider configuration")?;
    let mut diagnostics = Diagnostics::new();
    // No provider argument is write-only, so what the client knows of them does not matter.
    let client = Client { write_only: true };
    validate::block(
        &schema.attributes,
        &config,
        &Path::ROOT,
        client,
        &mut diagnostics,
    );
    Ok(Response {
        diagnostics: wire::diagnostics_apart_from(&schema.secrets_in(&config), &diagnostics),
    })
}
