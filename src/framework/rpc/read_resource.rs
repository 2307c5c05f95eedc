//! The stored object compared with the real one.

use super::CallResult;
use crate::framework::plan;
use crate::framework::provider::{Looked, Provider, Stored};
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::read_resource::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    let resource = server.resource(&request.type_name)?;
    let schema = resource.schema();
    let state = super::decode(&request.current_state, schema, "state")?;
    if state.is_null() {
        // There is nothing to look for; a client that asks anyway is told that nothing is there.
        return Ok(Response::default());
    }
    // The configuration is not at hand, and says mostly the same.
    let secrets = schema.secrets_in(&state);
    let identity = super::decode_identity(request.current_identity.as_ref(), resource.identity())?;
    let current = Stored {
        value: state,
        private: request.private.clone(),
        identity,
    };
    let mut call = server.call()?;
    let found = resource.read(&mut call, current).await;
    let mut response = Response::from(wire::diagnostics(&secrets, &call.diagnostics));
    match found {
        Ok(Looked::There(stored)) => {
            response.new_state = Some(wire::encode(&plan::storable(schema, stored.value)));
            response.private = stored.private;
            response.new_identity =
                wire::encode_identity(&stored.identity).or(request.current_identity);
        }
        Ok(Looked::Gone) => {}
        // An error proves nothing: for any client it is as it was.
        Err(_) => {
            response.new_state = request.current_state;
            response.private = request.private;
            response.new_identity = request.current_identity;
        }
    }
    Ok(response)
}
