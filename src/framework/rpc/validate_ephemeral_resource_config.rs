//! An ephemeral block, before it is opened.

use super::lookup;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::validate_ephemeral_resource_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let resource = server.ephemeral_resource(&request.type_name)?;
    let diagnostics = lookup::check(resource, request.config.as_ref())?;
    Ok(Response { diagnostics })
}
