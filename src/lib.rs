//! A Terraform provider for the container registries of Bahriya.

#![forbid(unsafe_code)]

pub mod proto;
pub mod secret;
