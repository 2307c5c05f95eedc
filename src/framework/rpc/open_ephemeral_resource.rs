//! A look whose answer is stored nowhere. Nothing stays open, so that there is nothing to renew or to close.

use super::lookup;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::open_ephemeral_resource::{Request, Response};

pub async fn handle<P: Provider>(
    server: Server<P>,
    request: Request,
) -> Result<Response, Diagnostics> {
    let resource = server.ephemeral_resource(&request.type_name)?;
    let (result, diagnostics) = lookup::look(&server, resource, request.config.as_ref()).await?;
    Ok(Response {
        result,
        diagnostics,
        ..Default::default()
    })
}
