//! Signals. The plugin shares the process group of Terraform, so Ctrl-C reaches it directly.

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// Ctrl-C. Under Terraform this is Terraform's to handle: it calls `StopProvider`, waits for the
    /// object that is being created, and shuts the plugin down.
    Interrupt,
    /// To end soon.
    Terminate,
    /// The terminal is gone, and the host with it.
    #[cfg(unix)]
    HangUp,
}

pub use system::Signals;

#[cfg(unix)]
mod system {
    use std::io;

    use tokio::signal::unix::{Signal, SignalKind, signal};

    use super::Asked;

    /// The signals that are handled instead of ending the process.
    pub struct Signals {
        interrupt: Signal,
        terminate: Signal,
        hang_up: Signal,
    }

    impl Signals {
        /// Handles them from now on.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
            })
        }

        /// The next one.
        pub async fn next(&mut self) -> Asked {
            tokio::select! {
                _ = self.interrupt.recv() => Asked::Interrupt,
                _ = self.terminate.recv() => Asked::Terminate,
                _ = self.hang_up.recv() => Asked::HangUp,
            }
        }
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    use super::Asked;

    /// The console events that are handled instead of ending the process.
    pub struct Signals {
        interrupt: CtrlC,
        terminate: CtrlBreak,
    }

    impl Signals {
        /// Handles them from now on.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: ctrl_c()?,
                terminate: ctrl_break()?,
            })
        }

        /// The next one.
        pub async fn next(&mut self) -> Asked {
            tokio::select! {
                _ = self.interrupt.recv() => Asked::Interrupt,
                _ = self.terminate.recv() => Asked::Terminate,
            }
        }
    }
}
