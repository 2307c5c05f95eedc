//! A provider that panics with a secret in its message when it is configured, behind the real process edge:
//! for the test that a crash tells no secret (`tests/reliability/crash.rs`). `CRASH` says where it panics.

#![forbid(unsafe_code)]

use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use terraform_provider_bahriya::framework::diagnostics::{Diagnostics, Reported};
use terraform_provider_bahriya::framework::findings;
use terraform_provider_bahriya::framework::provider::{DataSource, Provider, Resource};
use terraform_provider_bahriya::framework::schema::Schema;
use terraform_provider_bahriya::framework::server::Server;
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::plugin::{self, About};
use terraform_provider_bahriya::provider::Bahriya;
use terraform_provider_bahriya::secret::{self, Secret};

struct Crashing;

impl Provider for Crashing {
    type Connection = <Bahriya as Provider>::Connection;

    fn schema(&self) -> &'static Schema {
        Bahriya::default().schema()
    }

    fn resources(&self) -> &[&'static dyn Resource<Self::Connection>] {
        &[]
    }

    fn data_sources(&self) -> &[&'static dyn DataSource<Self::Connection>] {
        &[]
    }

    fn configure(
        &self,
        _: &Value,
        _: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self::Connection, Reported> {
        let value = std::env::var("BAHRIYA_TOKEN").unwrap_or_default();
        secret::register(&Secret::new(value.as_str()));
        let message = format!(
            "plain {value}, as JSON {}, as base64 {}, as debug text {value:?}",
            serde_json::to_string(&value).unwrap_or_default(),
            STANDARD.encode(format!("user:{value}")),
        );
        if std::env::var("CRASH").is_ok_and(|place| place == "in a call") {
            panic!("{message}");
        }
        // Nobody waits for this, so that nobody turns its end into a message.
        tokio::spawn(async move { panic!("{message}") });
        Err(diagnostics.error(findings::not_configured()))
    }
}

fn main() -> ExitCode {
    let about = About {
        name: "terraform-provider-crashing",
        version: "0.0.0",
        address: "registry.terraform.io/bahriya-rs/crashing",
        issues: "https://issues.example",
    };
    let server = Server::new(Crashing);
    plugin::run(about, server.lifecycle().clone(), server.routes())
}
