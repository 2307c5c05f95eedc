//! What there is: names, schemas, functions, and what this server can do.

use std::collections::HashMap;

use super::CallResult;
use crate::framework::function::Function;
use crate::framework::provider::{Block, Provider};
use crate::framework::schema::Schema;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::get_metadata::{
    DataSourceMetadata, EphemeralMetadata, FunctionMetadata, ListResourceMetadata, ResourceMetadata,
};
use proto::{
    get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas as identities,
};

pub async fn metadata<P: Provider>(
    server: Server<P>,
    _: get_metadata::Request,
) -> CallResult<get_metadata::Response> {
    let provider = server.provider();
    Ok(get_metadata::Response {
        server_capabilities: Some(capabilities()),
        resources: names(provider.resources(), |type_name| ResourceMetadata {
            type_name,
        }),
        data_sources: names(provider.data_sources(), |type_name| DataSourceMetadata {
            type_name,
        }),
        ephemeral_resources: names(provider.ephemeral_resources(), |type_name| {
            EphemeralMetadata { type_name }
        }),
        list_resources: names(provider.resources(), |type_name| ListResourceMetadata {
            type_name,
        }),
        functions: signatures(provider)
            .into_keys()
            .map(|name| FunctionMetadata { name })
            .collect(),
        ..Default::default()
    })
}

pub async fn provider_schema<P: Provider>(
    server: Server<P>,
    _: get_provider_schema::Request,
) -> CallResult<get_provider_schema::Response> {
    let provider = server.provider();
    Ok(get_provider_schema::Response {
        provider: Some(wire::schema(provider.schema())),
        resource_schemas: schemas(provider.resources(), |one| one.schema()),
        data_source_schemas: schemas(provider.data_sources(), |one| one.schema()),
        ephemeral_resource_schemas: schemas(provider.ephemeral_resources(), |one| one.schema()),
        list_resource_schemas: schemas(provider.resources(), |one| one.list_schema()),
        functions: signatures(provider),
        server_capabilities: Some(capabilities()),
        ..Default::default()
    })
}

/// What identifies the object of each resource.
pub async fn resource_identities<P: Provider>(
    server: Server<P>,
    _: identities::Request,
) -> CallResult<identities::Response> {
    let schemas = server.provider().resources().iter().map(|one| {
        let schema = wire::identity_schema(one.identity());
        (one.type_name().to_owned(), schema)
    });
    Ok(identities::Response {
        identity_schemas: schemas.collect(),
        diagnostics: Vec::new(),
    })
}

/// The functions alone, for clients that ask for them apart from the schema.
pub async fn functions<P: Provider>(
    server: Server<P>,
    _: get_functions::Request,
) -> CallResult<get_functions::Response> {
    Ok(get_functions::Response {
        functions: signatures(server.provider()),
        ..Default::default()
    })
}

fn names<T: Block + ?Sized, M>(known: &[&T], make: fn(String) -> M) -> Vec<M> {
    let names = known.iter().map(|one| one.type_name().to_owned());
    names.map(make).collect()
}

fn schemas<T: Block + ?Sized>(
    known: &[&'static T],
    of: fn(&'static T) -> &'static Schema,
) -> HashMap<String, proto::Schema> {
    let schema = |one: &&'static T| (one.type_name().to_owned(), wire::schema(of(one)));
    known.iter().map(schema).collect()
}

fn signatures<P: Provider>(provider: &P) -> HashMap<String, proto::Function> {
    let signature = |one: &Function| (one.name.to_owned(), wire::function(one));
    provider.functions().iter().map(signature).collect()
}

/// No call depends on the schema having been asked for, so clients may keep it between processes.
fn capabilities() -> proto::ServerCapabilities {
    proto::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}
