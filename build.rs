//! Generates the gRPC messages and services from `proto/`, in pure Rust: no `protoc` to install.

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
    tonic_prost_build::configure()
        .build_transport(false)
        .compile_fds(descriptors)?;
    Ok(())
}

/// Whether this is a release for Linux that is linked with a C library it does not bring along.
fn is_dynamic_release() -> bool {
    let is = |name: &str, value: &str| std::env::var(name).is_ok_and(|found| found == value);
    let features = std::env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && !features.split(',').any(|feature| feature == "crt-static")
}
