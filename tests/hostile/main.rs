//! The real provider process against an API server that means harm: it stays up, its memory is bounded, and
//! no secret comes back in what it tells or logs.

#![cfg(unix)]

mod echoes;
mod endless;
mod server;

use support::mini::{Stored, Terraform};
use support::plugin::Options;
use terraform_provider_bahriya::framework::value::Value;

const ORGANISATION: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
const TOKEN: &str = "pat_hostile-canary/token+0123456789";
/// With every character that encoders treat in their own way.
const PASSWORD: &str = "hostile \"canary\" & <p>/\u{e4}+%7\\e";
const REGISTRY: &str = "bahriya_registry";

/// A provider that logs everything.
async fn provider(api_url: &str, organisation: &str, token: &str) -> Terraform {
    let options = Options::default().env("TF_LOG", "TRACE");
    Terraform::start(options, api_url, organisation, token).await
}

/// A registry with the canary as its password and little patience.
fn config(terraform: &Terraform, username: &str) -> Value {
    use terraform_provider_bahriya::framework::model::object;
    let timeouts = ["create", "read", "update", "delete"].map(|name| (name, "2s".into()));
    terraform.config(
        REGISTRY,
        [
            ("handle", "ghcr".into()),
            ("name", "Images".into()),
            ("server", "ghcr.io".into()),
            ("username", username.into()),
            ("password_wo", PASSWORD.into()),
            ("password_wo_version", "1".into()),
            ("timeouts", object(timeouts)),
        ],
    )
}

/// A registry that was there before the API went bad.
fn stored(terraform: &Terraform) -> Stored {
    let Value::Object(mut attributes) = config(terraform, "bot") else {
        panic!("an object");
    };
    attributes.insert("password_wo", Value::Null);
    attributes.insert("id", "7c9e6679-7425-40de-944b-e07fc1f90ae7".into());
    Stored {
        value: Value::Object(attributes),
        private: Vec::new(),
        identity: None,
    }
}
