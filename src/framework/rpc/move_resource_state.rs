//! An object of another provider's type becomes one of ours, for `moved` blocks across providers.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::findings;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::move_resource_state::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let resource = server.resource(&request.target_type_name)?;
    let (provider, ty) = (&request.source_provider_address, &request.source_type_name);
    if !resource.accepts_move(provider, ty) {
        let target = &request.target_type_name;
        return Err(findings::move_not_supported(ty, provider, target).into());
    }
    let state = super::upgrade_resource_state::stored_object(
        request.source_state.as_ref(),
        resource.schema(),
    )?;
    Ok(Response {
        target_state: Some(wire::encode(&state)),
        // Another provider's bytes mean nothing here; a read fills in our own.
        target_private: Vec::new(),
        ..Default::default()
    })
}
