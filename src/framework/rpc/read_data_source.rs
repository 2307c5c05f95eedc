//! A look-up, with a configuration that is wholly known.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::plan;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::read_data_source::{Request, Response};

pub async fn handle<P: Provider>(
    server: Server<P>,
    request: Request,
) -> Result<Response, Diagnostics> {
    let source = server.data_source(&request.type_name)?;
    let schema = source.schema();
    let config = super::decode(request.config.as_ref(), schema, "configuration")?;
    super::wholly_known(&config)?;
    let mut diagnostics = Diagnostics::new();
    let found = source.read(&server.call()?, config, &mut diagnostics).await;
    Ok(Response {
        state: found
            .ok()
            .map(|value| wire::encode(&plan::storable(schema, value))),
        diagnostics: wire::diagnostics(&diagnostics),
        ..Default::default()
    })
}
