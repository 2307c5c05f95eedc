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

use super::codec::CodecError;
use super::diagnostics::Diagnostics;
use super::findings;
use super::schema::{IdentitySchema, Schema};
use super::value::Value;
use super::wire;
use crate::proto::tfplugin6 as proto;

/// What comes of the work of a call: an answer, or diagnostics alone.
type Answer<T> = Result<T, Diagnostics>;
/// A value of a message, if it is there.
type Message = Option<proto::DynamicValue>;

/// Reads a block of a call; what is wrong with it becomes the outcome of the call. Every secret that comes into the
/// process with a block is known to the redactor from here on.
fn decode(
    message: Option<&proto::DynamicValue>,
    schema: &Schema,
    what: &str,
) -> Result<Value, Diagnostics> {
    let value = wire::decode(message, schema.ty()).map_err(|error| unreadable(what, &error))?;
    schema.recognise(&value);
    Ok(value)
}

fn unreadable(what: &str, error: &CodecError) -> Diagnostics {
    findings::unreadable(what, error).into()
}

/// Makes sure that a look-up can act on its arguments. Clients ask only then.
fn wholly_known(config: &Value) -> Result<(), Diagnostics> {
    if config.is_wholly_known() {
        return Ok(());
    }
    Err(findings::not_known_yet().into())
}

fn decode_identity(
    message: Option<&proto::ResourceIdentityData>,
    schema: &IdentitySchema,
) -> Result<Value, Diagnostics> {
    let data = message.and_then(|message| message.identity_data.as_ref());
    wire::decode(data, &schema.ty()).map_err(|error| unreadable("identity", &error))
}
