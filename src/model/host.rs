//! A host: one side of the lab, with its own kernel stack.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Deserialize, Serialize};

use super::Untrusted;

/// Which host, as an index into the run's hosts in the order in which they were set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HostId(pub u8);

impl HostId {
    /// The side that connects; always the first host.
    pub const CLIENT: Self = Self(0);
    /// The side that listens; always the second host.
    pub const SERVER: Self = Self(1);
}

/// One host of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its place among the hosts of the run, from 0: the client, then the server.
    pub id: HostId,
    /// Its name in scripts and on screen: `client`, `server`, or what the script called it.
    pub name: Untrusted,
    /// Its interface's name inside its namespace (`eth0`, or `lo` for a loopback place).
    pub interface: Untrusted,
    /// Its interface's MAC address; absent on a loopback.
    pub mac: Option<[u8; 6]>,
    /// Its IPv4 address.
    pub ipv4: Option<Ipv4Addr>,
    /// Its IPv6 address.
    pub ipv6: Option<Ipv6Addr>,
}
