//! Data sources and ephemeral resources: both are looked at, and never changed. What a data source finds is stored,
//! what an ephemeral resource finds is not; nothing stays open, so that there is nothing to renew or to close.

use super::{CallResult, Message};
use crate::framework::plan;
use crate::framework::provider::{DataSource, Provider};
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::{
    close_ephemeral_resource, open_ephemeral_resource, read_data_source, renew_ephemeral_resource,
};

pub async fn read<P: Provider>(
    server: Server<P>,
    request: read_data_source::Request,
) -> CallResult<read_data_source::Response> {
    let source = server.data_source(&request.type_name)?;
    let (state, diagnostics) = look(&server, source, &request.config).await?;
    Ok(read_data_source::Response {
        state,
        ..diagnostics.into()
    })
}

pub async fn open<P: Provider>(
    server: Server<P>,
    request: open_ephemeral_resource::Request,
) -> CallResult<open_ephemeral_resource::Response> {
    let resource = server.ephemeral_resource(&request.type_name)?;
    let (result, diagnostics) = look(&server, resource, &request.config).await?;
    Ok(open_ephemeral_resource::Response {
        result,
        ..diagnostics.into()
    })
}

pub async fn renew<P: Provider>(
    server: Server<P>,
    request: renew_ephemeral_resource::Request,
) -> CallResult<renew_ephemeral_resource::Response> {
    server.ephemeral_resource(&request.type_name)?;
    Ok(Default::default())
}

pub async fn close<P: Provider>(
    server: Server<P>,
    request: close_ephemeral_resource::Request,
) -> CallResult<close_ephemeral_resource::Response> {
    server.ephemeral_resource(&request.type_name)?;
    Ok(Default::default())
}

async fn look<P: Provider>(
    server: &Server<P>,
    source: &dyn DataSource<P::Connection>,
    config: &Message,
) -> CallResult<(Message, Vec<proto::Diagnostic>)> {
    let schema = source.schema();
    let config = super::decode_known(config, schema)?;
    let mut call = server.call()?;
    let secrets = schema.secrets_in(&config);
    let found = source.read(&mut call, config).await;
    let shown = |value| wire::encode(&plan::storable(schema, value));
    let diagnostics = wire::diagnostics(&secrets, &call.diagnostics);
    Ok((found.ok().map(shown), diagnostics))
}
