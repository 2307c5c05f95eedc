//! Why the process could not start to serve. Each reads well after "failed to start: ".

use std::io;

#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "PLUGIN_CLIENT_CERT does not hold a usable PEM certificate: {0}. Terraform sets this variable \
         itself; do not set or change it in a wrapper script"
    )]
    ClientCertificate(String),
    #[error("{name} is {value:?}, which is not a port number from 0 to 65535")]
    Port { name: &'static str, value: String },
    #[error("PLUGIN_MIN_PORT ({min}) is greater than PLUGIN_MAX_PORT ({max})")]
    PortRange { min: u16, max: u16 },
    #[error(
        "no free TCP port on 127.0.0.1 from PLUGIN_MIN_PORT ({min}) to PLUGIN_MAX_PORT ({max}): {source}"
    )]
    NoPort {
        min: u16,
        max: u16,
        source: io::Error,
    },
    #[error(
        "PLUGIN_NETWORK asks for TCP and there is no PLUGIN_CLIENT_CERT: without TLS every user of this machine could \
         call the provider. Leave PLUGIN_NETWORK unset"
    )]
    OpenPort,
    #[cfg(unix)]
    #[error(
        "no directory for the plugin socket could be used; set TMPDIR to a short, writable path: {0}"
    )]
    NoSocket(String),
    #[error("the server certificate could not be made: {0}")]
    ServerCertificate(#[from] rcgen::Error),
    #[error("TLS could not be set up: {0}")]
    Tls(#[from] rustls::Error),
    #[error("the handshake line could not be written to stdout: {0}")]
    Handshake(#[source] io::Error),
    #[error("the runtime could not be set up: {0}")]
    Runtime(#[source] io::Error),
}
