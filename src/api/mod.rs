//! The client of the Bahriya console API: the one place with addresses, JSON bodies and retries.
//!
//! `http` sends and judges and knows no model; `model` is plain data; `cache` keeps what was learned; `client`
//! has the endpoints. Each knows only those before it.
//!
//! Every call takes an [`Operation`] (its deadline and its cancellation) and answers with what the API
//! showed, or with an [`Error`] that says whether anything was done. A call that writes must be driven
//! to its end: dropping its future while a write is in flight gives up the look that settles it.

mod cache;
mod client;
#[cfg(fuzzing)]
pub mod fuzzing;
mod http;
mod model;
mod settings;

pub use client::{
    Attached, Baseline, Client, Credentials, Detached, HandleState, Made, NewRegistry, Rotated,
    Rotation,
};
pub use http::error::{Error, Kind, Outcome};
pub use http::operation::Operation;
pub use http::transport::{Fault, Reply, Request, Transport};
pub use http::write::{Look, Proof, Written};
pub use model::attachment::Attachment;
pub use model::organisation::Organisation;
pub use model::project::Project;
pub use model::region::Region;
pub use model::registry::{ProjectReference, Registry};
pub use model::version::{Dialect, Version};
pub use settings::{Settings, SettingsError};
