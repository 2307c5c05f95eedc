//! The API client against a server that does what it should not: refuses, stalls, cuts, lies.

mod attachments;
#[path = "../support/authority.rs"]
mod authority;
mod dialects;
mod environment;
mod reads;
mod registries;
mod server;
mod writes;
