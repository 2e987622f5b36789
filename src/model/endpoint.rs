//! An endpoint: IP address and port.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// An IP address and a port. RFC 9293 §2.2 calls it a socket; the word here is endpoint, because
/// "socket" is the object of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The IP address.
    pub addr: IpAddr,
    /// The port; 0 where the kernel has not chosen one yet.
    pub port: u16,
}

impl Endpoint {
    /// An endpoint of these two.
    #[must_use]
    pub const fn new(addr: IpAddr, port: u16) -> Self {
        Self { addr, port }
    }
}

impl From<SocketAddr> for Endpoint {
    fn from(addr: SocketAddr) -> Self {
        Self::new(addr.ip(), addr.port())
    }
}

impl From<Endpoint> for SocketAddr {
    fn from(endpoint: Endpoint) -> Self {
        Self::new(endpoint.addr, endpoint.port)
    }
}

impl fmt::Display for Endpoint {
    /// `10.0.0.1:7070`, `[fd00::1]:7070`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        SocketAddr::from(*self).fmt(f)
    }
}
