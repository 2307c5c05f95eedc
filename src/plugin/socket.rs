//! The listening socket: a unix socket in a private directory, or TCP on the loopback interface.

use std::io;
use std::net::Ipv4Addr;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;

use super::error::StartError;
use super::host::Host;
#[cfg(unix)]
use super::unix_socket::UnixSocket;

/// What a connection runs over: a socket, or TLS on one.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A socket that listens, and its name on the handshake line.
pub struct Endpoint {
    /// `unix` or `tcp`.
    pub network: &'static str,
    /// The path of the socket, or `127.0.0.1:port`.
    pub address: String,
    listener: Listener,
}

enum Listener {
    #[cfg(unix)]
    Unix(UnixSocket),
    Tcp(TcpListener),
}

impl Endpoint {
    /// Listens where the host wants it. A unix socket that cannot be made anywhere is replaced by TCP,
    /// but only with TLS: without it, the directory is what keeps other users out.
    pub async fn bind(host: &Host) -> Result<Self, StartError> {
        #[cfg(unix)]
        if !host.tcp {
            match UnixSocket::bind(host) {
                Ok((socket, address)) => {
                    return Ok(Self {
                        network: "unix",
                        address,
                        listener: Listener::Unix(socket),
                    });
                }
                Err(error @ StartError::NoSocket(_)) if host.client_certificate.is_some() => {
                    tracing::warn!(%error, "serving over TCP instead of a unix socket");
                }
                Err(error) => return Err(error),
            }
        }
        if host.client_certificate.is_none() && cfg!(unix) {
            return Err(StartError::OpenPort);
        }
        let (listener, port) = bind_tcp(host.ports).await?;
        Ok(Self {
            network: "tcp",
            address: format!("{}:{port}", Ipv4Addr::LOCALHOST),
            listener: Listener::Tcp(listener),
        })
    }

    /// The stream to the next peer that the operating system lets talk to us. It can tell for unix sockets only.
    pub async fn accept(&self) -> io::Result<Box<dyn Io>> {
        match &self.listener {
            #[cfg(unix)]
            Listener::Unix(socket) => Ok(Box::new(socket.accept().await?)),
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Calls are small and answered one by one; waiting to fill a segment costs 40 ms each.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// The first free port of the range.
async fn bind_tcp((min, max): (u16, u16)) -> Result<(TcpListener, u16), StartError> {
    let mut source = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for port in min..=max {
        let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await;
        match listening.and_then(|listener| Ok((listener.local_addr()?.port(), listener))) {
            Ok((port, listener)) => return Ok((listener, port)),
            Err(error) => source = error,
        }
    }
    Err(StartError::NoPort { min, max, source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_passed_over() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let Err(error) = bind_tcp((port, port)).await else {
            panic!("port {port} was bound twice");
        };
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        let (_, found) = bind_tcp((port, port.saturating_add(50))).await.unwrap();
        assert!(found > port);
    }
}
