//! Generates the gRPC messages and services from `proto/`, in pure Rust: no `protoc` to install.

use std::path::PathBuf;

use prost_types::{DescriptorProto, FileDescriptorSet};

/// Set in `.cargo/config.toml`, which a build from outside the repository does not see.
const NO_JITTER: &str = "AWS_LC_SYS_NO_JITTER_ENTROPY";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-env-changed={NO_JITTER}");
    if std::env::var_os(NO_JITTER).is_none_or(|value| value != "1") {
        println!(
            "cargo:warning=each start of this provider will take 30 ms longer than it has to, several times per \
             Terraform command: build it again with {NO_JITTER}=1 in the environment"
        );
    }
    if is_dynamic_release() {
        println!(
            "cargo:warning=this executable needs the C library of a machine like this one, and does not start on Alpine: \
             build the one that runs on every Linux with `make executable`"
        );
    }
    let files = ["tfplugin6.proto", "go_plugin.proto", "health.proto"];
    let descriptors = protox::compile(files, ["proto"])?;
    let answers = answers(&descriptors);
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds(descriptors)?;
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    std::fs::write(out.join("answers.rs"), answers)?;
    Ok(())
}

/// Every answer that has diagnostics can be made of them alone, for a call that failed altogether.
fn answers(descriptors: &FileDescriptorSet) -> String {
    let messages = descriptors.file.iter().flat_map(|file| &file.message_type);
    let nested = messages.flat_map(|message| {
        let has_diagnostics = |answer: &&DescriptorProto| {
            let mut names = answer.field.iter().map(|field| field.name());
            answer.name() == "Response" && names.any(|name| name == "diagnostics")
        };
        let answers = message.nested_type.iter().filter(has_diagnostics);
        answers.map(|_| module(message.name()))
    });
    nested
        .map(|module| {
            format!(
                "impl From<Vec<Diagnostic>> for {module}::Response {{
                    #[allow(clippy::needless_update)]
                    fn from(diagnostics: Vec<Diagnostic>) -> Self {{
                        Self {{ diagnostics, ..Default::default() }}
                    }}
                }}\n"
            )
        })
        .collect()
}

/// The module that holds what is nested in a message: `ReadResource` gives `read_resource`.
fn module(message: &str) -> String {
    let mut name = String::new();
    for character in message.chars() {
        if character.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(character.to_lowercase());
    }
    name
}

/// Whether this is a release for Linux that is linked with a C library it does not bring along.
fn is_dynamic_release() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let features = std::env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && !features.split(',').any(|feature| feature == "crt-static")
}
