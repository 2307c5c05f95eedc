//! Stored state into the present schema. Terraform asks before every read, whatever the version.

use crate::framework::codec;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::findings;
use crate::framework::plan;
use crate::framework::provider::Provider;
use crate::framework::schema::Schema;
use crate::framework::server::Server;
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::upgrade_resource_state::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Result<Response, Diagnostics> {
    let resource = server.resource(&request.type_name)?;
    let state = stored_object(request.raw_state.as_ref(), resource.schema())?;
    // Clients ask unconfigured providers, too.
    if let Ok(call) = server.call() {
        resource.remember(&call.connection, &state);
    }
    Ok(Response {
        upgraded_state: Some(wire::encode(&state)),
        diagnostics: Vec::new(),
    })
}

/// Reads a stored object as one of the schema. Every schema version so far has only added attributes,
/// so that reading by name is the whole upgrade.
pub(super) fn stored_object(
    raw: Option<&proto::RawState>,
    schema: &Schema,
) -> Result<Value, Diagnostics> {
    let json = raw.map(|raw| raw.json.as_slice()).unwrap_or_default();
    let mut value = match json {
        [] => Value::Null,
        _ => codec::decode_json(json, schema.ty())
            .map_err(|error| super::unreadable("state", &error))?,
    };
    if value.is_null() {
        // An empty answer would make the object vanish from the state and be planned anew.
        return Err(findings::nothing_stored().into());
    }
    schema.recognise(&value);
    plan::clear_write_only(&schema.attributes, &mut value);
    Ok(value)
}
