//! What there is: every schema, and what this server can do.

use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::get_provider_schema::Response;

pub fn handle<P: Provider>(server: &Server<P>) -> Response {
    let provider = server.provider();
    Response {
        provider: Some(wire::schema(provider.schema())),
        resource_schemas: provider
            .resources()
            .iter()
            .map(|one| (one.type_name().to_owned(), wire::schema(one.schema())))
            .collect(),
        data_source_schemas: provider
            .data_sources()
            .iter()
            .map(|one| (one.type_name().to_owned(), wire::schema(one.schema())))
            .collect(),
        ephemeral_resource_schemas: provider
            .ephemeral_resources()
            .iter()
            .map(|one| (one.type_name().to_owned(), wire::schema(one.schema())))
            .collect(),
        list_resource_schemas: provider
            .list_resources()
            .iter()
            .map(|one| (one.type_name().to_owned(), wire::schema(one.schema())))
            .collect(),
        functions: super::get_functions::signatures(provider),
        server_capabilities: Some(capabilities()),
        ..Default::default()
    }
}

/// No call depends on the schema having been asked for, so clients may keep it between processes.
pub(super) fn capabilities() -> proto::ServerCapabilities {
    proto::ServerCapabilities {
        plan_destroy: true,
        get_provider_schema_optional: true,
        move_resource_state: true,
        generate_resource_config: true,
    }
}
