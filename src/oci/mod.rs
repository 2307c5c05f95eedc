//! Everything about OCI registries that has nothing to do with Bahriya: names, references, the check of credentials.
//!
//! All of it is pure except [`verify`], which asks a registry over the network.

pub mod challenge;
pub mod image;
pub mod known;
pub mod realm;
pub mod server;
pub mod verify;
