//! A Terraform provider for the container registries of Bahriya.

#![forbid(unsafe_code)]

pub mod api;
pub mod proto;
pub mod secret;
