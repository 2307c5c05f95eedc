//! The names of what there is, without schemas.

use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::proto::tfplugin6 as proto;
use proto::get_metadata::{
    DataSourceMetadata, EphemeralMetadata, FunctionMetadata, ListResourceMetadata,
    ResourceMetadata, Response,
};

pub fn handle<P: Provider>(server: &Server<P>) -> Response {
    let provider = server.provider();
    let resources = provider.resources().iter().map(|one| ResourceMetadata {
        type_name: one.type_name().to_owned(),
    });
    let data_sources = provider
        .data_sources()
        .iter()
        .map(|one| DataSourceMetadata {
            type_name: one.type_name().to_owned(),
        });
    let ephemeral_resources = provider
        .ephemeral_resources()
        .iter()
        .map(|one| EphemeralMetadata {
            type_name: one.type_name().to_owned(),
        });
    let list_resources = provider
        .list_resources()
        .iter()
        .map(|one| ListResourceMetadata {
            type_name: one.type_name().to_owned(),
        });
    let functions = provider.functions().iter().map(|one| FunctionMetadata {
        name: one.signature().name.to_owned(),
    });
    Response {
        server_capabilities: Some(super::get_provider_schema::capabilities()),
        resources: resources.collect(),
        data_sources: data_sources.collect(),
        functions: functions.collect(),
        ephemeral_resources: ephemeral_resources.collect(),
        list_resources: list_resources.collect(),
        ..Default::default()
    }
}
