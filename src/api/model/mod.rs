//! What the API shows, as plain data, and the reading of it.

pub mod attachment;
pub mod fields;
pub mod organisation;
pub mod project;
pub mod region;
pub mod registry;
pub mod version;
