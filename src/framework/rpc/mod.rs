//! The calls of the protocol, one per file, and their way from the generated service to those files.

mod apply_resource_change;
mod call_function;
mod close_ephemeral_resource;
mod configure_provider;
mod generate_resource_config;
mod get_functions;
mod get_metadata;
mod get_provider_schema;
mod get_resource_identity_schemas;
mod import_resource_state;
mod list_resource;
mod lookup;
mod move_resource_state;
mod open_ephemeral_resource;
mod plan_resource_change;
mod read_data_source;
mod read_resource;
mod renew_ephemeral_resource;
mod service;
mod upgrade_resource_identity;
mod upgrade_resource_state;
mod validate_data_resource_config;
mod validate_ephemeral_resource_config;
mod validate_list_resource_config;
mod validate_provider_config;
mod validate_resource_config;

use super::codec::CodecError;
use super::diagnostics::Diagnostics;
use super::findings;
use super::schema::{IdentitySchema, Schema};
use super::value::Value;
use super::wire;
use crate::proto::tfplugin6 as proto;

/// An answer that can consist of diagnostics alone.
pub trait Answer: Send + 'static {
    /// The answer of a call that failed altogether.
    fn failed(diagnostics: &Diagnostics) -> Self;
}

macro_rules! answers {
    ($($message:ident)+) => {
        $(#[allow(clippy::needless_update, reason = "some answers have no other field")]
        impl Answer for proto::$message::Response {
            fn failed(diagnostics: &Diagnostics) -> Self {
                Self {
                    diagnostics: wire::diagnostics(diagnostics),
                    ..Default::default()
                }
            }
        })+
    };
}

answers! {
    apply_resource_change close_ephemeral_resource configure_provider configure_state_store delete_state
    generate_resource_config get_functions get_metadata get_provider_schema
    get_resource_identity_schemas get_states import_resource_state lock_state move_resource_state
    open_ephemeral_resource plan_action plan_resource_change read_data_source read_resource
    renew_ephemeral_resource unlock_state upgrade_resource_identity upgrade_resource_state
    validate_action_config validate_data_resource_config validate_ephemeral_resource_config
    validate_list_resource_config validate_provider_config validate_resource_config
    validate_state_store write_state_bytes
}

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
