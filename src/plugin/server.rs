//! From the command line to the last call: binding, announcing, serving and ending.

use std::io::{self, Write as _};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::accept::accept;
use super::connection::Presence;
use super::error::StartError;
use super::host::Host;
use super::orphan::{Parent, orphaned};
use super::services::Services;
use super::signals::{Asked, Signals};
use super::socket::Endpoint;
use super::{Settings, handshake, reattach, tls};
use crate::framework::lifecycle::Lifecycle;
use crate::proto::go_plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::go_plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::go_plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::health::health_server::HealthServer;

/// Connections that were let in and wait to be served. There is hardly ever more than one.
const WAITING_CONNECTIONS: usize = 16;

/// Who waits for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The Terraform that started this process.
    Host,
    /// A person, who tells Terraform where to find it.
    Person,
}

/// Why the process ends.
#[derive(Clone, Copy)]
enum End {
    /// The host said so.
    Shutdown,
    /// A signal said so.
    Terminated,
    /// The host is gone.
    Orphaned(&'static str),
}

impl End {
    /// How long work in flight may take to finish. A host kills us 2 s after its `Shutdown`. Nobody
    /// waits for an orphan, but what it is writing exists nowhere else.
    fn grace(self) -> Duration {
        match self {
            Self::Shutdown => Duration::from_millis(1500),
            Self::Terminated => Duration::from_secs(10),
            Self::Orphaned(_) => Duration::from_secs(30),
        }
    }

    fn reason(self) -> &'static str {
        match self {
            Self::Shutdown => "the host asked for it",
            Self::Terminated => "a signal asked for it",
            Self::Orphaned(reason) => reason,
        }
    }
}

/// Serves until the end.
pub async fn serve(
    settings: &Settings,
    audience: Audience,
    host: Host,
    lifecycle: Lifecycle,
    provider: Routes,
) -> Result<(), StartError> {
    let parent = Parent::now();
    let mut signals = Signals::listen().map_err(StartError::Runtime)?;
    let pem = host.client_certificate.as_deref();
    let tls = pem.map(tls::prepare).transpose()?;
    let endpoint = Endpoint::bind(&host)?;
    let certificate = tls.as_ref().map(|tls| tls.certificate.as_ref());
    announce(&match audience {
        Audience::Host => handshake::line(
            endpoint.network,
            &endpoint.address,
            certificate,
            host.knows_multiplexing,
        ),
        Audience::Person => {
            reattach::instructions(settings.address, endpoint.network, &endpoint.address)
        }
    })
    .map_err(StartError::Handshake)?;

    let ending = CancellationToken::new();
    let presence = Presence::default();
    let (admitted, connections) = mpsc::channel(WAITING_CONNECTIONS);
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config));
    let accepting = tokio::spawn(accept(
        endpoint,
        acceptor,
        presence.clone(),
        admitted,
        ending.clone(),
    ));
    let routes = routes(provider, &ending);
    let serving = tokio::spawn(super::serve::serve(routes, connections, ending.clone()));

    let end = tokio::select! {
        () = ending.cancelled() => End::Shutdown,
        end = asked_to_end(&mut signals, audience) => end,
        reason = orphaned(parent, presence), if audience == Audience::Host => End::Orphaned(reason),
    };
    tracing::debug!(reason = end.reason(), "ending");
    ending.cancel();
    lifecycle.stop();
    // The socket first: nobody shall find it who would not be answered.
    let _ = accepting.await;
    let finish = async {
        let _ = serving.await;
        lifecycle.drained(Duration::MAX).await
    };
    if tokio::time::timeout(end.grace(), finish).await.is_err() {
        tracing::warn!(
            reason = end.reason(),
            "work in flight did not finish in time and is abandoned"
        );
    }
    Ok(())
}

/// Writes to stdout. In normal mode this is the handshake line, after which nothing may follow.
fn announce(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

/// Waits for a signal that ends the process.
async fn asked_to_end(signals: &mut Signals, audience: Audience) -> End {
    loop {
        match signals.next().await {
            Asked::Interrupt if audience == Audience::Host => {
                tracing::debug!("left an interrupt to the host");
            }
            Asked::Interrupt | Asked::Terminate => return End::Terminated,
            #[cfg(unix)]
            Asked::HangUp => return End::Orphaned("the terminal was closed"),
        }
    }
}

fn routes(provider: Routes, ending: &CancellationToken) -> Routes {
    let services = Services {
        ending: ending.clone(),
    };
    provider
        .add_service(GrpcControllerServer::new(services.clone()))
        .add_service(GrpcStdioServer::new(services.clone()))
        .add_service(GrpcBrokerServer::new(services.clone()))
        .add_service(HealthServer::new(services))
        .prepare()
}
