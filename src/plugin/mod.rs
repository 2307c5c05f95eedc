//! The process edge: everything between exec and a served provider. It knows no provider; names come in
//! with [`About`].

mod args;
mod connections;
mod crash;
mod error;
mod go_plugin;
mod handshake;
mod hardening;
mod hclog;
mod hclog_fields;
mod host;
mod orphan;
mod process;
mod reattach;
mod signals;
mod socket;
mod stderr;
mod tls;
#[cfg(unix)]
mod unix_socket;

use std::io::{self, Write as _};
use std::process::ExitCode;

use args::{Audience, Purpose};
use error::StartError;
use host::Host;
use tonic::service::Routes;

use crate::framework::lifecycle::Lifecycle;
use crate::framework::panics;

/// How many threads may do what blocks: resolve names, hash credentials, each in 7 MiB.
const THREADS: usize = 4;

/// What the process edge has to know about the provider it serves.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// The name of the executable.
    pub name: &'static str,
    /// The version of the provider, without a leading `v`.
    pub version: &'static str,
    /// The source address of the provider, `HOST/NAMESPACE/TYPE`.
    pub address: &'static str,
    /// Where users report a crash.
    pub issues: &'static str,
}

/// The whole life of the process: serves `provider` to the Terraform that started it, until it is told
/// to end or Terraform is gone. Answers 1 if it could not start to serve, 2 if it crashed.
pub fn run(about: About, lifecycle: Lifecycle, provider: Routes) -> ExitCode {
    panics::install();
    let code = match crash::guard(|| start(&about, lifecycle, provider)) {
        Ok(code) => code,
        Err(report) => {
            tell(&crash::text(&about, &report));
            ExitCode::from(crash::EXIT_CODE)
        }
    };
    stderr::flush();
    code
}

fn start(about: &About, lifecycle: Lifecycle, provider: Routes) -> ExitCode {
    let (name, version) = (about.name, about.version);
    let audience = match args::parse(std::env::args_os().skip(1)) {
        Ok(Purpose::Serve(audience)) => audience,
        Ok(Purpose::Version) => return exit(say(&format!("{name} {version}\n"))),
        Ok(Purpose::Help) => return exit(say(&args::help(about))),
        Err(sentence) => {
            tell(&format!("{name}: {sentence}\n"));
            return ExitCode::FAILURE;
        }
    };
    if audience == Audience::Host && !host::is_host(|name| std::env::var_os(name)) {
        tell(&handshake::not_a_host(name));
        return ExitCode::FAILURE;
    }
    hclog::init(about, |name| std::env::var_os(name));
    if audience == Audience::Host {
        // A person who debugs wants to attach a debugger.
        hardening::apply();
    }
    match serve(about, audience, lifecycle, provider) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Terraform logs a line that begins like this as an error.
            tell(&format!("[ERROR] {name}: failed to start: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

fn serve(
    about: &About,
    audience: Audience,
    lifecycle: Lifecycle,
    provider: Routes,
) -> Result<(), StartError> {
    let host = match audience {
        Audience::Host => Host::read(|name| std::env::var_os(name))?,
        Audience::Person => Host::default(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(THREADS)
        .enable_all()
        .build()
        .map_err(StartError::Runtime)?;
    let outcome = runtime.block_on(process::serve(about, audience, host, lifecycle, provider));
    // Name resolution runs on a thread of its own and cannot be interrupted; it must not hold us back.
    runtime.shutdown_background();
    outcome
}

/// Writes to stdout. When Terraform listens this is the handshake line, after which nothing may follow.
fn say(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

fn exit(said: io::Result<()>) -> ExitCode {
    said.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
}

/// Writes to stderr.
fn tell(text: &str) {
    stderr::write(text.as_bytes());
}
