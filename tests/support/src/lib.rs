//! What the tests share: the processes they start, and the parts of others that they play.
//!
//! An executable that a test starts is found beside the test itself, in the same target directory.

pub mod authority;
pub mod chance;
pub mod client;
pub mod core;
pub mod encodings;
pub mod executables;
pub mod findings;
pub mod memory_api;
pub mod plugin;
pub mod provider_client;
pub mod recording;
pub mod registry_server;
pub mod sandbox;
pub mod scripted;
pub mod soak;
#[cfg(unix)]
pub mod terraform;

use std::path::Path;

/// The root of the repository.
pub fn repository() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors()
        .nth(2)
        .expect("the crate is in tests/support")
}
