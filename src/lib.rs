//! A Terraform provider for the container registries of Bahriya.
//!
//! The parts, in the order in which an apply meets them. Each knows only those after it:
//!
//! 1. [`plugin`] — the process edge: handshake with Terraform, TLS, logging, signals.
//! 2. [`framework`] — the provider protocol: values, schemas, and one file for each call.
//! 3. [`provider`] — configuration, and the lists of what there is.
//! 4. [`resources`] — what users manage: pure planning, then operations; [`data_sources`] and
//!    [`ephemeral_resources`] — what they look up; [`functions`] — what they compute.
//! 5. [`api`] and [`oci`] — the Bahriya API, and image registries: the only places with addresses.
//! 6. [`secret`] — the secret type and the redactor; [`fingerprint`] — what recognises one; `net` — what all
//!    requests have in common.
//!
//! [`name_service`] stands apart: where a static executable looks names up.

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
