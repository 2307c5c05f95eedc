//! A Terraform provider for the container registries of Bahriya.

#![forbid(unsafe_code)]

pub mod framework;
pub mod plugin;
pub mod proto;
pub mod secret;
