//! The client of the Bahriya console API: the one place with addresses, JSON bodies and retries.
//!
//! Every call takes an [`Operation`] (its deadline and its cancellation) and answers with what the API
//! showed, or with an [`Error`] that says whether anything was done. A call that writes must be driven
//! to its end: dropping its future while a write is in flight gives up the look that settles it.

mod attachments;
mod client;
mod create;
mod delete;
mod dialect;
mod envelope;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod limiter;
mod operation;
mod organisations;
mod path;
mod projects;
mod regions;
mod registries;
mod registry;
mod retry;
mod retry_after;
mod settings;
mod settle;
mod shared;
mod transport;

pub use attachments::{Attached, Attachment};
pub use client::Client;
pub use create::{Created, NewRegistry};
pub use dialect::{Credentials, Dialect, MetadataUpdated, Rotated, Rotation, Version};
pub use error::{Error, Kind, Outcome};
pub use operation::Operation;
pub use organisations::Organisation;
pub use projects::Project;
pub use regions::Region;
pub use registries::HandleState;
pub use registry::{ProjectReference, Registry};
pub use settings::{Settings, SettingsError};
