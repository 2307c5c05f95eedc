//! What the API shows, as plain data, and the reading of it.

mod attachment;
mod fields;
mod organisation;
mod project;
mod region;
mod registry;
mod version;

pub use attachment::Attachment;
pub use fields::{Fields, id, list, single};
pub use organisation::Organisation;
pub use project::Project;
pub use region::Region;
pub use registry::{ProjectReference, Registry};
pub use version::{Dialect, Version};
