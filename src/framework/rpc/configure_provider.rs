//! The configuration that all later calls of the process work with.

use super::CallResult;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::configure_provider::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    let provider = server.provider();
    let schema = provider.schema();
    let config = super::decode(&request.config, schema, "provider configuration")?;
    let mut diagnostics = Diagnostics::new();
    let configured = provider.configure(&config, &request.terraform_version, &mut diagnostics);
    server.connect(configured.ok());
    Ok(wire::diagnostics(&schema.secrets_in(&config), &diagnostics).into())
}
