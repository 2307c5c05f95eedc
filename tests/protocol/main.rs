//! Every call of tfplugin6 6.11 to the real executable over its real socket with mutual TLS, against a
//! real sandbox process: also those that no Terraform at hand makes.

#![cfg(unix)]

#[path = "../support/plugin.rs"]
mod plugin;
#[path = "../support/provider_client.rs"]
mod provider_client;
#[path = "../support/sandbox.rs"]
mod sandbox;

mod schema;
