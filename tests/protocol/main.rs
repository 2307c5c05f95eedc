//! Every call of tfplugin6 6.11 to the real executable over its real socket with mutual TLS, against a
//! real sandbox process: also those that no Terraform at hand makes.

#![cfg(unix)]

mod absent;
mod apply;
mod clients;
mod configure;
mod data_sources;
mod functions;
mod generate;
mod import;
mod lifecycle;
mod list;
mod plan;
mod pointing;
mod private;
mod read;
mod schema;
mod stored;
mod validate;
mod values;

use serde_json::{Value as Json, json};

/// A complete configuration of a registry with a stored password.
fn registry(handle: &str) -> Json {
    json!({
        "handle": handle,
        "name": "A registry",
        "server": "ghcr.io",
        "username": "bot",
        "password": "first-password",
    })
}

/// The same with one argument changed.
fn with(mut config: Json, name: &str, value: impl Into<Json>) -> Json {
    config[name] = value.into();
    config
}
