//! This machine.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// What `localhost` means, whatever a name server takes it for. Port 0 stands for the port of the request.
pub const LOOPBACK: [SocketAddr; 2] = [
    SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
    SocketAddr::new(IpAddr::V6(Ipv6Addr::LOCALHOST), 0),
];
