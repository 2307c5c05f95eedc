//! The process edge: everything between exec and a served provider. It knows no provider; names
//! come in with [`Settings`].

use std::borrow::Cow;
use std::process::ExitCode;

use crate::framework::lifecycle::Lifecycle;
use crate::proto::tfplugin6::provider_server::Provider;

/// What the process edge has to know about the provider it serves.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// The name of the executable.
    pub name: &'static str,
    /// The version of the provider, without a leading `v`.
    pub version: &'static str,
    /// The source address of the provider, `HOST/NAMESPACE/TYPE`.
    pub address: &'static str,
    /// Where users report a crash.
    pub issues: &'static str,
    /// Removes secrets from text that leaves the process by logs or crash reports.
    pub redact: fn(&str) -> Cow<'_, str>,
}

/// Serves `provider` to the Terraform that started this process, until it is told to end.
pub fn run<P: Provider>(settings: Settings, lifecycle: Lifecycle, provider: P) -> ExitCode {
    let _ = (settings, lifecycle, provider);
    ExitCode::FAILURE
}
