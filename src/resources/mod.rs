//! What the user manages: one folder per resource, one file per operation.

pub mod api_errors;
pub mod checks;
pub mod context;
pub mod credential_lint;
pub mod home;
pub mod project_registry_attachment;
pub mod registry;
pub mod timeouts;

/// Whether an address is that of the official provider, or our own, in any host.
fn is_official(provider: &str) -> bool {
    let mut parts = provider.rsplit('/');
    let (name, namespace) = (parts.next(), parts.next());
    name == Some("bahriya") && matches!(namespace, Some("bahriya-cloud" | "bahriya-rs"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_names_are_ours() {
        assert!(is_official("registry.terraform.io/bahriya-cloud/bahriya"));
        assert!(is_official("registry.opentofu.org/bahriya-rs/bahriya"));
        assert!(!is_official(
            "registry.terraform.io/not-bahriya-cloud/bahriya"
        ));
        assert!(!is_official("bahriya"));
    }
}
