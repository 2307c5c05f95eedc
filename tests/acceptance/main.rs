//! The real `terraform`, the real provider and a real sandbox process. Every step ends in an empty plan.

#![cfg(unix)]

#[path = "../support/sandbox.rs"]
mod sandbox;
#[path = "../support/terraform.rs"]
mod terraform;

mod bench;

mod bad_settings;
mod bad_values;
mod commands;
mod containers;
mod guards;
mod import;
mod interrupt;
mod lifecycle;
mod many;
mod outside;
mod providers;
mod version_table;
