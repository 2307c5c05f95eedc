//! Blocks of a configuration, before anything is done with them.

use super::{Answer, Message};
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
) -> Answer<provider_block::Response> {
    let diagnostics = by_schema(server.provider().schema(), request.config, true, |_, _| {})?;
    Ok(provider_block::Response { diagnostics })
}

pub async fn resource<P: Provider>(
    server: Server<P>,
    request: managed::Request,
) -> Answer<managed::Response> {
    let resource = server.resource(&request.type_name)?;
    let client = request.client_capabilities.unwrap_or_default();
    let write_only = client.write_only_attributes_allowed;
    let diagnostics = checked(resource, request.config, write_only)?;
    Ok(managed::Response { diagnostics })
}

pub async fn data_resource<P: Provider>(
    server: Server<P>,
    request: data_source::Request,
) -> Answer<data_source::Response> {
    let source = server.data_source(&request.type_name)?;
    let diagnostics = checked(source, request.config, true)?;
    Ok(data_source::Response { diagnostics })
}

pub async fn ephemeral_resource<P: Provider>(
    server: Server<P>,
    request: ephemeral::Request,
) -> Answer<ephemeral::Response> {
    let resource = server.ephemeral_resource(&request.type_name)?;
    let diagnostics = checked(resource, request.config, true)?;
    Ok(ephemeral::Response { diagnostics })
}

pub async fn list_resource<P: Provider>(
    server: Server<P>,
    request: list::Request,
) -> Answer<list::Response> {
    let lister = server.lister(&request.type_name)?;
    let diagnostics = checked(lister, request.config, true)?;
    Ok(list::Response { diagnostics })
}

/// Checks a block by its schema and then across its arguments. Only resources have write-only arguments, so that it
/// matters for them alone whether the client knows such.
fn checked<B: Block + ?Sized>(
    block: &B,
    config: Message,
    write_only: bool,
) -> Answer<Vec<proto::Diagnostic>> {
    let across = |config: &Value, told: &mut Diagnostics| block.validate(config, told);
    by_schema(block.schema(), config, write_only, across)
}

fn by_schema(
    schema: &Schema,
    config: Message,
    write_only: bool,
    across: impl FnOnce(&Value, &mut Diagnostics),
) -> Answer<Vec<proto::Diagnostic>> {
    let config = super::decode(config.as_ref(), schema, "configuration")?;
    let mut diagnostics = Diagnostics::new();
    validate::attributes(
        &schema.attributes,
        &config,
        &Path::ROOT,
        write_only,
        &mut diagnostics,
    );
    across(&config, &mut diagnostics);
    Ok(wire::diagnostics(&schema.secrets_in(&config), &diagnostics))
}
