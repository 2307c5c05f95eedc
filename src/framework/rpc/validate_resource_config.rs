//! A resource block, before anything is known of its object.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::validate::{self, Client};
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::validate_resource_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let config = super::decode(request.config.as_ref(), schema, "configuration")?;
    let client = Client {
        write_only: request
            .client_capabilities
            .is_some_and(|client| client.write_only_attributes_allowed),
    };
    let mut diagnostics = Diagnostics::new();
    validate::block(
        &schema.attributes,
        &config,
        &Path::ROOT,
        client,
        &mut diagnostics,
    );
    resource.validate(&config, &mut diagnostics);
    Ok(Response {
        diagnostics: wire::diagnostics_apart_from(&schema.secrets_in(&config), &diagnostics),
    })
}
