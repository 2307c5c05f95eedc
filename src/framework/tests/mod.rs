//! What the tests of the framework share.

pub mod fake;
