//! A look-up, with a configuration that is wholly known.

use super::lookup;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::read_data_source::{Request, Response};

pub async fn handle<P: Provider>(
    server: Server<P>,
    request: Request,
) -> Result<Response, Diagnostics> {
    let source = server.data_source(&request.type_name)?;
    let (state, diagnostics) = lookup::look(&server, source, request.config.as_ref()).await?;
    Ok(Response {
        state,
        diagnostics,
        ..Default::default()
    })
}
