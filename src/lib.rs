//! A Terraform provider for the container registries of Bahriya.

#![forbid(unsafe_code)]

pub mod api;
pub mod connection;
pub mod framework;
pub mod oci;
pub mod plugin;
pub mod proto;
pub mod provider;
pub mod resources;
pub mod secret;
