//! Objects as they are stored, before anybody looks at the real ones.

use super::CallResult;
use crate::framework::codec;
use crate::framework::findings;
use crate::framework::generate;
use crate::framework::plan;
use crate::framework::provider::Provider;
use crate::framework::schema::Schema;
use crate::framework::server::Server;
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::{
    generate_resource_config, move_resource_state, upgrade_resource_identity,
    upgrade_resource_state,
};

/// Stored state into the present schema. Terraform asks before every read, whatever the version.
pub async fn upgrade<P: Provider>(
    server: Server<P>,
    request: upgrade_resource_state::Request,
) -> CallResult<upgrade_resource_state::Response> {
    let resource = server.resource(&request.type_name)?;
    let state = object(request.raw_state, resource.schema())?;
    // Clients ask unconfigured providers, too.
    if let Ok(call) = server.call() {
        resource.remember(&call.connection, &state);
    }
    Ok(upgrade_resource_state::Response {
        upgraded_state: Some(wire::encode(&state)),
        diagnostics: Vec::new(),
    })
}

/// An object of another provider's type becomes one of ours, for `moved` blocks across providers.
pub async fn move_here<P: Provider>(
    server: Server<P>,
    request: move_resource_state::Request,
) -> CallResult<move_resource_state::Response> {
    let resource = server.resource(&request.target_type_name)?;
    let (provider, ty) = (&request.source_provider_address, &request.source_type_name);
    if !resource.accepts_move(provider, ty) {
        let target = &request.target_type_name;
        return Err(findings::move_not_supported(ty, provider, target).into());
    }
    let stored = request.source_state.as_ref().map(|raw| raw.json.as_slice());
    let private = resource.private_of(stored.unwrap_or_default());
    let state = object(request.source_state, resource.schema())?;
    Ok(move_resource_state::Response {
        target_state: Some(wire::encode(&state)),
        // Made from the moved state; the private bytes of its source mean nothing here.
        target_private: private,
        ..Default::default()
    })
}

/// A stored identity into the present schema.
pub async fn upgrade_identity<P: Provider>(
    server: Server<P>,
    request: upgrade_resource_identity::Request,
) -> CallResult<upgrade_resource_identity::Response> {
    let schema = server.resource(&request.type_name)?.identity();
    let json = request.raw_identity.unwrap_or_default().json;
    let unreadable = |error| findings::unreadable("identity", error);
    let identity = codec::decode_json(&json, schema.ty()).map_err(unreadable)?;
    Ok(upgrade_resource_identity::Response {
        upgraded_identity: wire::encode_identity(&identity),
        diagnostics: Vec::new(),
    })
}

/// A configuration for an object that was found or imported.
pub async fn generate_config<P: Provider>(
    server: Server<P>,
    request: generate_resource_config::Request,
) -> CallResult<generate_resource_config::Response> {
    let schema = server.resource(&request.type_name)?.schema();
    let state = super::decode(&request.state, schema, "state")?;
    Ok(generate_resource_config::Response {
        config: Some(wire::encode(&generate::config(&schema.attributes, &state))),
        diagnostics: Vec::new(),
    })
}

/// Reads a stored object as one of the schema. Every schema version so far has only added attributes,
/// so that reading by name is the whole upgrade.
fn object(raw: Option<proto::RawState>, schema: &Schema) -> CallResult<Value> {
    let json = raw.unwrap_or_default().json;
    let unreadable = |error| findings::unreadable("state", error);
    let mut value = match json.as_slice() {
        [] => Value::Null,
        json => codec::decode_json(json, schema.ty()).map_err(unreadable)?,
    };
    if value.is_null() {
        // An empty answer would make the object vanish from the state and be planned again.
        return Err(findings::nothing_stored().into());
    }
    schema.recognise(&value);
    plan::clear_write_only(&schema.attributes, &mut value);
    Ok(value)
}
