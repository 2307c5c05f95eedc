//! What identifies the object of each resource.

use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::get_resource_identity_schemas::Response;

pub fn handle<P: Provider>(server: &Server<P>) -> Response {
    let schemas = server.provider().resources().iter().map(|one| {
        let schema = wire::identity_schema(one.identity());
        (one.type_name().to_owned(), schema)
    });
    Response {
        identity_schemas: schemas.collect(),
        diagnostics: Vec::new(),
    }
}
