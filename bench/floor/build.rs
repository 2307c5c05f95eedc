//! Generates the messages from the provider's own `proto/`. Calls that the floor does not answer are
//! generated as unimplemented.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let descriptors = protox::compile(["tfplugin6.proto", "go_plugin.proto"], ["../../proto"])?;
    tonic_prost_build::configure()
        .build_transport(false)
        .generate_default_stubs(true)
        .compile_fds(descriptors)?;
    Ok(())
}
