//! Talking to the API: one exchange, judging it, sending again what may be sent again. It knows no model.

pub mod envelope;
pub mod error;
pub mod limiter;
pub mod network;
pub mod operation;
pub mod path;
pub mod retry;
pub mod retry_after;
pub mod transport;
pub mod write;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use limiter::{Limiter, Silence};
use transport::Transport;

/// The way to the API, with what it can bear.
pub struct Http {
    transport: Arc<dyn Transport>,
    limiter: Limiter,
    silence: Silence,
    /// Something at the address has answered.
    answered: AtomicBool,
}

impl Http {
    /// Makes no request.
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport,
            limiter: Limiter::new(),
            silence: Silence::default(),
            answered: AtomicBool::new(false),
        }
    }
}
