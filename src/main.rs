//! The executable that Terraform starts.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use terraform_provider_bahriya::framework::server::Server;
use terraform_provider_bahriya::name_service;
use terraform_provider_bahriya::plugin::{self, About};
use terraform_provider_bahriya::provider::Bahriya;

const ABOUT: About = About {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    address: "registry.terraform.io/bahriya-rs/bahriya",
    issues: "https://github.com/bahriya-rs/terraform-provider-bahriya/issues",
};

fn main() -> ExitCode {
    name_service::pin();
    let server = Server::new(Bahriya::default());
    plugin::run(ABOUT, server.lifecycle().clone(), server.routes())
}
