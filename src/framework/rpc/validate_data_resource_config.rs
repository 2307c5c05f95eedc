//! A data block, before it is read.

use super::lookup;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::validate_data_resource_config::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let source = server.data_source(&request.type_name)?;
    let diagnostics = lookup::check(source, request.config.as_ref())?;
    Ok(Response { diagnostics })
}
