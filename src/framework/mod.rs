//! The Terraform provider protocol, without knowledge of any resource.

pub mod lifecycle;
pub mod panics;
