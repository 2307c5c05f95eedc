//! A Terraform provider for the container registries of Bahriya.
//!
//! The parts, in the order in which an apply meets them:
//!
//! - [`plugin`]: the process edge: handshake with Terraform, TLS, logging, signals.
//! - [`framework`]: the provider protocol: values, schemas, and one file for each call.
//! - [`provider`]: configuration, and the lists of what there is.
//! - [`resources`]: what users manage: pure planning, then operations; [`data_sources`] and [`ephemeral_resources`]: what they
//!   look up; [`functions`]: what they compute; [`findings`]: what they are told.
//! - [`fingerprint`]: how credentials are recognised.
//! - [`api`] and [`oci`]: the Bahriya API, and image registries: the only places with addresses.
//! - [`secret`]: the secret type, and what masks secrets in texts; `net`: what all requests have in common.
//!
//! [`name_service`] stands apart: where a static executable looks names up. Which part knows which others is a table in
//! `docs/ARCHITECTURE.md`, and `layers_tests.rs` keeps it.

// Not `forbid`: `name_service` calls the one function of glibc that has no safe interface.
#![deny(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

pub mod api;
pub mod connection;
pub mod data_sources;
pub mod ephemeral_resources;
pub mod findings;
pub mod fingerprint;
pub mod framework;
pub mod functions;
#[cfg(test)]
mod layers_tests;
pub mod name_service;
mod net;
pub mod oci;
pub mod plugin;
pub mod proto;
pub mod provider;
pub mod resources;
pub mod secret;
mod walk;
