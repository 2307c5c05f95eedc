//! Talking to the API: one exchange, judging it, sending again what may be sent again. It knows no model.

pub mod envelope;
pub mod error;
mod limiter;
pub mod network;
mod operation;
pub mod path;
mod retry;
pub mod retry_after;
pub mod transport;
mod write;

use std::sync::Arc;

pub use error::{Error, Kind, Result};
use limiter::Limiter;
pub use operation::{Delays, Operation};
pub use retry::Answer;
pub use transport::{Request, Transport};
pub use write::{Look, Proof, Repeat, Write};

/// The way to the API, with what it can bear.
pub struct Http {
    transport: Arc<dyn Transport>,
    limiter: Limiter,
}

impl Http {
    /// Makes no request.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            limiter: Limiter::new(),
        }
    }
}
