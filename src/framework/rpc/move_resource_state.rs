//! An object of another provider's type becomes one of ours, for `moved` blocks across providers.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::provider::Provider;
use crate::framework::server::{Server, failure};
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::move_resource_state::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let resource = server.resource(&request.target_type_name)?;
    let (provider, ty) = (&request.source_provider_address, &request.source_type_name);
    if !resource.accepts_move(provider, ty) {
        return Err(failure(
            "Move not supported",
            format!(
                "An object of type {ty} from the provider {provider} cannot become a {}. Remove the \
                 \"moved\" block, and import the object under its new address instead.",
                request.target_type_name
            ),
        ));
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
