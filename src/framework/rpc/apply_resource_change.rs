//! A create, an update or a deletion, for real.
//!
//! Beside an error, an answer without a state means that nothing new is known: Terraform then keeps the object and
//! its private bytes as they are stored.

use super::CallResult;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::findings;
use crate::framework::plan;
use crate::framework::provider::{ApplyRequest, Provider};
use crate::framework::server::Server;
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::apply_resource_change::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let prior = super::decode(&request.prior_state, schema, "prior state")?;
    let planned = super::decode(&request.planned_state, schema, "planned state")?;
    let config = super::decode(&request.config, schema, "configuration")?;
    let secrets = schema.secrets_in(&config);
    let mut call = server.call()?;
    a_thread_to_be_had()?;
    let asked = ApplyRequest {
        prior,
        planned,
        config,
        private: request.planned_private,
    };
    let applied = if asked.planned.is_null() {
        resource.delete(&mut call, asked).await.map(|()| None)
    } else if asked.prior.is_null() {
        Ok(resource.create(&mut call, asked).await.ok())
    } else {
        Ok(Some(resource.update(&mut call, asked).await))
    };
    server.provider().applied(&call.connection);
    let mut response = Response::from(wire::diagnostics(&secrets, &call.diagnostics));
    let Ok(stored) = applied else {
        // The private bytes of the plan may be another object's: in a replace, they are those of the create.
        return Ok(response);
    };
    response.new_state = Some(wire::encode(&Value::Null));
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
