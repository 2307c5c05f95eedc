//! The Terraform provider protocol, without knowledge of any resource: values, schemas, and one file
//! for each call under `rpc/`.

pub mod codec;
pub mod diagnostics;
#[cfg(test)]
mod fake;
pub mod findings;
pub mod function;
pub mod generate;
pub mod lifecycle;
pub mod list;
pub mod model;
pub mod number;
pub mod panics;
pub mod path;
pub mod plan;
pub mod private;
pub mod provider;
mod rpc;
pub mod schema;
pub mod server;
pub mod ty;
pub mod validate;
pub mod value;
pub mod wire;
