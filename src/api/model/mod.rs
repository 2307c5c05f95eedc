//! What the API shows, as plain data, and the reading of it.

mod fields;
mod project;
mod region;
mod registry;
mod version;

pub use fields::{Fields, id, list, single};
pub use project::{Attachment, Organisation, Project};
pub use region::Region;
pub use registry::{ProjectReference, Registry};
pub use version::{Dialect, Version};
