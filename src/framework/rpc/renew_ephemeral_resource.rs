//! What was opened has no end, so that no client asks for more time: nothing is done.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::renew_ephemeral_resource::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    server.ephemeral_resource(&request.type_name)?;
    Ok(Response::default())
}
