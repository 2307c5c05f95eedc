//! Blocks of a configuration, before anything is done with them.

use super::{CallResult, Message};
use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::provider::{Block, Provider};
use crate::framework::schema::Schema;
use crate::framework::server::Server;
use crate::framework::validate;
use crate::framework::value::Value;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::{
    validate_data_resource_config as data_source, validate_ephemeral_resource_config as ephemeral,
    validate_list_resource_config as list, validate_provider_config as provider_block,
    validate_resource_config as managed,
};

pub async fn provider<P: Provider>(
    server: Server<P>,
    request: provider_block::Request,
) -> CallResult<provider_block::Response> {
    let schema = server.provider().schema();
    by_schema(schema, &request.config, true, |_, _| {})
}

pub async fn resource<P: Provider>(
    server: Server<P>,
    request: managed::Request,
) -> CallResult<managed::Response> {
    let resource = server.resource(&request.type_name)?;
    let client = request.client_capabilities.unwrap_or_default();
    let write_only = client.write_only_attributes_allowed;
    checked(resource, &request.config, write_only)
}

pub async fn data_resource<P: Provider>(
    server: Server<P>,
    request: data_source::Request,
) -> CallResult<data_source::Response> {
    let source = server.data_source(&request.type_name)?;
    checked(source, &request.config, true)
}

pub async fn ephemeral_resource<P: Provider>(
    server: Server<P>,
    request: ephemeral::Request,
) -> CallResult<ephemeral::Response> {
    let resource = server.ephemeral_resource(&request.type_name)?;
    checked(resource, &request.config, true)
}

pub async fn list_resource<P: Provider>(
    server: Server<P>,
    request: list::Request,
) -> CallResult<list::Response> {
    let schema = server.lister(&request.type_name)?.list_schema();
    by_schema(schema, &request.config, true, |_, _| {})
}

/// Checks a block by its schema and then across its arguments. Only resources have write-only arguments, so that it
/// matters for them alone whether the client knows such.
fn checked<A: From<Vec<proto::Diagnostic>>>(
    block: &(impl Block + ?Sized),
    config: &Message,
    write_only: bool,
) -> CallResult<A> {
    let across = |config: &Value, told: &mut Diagnostics| block.validate(config, told);
    by_schema(block.schema(), config, write_only, across)
}

fn by_schema<A: From<Vec<proto::Diagnostic>>>(
    schema: &Schema,
    config: &Message,
    write_only: bool,
    across: impl FnOnce(&Value, &mut Diagnostics),
) -> CallResult<A> {
    let config = super::decode(config, schema, "configuration")?;
    let mut diagnostics = Diagnostics::new();
    validate::attributes(
        &schema.attributes,
        &config,
        &Path::ROOT,
        write_only,
        &mut diagnostics,
    );
    across(&config, &mut diagnostics);
    Ok(wire::diagnostics(&schema.secrets_in(&config), &diagnostics).into())
}
