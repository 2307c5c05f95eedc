//! The executable that Terraform starts.

#![forbid(unsafe_code)]

mod stand_in;

use std::borrow::Cow;
use std::process::ExitCode;

use terraform_provider_bahriya::framework::lifecycle::Lifecycle;
use terraform_provider_bahriya::plugin::{self, Settings};

const SETTINGS: Settings = Settings {
    name: env!("CARGO_PKG_NAME"),
    version: env!("CARGO_PKG_VERSION"),
    address: "registry.terraform.io/bahriya-rs/bahriya",
    issues: "https://github.com/bahriya-rs/terraform-provider-bahriya/issues",
    redact: |text| Cow::Borrowed(text),
};

fn main() -> ExitCode {
    let lifecycle = Lifecycle::new();
    let provider = stand_in::StandIn {
        lifecycle: lifecycle.clone(),
    };
    plugin::run(SETTINGS, lifecycle, provider)
}
