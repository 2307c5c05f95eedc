//! The small services that a go-plugin host expects beside the provider.

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::proto::go_plugin::grpc_broker_server::GrpcBroker;
use crate::proto::go_plugin::grpc_controller_server::GrpcController;
use crate::proto::go_plugin::grpc_stdio_server::GrpcStdio;
use crate::proto::go_plugin::{ConnInfo, Empty, StdioData};
use crate::proto::health::health_check_response::ServingStatus;
use crate::proto::health::health_server::Health;
use crate::proto::health::{HealthCheckRequest, HealthCheckResponse};

/// The name under which go-plugin servers report their health.
const HEALTH_NAME: &str = "plugin";

/// The services; `ending` is how they learn and tell that the process ends.
#[derive(Clone)]
pub struct Services {
    /// Cancelled when the process begins to end.
    pub ending: CancellationToken,
}

#[tonic::async_trait]
impl GrpcController for Services {
    /// Only begins the end: the server finishes the calls in flight, this one first.
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        tracing::debug!("told to shut down");
        self.ending.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl GrpcStdio for Services {
    type StreamStdioStream = UntilEnd<StdioData>;

    /// Never has anything to say: nothing is written to stdout, and stderr goes to the host directly.
    async fn stream_stdio(
        &self,
        _: Request<()>,
    ) -> Result<Response<Self::StreamStdioStream>, Status> {
        Ok(self.until_end(None))
    }
}

#[tonic::async_trait]
impl GrpcBroker for Services {
    type StartStreamStream = UntilEnd<ConnInfo>;

    /// Hosts open the stream and send nothing: providers have no second connection to negotiate.
    async fn start_stream(
        &self,
        _: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<Self::StartStreamStream>, Status> {
        Ok(self.until_end(None))
    }
}

#[tonic::async_trait]
impl Health for Services {
    type WatchStream = UntilEnd<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let now = health(&request.get_ref().service);
        match now.status() {
            ServingStatus::ServiceUnknown => Err(Status::not_found("unknown service")),
            _ => Ok(Response::new(now)),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let now = health(&request.get_ref().service);
        Ok(self.until_end(Some(now)))
    }
}

/// The empty name asks for the server as a whole.
fn health(service: &str) -> HealthCheckResponse {
    let status = match service {
        "" | HEALTH_NAME => ServingStatus::Serving,
        _ => ServingStatus::ServiceUnknown,
    };
    HealthCheckResponse {
        status: status.into(),
    }
}

/// A stream that says at most one thing and stays open until the process ends.
type UntilEnd<T> = ReceiverStream<Result<T, Status>>;

impl Services {
    fn until_end<T: Send + 'static>(&self, first: Option<T>) -> Response<UntilEnd<T>> {
        let (sender, receiver) = mpsc::channel(1);
        if let Some(first) = first {
            // There is room for one.
            let _ = sender.try_send(Ok(first));
        }
        let ending = self.ending.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = ending.cancelled() => {}
                () = sender.closed() => {}
            }
        });
        Response::new(ReceiverStream::new(receiver))
    }
}
