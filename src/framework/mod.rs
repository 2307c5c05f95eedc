//! The Terraform provider protocol, without knowledge of any resource: values, schemas, and the
//! calls under `rpc/`.

pub mod codec;
pub mod diagnostics;
pub mod findings;
pub mod function;
pub mod generate;
pub mod lifecycle;
pub mod list;
pub mod model;
pub mod panics;
pub mod path;
pub mod plan;
pub mod private;
pub mod provider;
mod rpc;
pub mod schema;
pub mod server;
#[cfg(test)]
mod tests;
pub mod ty;
pub mod validate;
pub mod value;
pub mod wire;
