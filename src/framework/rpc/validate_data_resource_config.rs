//! A data block, before it is read.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::validate::{self, Client};
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::validate_data_resource_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let source = server.data_source(&request.type_name)?;
    let schema = source.schema();
    let config = super::decode(request.config.as_ref(), schema, "configuration")?;
    let mut diagnostics = Diagnostics::new();
    // Write-only arguments exist in resources only.
    let client = Client { write_only: true };
    validate::block(
        &schema.attributes,
        &config,
        &Path::ROOT,
        client,
        &mut diagnostics,
    );
    source.validate(&config, &mut diagnostics);
    Ok(Response {
        diagnostics: wire::diagnostics(&diagnostics),
    })
}
