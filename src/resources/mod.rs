//! What the user manages: one folder per resource, one file per operation.

pub mod project_registry_attachment;
pub mod registry;
pub mod report;
mod timeouts;

/// Whether an address is that of the official provider, or our own, in any host.
fn is_official(provider: &str) -> bool {
    ["bahriya-cloud/bahriya", "bahriya-rs/bahriya"]
        .iter()
        .any(|known| {
            provider
                .rsplit_once('/')
                .is_some_and(|_| provider.ends_with(known))
        })
}
