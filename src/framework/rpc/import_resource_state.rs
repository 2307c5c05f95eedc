//! An object that exists already comes under management.

use super::CallResult;
use crate::framework::plan;
use crate::framework::provider::{ImportTarget, Provider};
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::import_resource_state::{ImportedResource, Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    let resource = server.resource(&request.type_name)?;
    let identity = super::decode_identity(request.identity.as_ref(), resource.identity())?;
    let target = if identity.is_null() {
        ImportTarget::Id(request.id)
    } else {
        ImportTarget::Identity(identity)
    };
    let mut call = server.call()?;
    let found = resource.import(&mut call, target).await;
    let schema = resource.schema();
    let imported = found.ok().map(|stored| ImportedResource {
        type_name: request.type_name,
        state: Some(wire::encode(&plan::storable(schema, stored.value))),
        private: stored.private,
        identity: wire::encode_identity(&stored.identity),
    });
    let mut response = Response::from(wire::diagnostics(&[], &call.diagnostics));
    response.imported_resources.extend(imported);
    Ok(response)
}
