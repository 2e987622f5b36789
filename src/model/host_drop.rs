//! What a host's kernel threw away of what had reached the host.

use serde::{Deserialize, Serialize};

use super::{Endpoint, HostId, Time, Trigger};

/// Between two looks a socket's count of what it dropped went up (SK_MEMINFO's drops, sock_diag(7)), and so did the
/// counter of its network namespace that says why (/proc/net/netstat and snmp). What was delivered in between is known;
/// which of it was dropped only where it was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostDrop {
    /// When it was seen.
    pub at: Time,
    /// When it was looked before; the time of the first question to that kernel where this is the first look at the socket.
    pub since: Time,
    /// Whose kernel.
    pub host: HostId,
    /// The socket: of TCP the listener's own endpoint too.
    pub socket: Endpoint,
    /// Why.
    pub reason: DropReason,
    /// How many packets the socket dropped.
    pub count: u32,
    /// Among how many that it may have been: the one after which it was looked, and those that were delivered to the host since
    /// the look before without a look after them.
    pub among: u32,
    /// Of a listener: connections that wait in its accept queue, and its backlog.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<(u32, u32)>,
    /// What made us look.
    pub trigger: Trigger,
}

impl HostDrop {
    /// It is known which packet it was: the one that had just been delivered.
    #[must_use]
    pub const fn is_certain(&self) -> bool {
        self.count == 1 && self.among == 1
    }
}

/// Why a kernel drops what has reached it, by the counter that goes up with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DropReason {
    /// `ListenOverflows`: as many connections as the listener takes wait for accept.
    AcceptQueueFull,
    /// `TCPReqQFullDrop`: as many half-open connections as the listener takes.
    SynQueueFull,
    /// `RcvbufErrors` of UDP; `TCPRcvQDrop`, `RcvPruned` of TCP.
    ReceiveBufferFull,
    /// `InCsumErrors` of TCP or UDP.
    Checksum,
    /// `PAWSEstab`, `PAWSActive`: a timestamp older than the last (RFC 7323 §5).
    Paws,
}
