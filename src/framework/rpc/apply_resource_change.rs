//! A create, an update or a deletion, for real.
//!
//! Beside an error, an answer without a state means that nothing new is known: Terraform then keeps the object and
//! its private bytes as they are stored.

use super::Answer;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::findings;
use crate::framework::plan;
use crate::framework::provider::{Provider, UpdateRequest};
use crate::framework::server::Server;
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::apply_resource_change::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> Answer<Response> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let prior = super::decode(request.prior_state.as_ref(), schema, "prior state")?;
    let planned = super::decode(request.planned_state.as_ref(), schema, "planned state")?;
    let config = super::decode(request.config.as_ref(), schema, "configuration")?;
    let secrets = schema.secrets_in(&config);
    let private = request.planned_private.clone();
    let call = server.call()?;
    a_thread_to_be_had()?;
    let mut diagnostics = Diagnostics::new();
    let stored = if planned.is_null() {
        let deleted = resource
            .delete(&call, prior, private, &mut diagnostics)
            .await;
        server.provider().applied(&call.connection);
        if deleted.is_err() {
            // The private bytes of the plan may be another object's: in a replace, they are those of the create.
            return Ok(Response {
                diagnostics: wire::diagnostics(&[], &diagnostics),
                ..Default::default()
            });
        }
        None
    } else if prior.is_null() {
        resource
            .create(&call, planned, config, private, &mut diagnostics)
            .await
            .ok()
    } else {
        let update = UpdateRequest {
            prior,
            planned,
            config,
            private,
        };
        Some(resource.update(&call, update, &mut diagnostics).await)
    };
    server.provider().applied(&call.connection);
    let mut response = Response {
        new_state: Some(wire::encode(&Value::Null)),
        diagnostics: wire::diagnostics(&secrets, &diagnostics),
        ..Default::default()
    };
    if let Some(stored) = stored {
        response.new_state = Some(wire::encode(&plan::storable(schema, stored.value)));
        response.private = stored.private;
        response.new_identity =
            wire::encode_identity(&stored.identity).or(request.planned_identity);
    }
    Ok(response)
}

/// Makes sure, before anything is written, that a thread can be started: what resolves names and hashes needs one, and
/// has no way to fail.
fn a_thread_to_be_had() -> Result<(), Diagnostics> {
    match std::thread::Builder::new().spawn(|| ()) {
        Ok(_) => Ok(()),
        Err(error) => Err(findings::no_thread(error).into()),
    }
}
