//! From the command line to the last call: binding, announcing, serving and ending.

use std::time::Duration;

use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;

use super::args::Audience;
use super::connections::{self, Connections};
use super::error::StartError;
use super::go_plugin::Services;
use super::host::Host;
use super::orphan::{orphaned, parent};
use super::signals::{Signals, Wish};
use super::socket::Endpoint;
use super::{About, handshake, reattach, tls};
use crate::framework::lifecycle::Lifecycle;
use crate::proto::go_plugin::grpc_broker_server::GrpcBrokerServer;
use crate::proto::go_plugin::grpc_controller_server::GrpcControllerServer;
use crate::proto::go_plugin::grpc_stdio_server::GrpcStdioServer;
use crate::proto::health::health_server::HealthServer;

/// How long work in flight may take to finish. A host kills us 2 s after its `Shutdown`, see
/// <https://github.com/hashicorp/go-plugin/blob/v1.6.3/client.go>.
const GRACE_SHUTDOWN: Duration = Duration::from_millis(1500);
const GRACE_SIGNAL: Duration = Duration::from_secs(10);
/// Nobody waits for an orphan, but what it is writing exists nowhere else.
const GRACE_ORPHAN: Duration = Duration::from_secs(30);

/// Serves until the end.
pub async fn serve(
    about: &About,
    audience: Audience,
    host: Host,
    lifecycle: Lifecycle,
    provider: Routes,
) -> Result<(), StartError> {
    let parent = parent();
    let mut signals = Signals::listen().map_err(StartError::Runtime)?;
    let pem = host.client_certificate.as_deref();
    let tls = pem.map(tls::prepare).transpose()?;
    let endpoint = Endpoint::bind(&host).await?;
    let certificate = tls.as_ref().map(|tls| tls.certificate.as_ref());
    super::say(&match audience {
        Audience::Host => handshake::line(
            endpoint.network,
            &endpoint.address,
            certificate,
            host.knows_multiplexing,
        ),
        Audience::Person => {
            reattach::instructions(about.address, endpoint.network, &endpoint.address)
        }
    })
    .map_err(StartError::Handshake)?;

    let ending = CancellationToken::new();
    let connections = Connections::default();
    let acceptor = tls.map(|tls| TlsAcceptor::from(tls.config));
    let routes = routes(provider, &ending);
    let serving = tokio::spawn(connections::serve(
        endpoint,
        acceptor,
        routes,
        connections.clone(),
        ending.clone(),
    ));

    let (reason, grace) = tokio::select! {
        () = ending.cancelled() => ("the host asked for it", GRACE_SHUTDOWN),
        end = asked_to_end(&mut signals, audience) => end,
        reason = orphaned(parent, connections), if audience == Audience::Host => (reason, GRACE_ORPHAN),
    };
    tracing::debug!(reason, "ending");
    ending.cancel();
    lifecycle.stop();
    let finish = async {
        let _ = serving.await;
        lifecycle.drained().await
    };
    if tokio::time::timeout(grace, finish).await.is_err() {
        tracing::warn!(
            reason,
            "work in flight did not finish in time and is abandoned"
        );
    }
    Ok(())
}

/// Waits for a signal that ends the process. Answers the reason, and how long work in flight may take.
async fn asked_to_end(signals: &mut Signals, audience: Audience) -> (&'static str, Duration) {
    loop {
        match signals.next().await {
            Wish::Interrupt if audience == Audience::Host => {
                tracing::debug!("left an interrupt to the host");
            }
            Wish::Interrupt | Wish::Terminate => return ("a signal asked for it", GRACE_SIGNAL),
            #[cfg(unix)]
            Wish::HangUp => return ("the terminal was closed", GRACE_ORPHAN),
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
