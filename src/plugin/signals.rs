//! Signals. The plugin shares the process group of Terraform, so Ctrl-C reaches it directly.

/// What a signal asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
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

    use super::Wish;

    /// The signals that are handled instead of ending the process.
    pub struct Signals {
        interrupt: Signal,
        terminate: Signal,
        /// None where it was ignored when the process started, as by `nohup`: it stays so.
        hang_up: Option<Signal>,
    }

    impl Signals {
        /// Handles them from now on.
        pub fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: match ignores_hang_up() {
                    true => None,
                    false => Some(signal(SignalKind::hangup())?),
                },
            })
        }

        /// The next one.
        pub async fn next(&mut self) -> Wish {
            tokio::select! {
                _ = self.interrupt.recv() => Wish::Interrupt,
                _ = self.terminate.recv() => Wish::Terminate,
                Some(()) = async { self.hang_up.as_mut()?.recv().await } => Wish::HangUp,
            }
        }
    }

    /// Whether the signal is ignored. Linux tells it by a file; elsewhere there is no safe way to ask.
    fn ignores_hang_up() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mut lines = status.lines();
        let mask = lines.find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // The first bit is the first signal.
        mask.is_some_and(|mask| mask & 1 == 1)
    }
}

#[cfg(windows)]
mod system {
    use std::io;

    use tokio::signal::windows::{CtrlBreak, CtrlC, ctrl_break, ctrl_c};

    use super::Wish;

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
        pub async fn next(&mut self) -> Wish {
            tokio::select! {
                _ = self.interrupt.recv() => Wish::Interrupt,
                _ = self.terminate.recv() => Wish::Terminate,
            }
        }
    }
}
