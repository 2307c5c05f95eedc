//! The client of the Bahriya console API: the one place with addresses, JSON bodies and retries.
//!
//! `settings` says what a client is told; `http` sends and judges and knows no model; `model` is plain data; `cache`
//! keeps what was learned; `client` has the endpoints. Each knows only those before it.
//!
//! Every call takes an [`Operation`] (its deadline and its cancellation) and answers with what the API
//! showed, or with an [`Error`] that says whether anything was done. A call that writes must be driven
//! to its end: if its future is dropped while a write is in flight, nobody finds out what became of the write.

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
pub use http::transport::{Fault, Reply};
pub use http::{Error, Kind, Look, Operation, Proof, Request, Result, Transport};
pub use model::{
    Attachment, Dialect, Organisation, Project, ProjectReference, Region, Registry, Version,
};
pub use settings::{Settings, SettingsError};
