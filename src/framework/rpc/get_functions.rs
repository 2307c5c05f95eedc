//! The functions alone, for clients that ask for them apart from the schema.

use std::collections::HashMap;

use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::get_functions::Response;

pub fn handle<P: Provider>(server: &Server<P>) -> Response {
    Response {
        functions: signatures(server.provider()),
        ..Default::default()
    }
}

pub(super) fn signatures<P: Provider>(provider: &P) -> HashMap<String, proto::Function> {
    provider
        .functions()
        .iter()
        .map(|one| one.signature())
        .map(|signature| (signature.name.to_owned(), wire::function(signature)))
        .collect()
}
