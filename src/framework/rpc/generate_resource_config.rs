//! A configuration for an object that was found or imported.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::generate;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::generate_resource_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let schema = server.resource(&request.type_name)?.schema();
    let state = super::decode(request.state.as_ref(), schema, "state")?;
    Ok(Response {
        config: Some(wire::encode(&generate::config(&schema.attributes, &state))),
        diagnostics: Vec::new(),
    })
}
