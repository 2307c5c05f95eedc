//! The calls of the protocol: those that matter most have a file each. `dispatch.rs` says which function answers which.

mod apply_resource_change;
mod call_function;
mod configure_provider;
mod describe;
mod dispatch;
mod import_resource_state;
mod list_resource;
mod lookup;
mod plan_resource_change;
mod read_resource;
mod stored;
mod validate;

use super::diagnostics::Diagnostics;
use super::findings;
use super::schema::Schema;
use super::value::Value;
use super::wire;
use crate::proto::tfplugin6 as proto;

/// What comes of the work of a call: an answer, or diagnostics alone.
type CallResult<T> = Result<T, Diagnostics>;
/// A value of a message, if it is there.
type Message = Option<proto::DynamicValue>;

/// Reads a block of a call; what is wrong with it becomes the outcome of the call. Every secret that comes into the
/// process with a block is known to the redactor from here on.
fn decode(message: &Message, schema: &Schema, what: &str) -> CallResult<Value> {
    let unreadable = |error| findings::unreadable(what, error);
    let value = wire::decode(message.as_ref(), schema.ty()).map_err(unreadable)?;
    schema.recognise(&value);
    Ok(value)
}

/// Reads the arguments of a look-up, which can act on known ones alone. Clients ask only then.
fn decode_known(message: &Message, schema: &Schema) -> CallResult<Value> {
    let config = decode(message, schema, "configuration")?;
    match config.is_wholly_known() {
        true => Ok(config),
        false => Err(findings::not_known_yet().into()),
    }
}

fn decode_identity(
    message: Option<&proto::ResourceIdentityData>,
    schema: &Schema,
) -> CallResult<Value> {
    let data = message.and_then(|message| message.identity_data.as_ref());
    let unreadable = |error| findings::unreadable("identity", error);
    Ok(wire::decode(data, schema.ty()).map_err(unreadable)?)
}
