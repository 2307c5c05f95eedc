//! A stored identity into the present schema.

use crate::framework::codec;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::upgrade_resource_identity::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let schema = server.resource(&request.type_name)?.identity();
    let json = request
        .raw_identity
        .as_ref()
        .map(|raw| raw.json.as_slice())
        .unwrap_or_default();
    let identity = codec::decode_json(json, &schema.ty())
        .map_err(|error| super::unreadable("identity", &error))?;
    Ok(Response {
        upgraded_identity: wire::encode_identity(&identity),
        diagnostics: Vec::new(),
    })
}
