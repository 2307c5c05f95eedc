//! A Terraform provider for the container registries of Bahriya.

#![forbid(unsafe_code)]

pub mod oci;
pub mod proto;
pub mod provider;
pub mod resources;
pub mod secret;
