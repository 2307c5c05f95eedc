//! The listening socket: a unix socket in a private directory, or TCP on the loopback interface.

use std::io;
use std::net::Ipv4Addr;

use tokio::net::{TcpListener, TcpStream};

use super::error::StartError;
use super::host::Host;
#[cfg(unix)]
use super::unix_socket::{UnixSocket, connected_as_allowed};

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

/// A peer that has connected and is not yet known.
pub enum Peer {
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
    Tcp(TcpStream),
}

impl Endpoint {
    /// Listens where the host wants it. A unix socket that cannot be made anywhere is replaced by TCP,
    /// but only with TLS: without it, the directory is what keeps other users out.
    pub fn bind(host: &Host) -> Result<Self, StartError> {
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
        let (listener, port) = bind_tcp(host.ports)?;
        Ok(Self {
            network: "tcp",
            address: format!("{}:{port}", Ipv4Addr::LOCALHOST),
            listener: Listener::Tcp(listener),
        })
    }

    /// The next peer.
    pub async fn accept(&self) -> io::Result<Peer> {
        match &self.listener {
            #[cfg(unix)]
            Listener::Unix(socket) => Ok(Peer::Unix(socket.accept().await?)),
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Calls are small and answered one by one; waiting to fill a segment costs 40 ms each.
                stream.set_nodelay(true)?;
                Ok(Peer::Tcp(stream))
            }
        }
    }
}

impl Peer {
    /// The stream, if the operating system says that its other end may talk to us. It can say so for
    /// unix sockets only.
    pub fn stream(self) -> io::Result<Box<dyn super::connection::Io>> {
        match self {
            #[cfg(unix)]
            Self::Unix(stream) => {
                connected_as_allowed(&stream)?;
                Ok(Box::new(stream))
            }
            Self::Tcp(stream) => Ok(Box::new(stream)),
        }
    }
}

/// The first free port of the range.
fn bind_tcp((min, max): (u16, u16)) -> Result<(TcpListener, u16), StartError> {
    let mut refused = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for port in min..=max {
        let listening =
            std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|socket| {
                socket.set_nonblocking(true)?;
                let port = socket.local_addr()?.port();
                Ok((TcpListener::from_std(socket)?, port))
            });
        match listening {
            Ok(listening) => return Ok(listening),
            Err(error) => refused = error,
        }
    }
    Err(StartError::NoPort {
        min,
        max,
        source: refused,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_passed_over() {
        let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = taken.local_addr().unwrap().port();
        let Err(error) = bind_tcp((port, port)) else {
            panic!("port {port} was bound twice");
        };
        assert!(error.to_string().contains(&port.to_string()), "{error}");
        let (_, found) = bind_tcp((port, port.saturating_add(50))).unwrap();
        assert!(found > port);
    }
}
