//! The floor under every figure: the least that a Terraform provider in Rust has to do. It answers with
//! the bytes it was asked with, decodes none of them, stores nothing and does not even look at who its
//! client is. No real provider can be faster than this on the same libraries.

#![forbid(unsafe_code)]

mod provider;
mod tls;

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tokio::net::UnixListener;
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;
use tokio_stream::wrappers::UnixListenerStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};

use provider::Echo;

pub mod tfplugin6 {
    tonic::include_proto!("tfplugin6");
}
pub mod go_plugin {
    tonic::include_proto!("plugin");
}

const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

fn main() -> Result<(), Box<dyn Error>> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve())
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let (certificate, config) = tls::prepare()?;
    let directory = tempfile::Builder::new().prefix("floor").tempdir()?;
    let path = directory.path().join("socket");
    let listener = UnixListener::bind(&path)?;
    let mut stdout = std::io::stdout();
    let certificate = STANDARD_NO_PAD.encode(certificate);
    writeln!(stdout, "1|6|unix|{}|grpc|{certificate}", path.display())?;
    stdout.flush()?;
    let ended = Arc::new(Notify::new());
    let end = ended.clone();
    let provider = tfplugin6::provider_server::ProviderServer::new(Echo)
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE);
    let controller =
        go_plugin::grpc_controller_server::GrpcControllerServer::new(Controller(ended));
    tonic::transport::Server::builder()
        .add_service(provider)
        .add_service(controller)
        .serve_with_incoming_shutdown(admitted(listener, config), async move {
            end.notified().await;
        })
        .await?;
    Ok(())
}

type Encrypted = tokio_rustls::server::TlsStream<tokio::net::UnixStream>;

fn admitted(
    listener: UnixListener,
    config: tokio_rustls::rustls::ServerConfig,
) -> impl Stream<Item = std::io::Result<Encrypted>> {
    let acceptor = TlsAcceptor::from(Arc::new(config));
    UnixListenerStream::new(listener).then(move |stream| {
        let acceptor = acceptor.clone();
        async move { acceptor.accept(stream?).await }
    })
}

struct Controller(Arc<Notify>);

#[tonic::async_trait]
impl go_plugin::grpc_controller_server::GrpcController for Controller {
    async fn shutdown(
        &self,
        _: Request<go_plugin::Empty>,
    ) -> Result<Response<go_plugin::Empty>, Status> {
        self.0.notify_one();
        Ok(Response::new(go_plugin::Empty {}))
    }
}
