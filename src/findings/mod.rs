//! The catalogue of findings: all that the provider can say of something wrong or worth knowing, each once, with its
//! title, its cause and what to do. `docs/guides/messages.md` is made of it.

mod api;
mod arguments;
mod attachment;
mod registry;

pub use api::*;
pub use arguments::*;
pub use attachment::*;
pub use registry::*;

use crate::framework::diagnostics::Finding;
use crate::framework::findings as protocol;
pub use crate::framework::findings::*;

/// Every finding by subject, in the order of the page.
pub const SUBJECTS: [(&str, &[Finding]); 5] = [
    ("Arguments and settings", arguments::ALL),
    ("Registries and their credentials", registry::ALL),
    ("Attachments and look-ups", attachment::ALL),
    ("Failures of the API", api::ALL),
    ("Terraform and the provider", protocol::ALL),
];

#[cfg(test)]
mod tests;
