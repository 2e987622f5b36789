//! TCP states in RFC 9293's spelling, and the kernel's word about a connection.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CallId, Endpoint, HostId, Span, Time};

/// A TCP connection's state (RFC 9293 §3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "RFC 9293 §3.3.2 defines each")]
pub enum TcpState {
    #[serde(rename = "CLOSED")]
    Closed,
    #[serde(rename = "LISTEN")]
    Listen,
    #[serde(rename = "SYN-SENT")]
    SynSent,
    #[serde(rename = "SYN-RECEIVED")]
    SynReceived,
    #[serde(rename = "ESTABLISHED")]
    Established,
    #[serde(rename = "FIN-WAIT-1")]
    FinWait1,
    #[serde(rename = "FIN-WAIT-2")]
    FinWait2,
    #[serde(rename = "CLOSE-WAIT")]
    CloseWait,
    #[serde(rename = "CLOSING")]
    Closing,
    #[serde(rename = "LAST-ACK")]
    LastAck,
    #[serde(rename = "TIME-WAIT")]
    TimeWait,
}

impl TcpState {
    /// All, in the order of RFC 9293 §3.3.2's diagram from top to bottom.
    pub const ALL: [Self; 11] = [
        Self::Closed,
        Self::Listen,
        Self::SynSent,
        Self::SynReceived,
        Self::Established,
        Self::FinWait1,
        Self::FinWait2,
        Self::CloseWait,
        Self::Closing,
        Self::LastAck,
        Self::TimeWait,
    ];

    /// The RFC's spelling.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Listen => "LISTEN",
            Self::SynSent => "SYN-SENT",
            Self::SynReceived => "SYN-RECEIVED",
            Self::Established => "ESTABLISHED",
            Self::FinWait1 => "FIN-WAIT-1",
            Self::FinWait2 => "FIN-WAIT-2",
            Self::CloseWait => "CLOSE-WAIT",
            Self::Closing => "CLOSING",
            Self::LastAck => "LAST-ACK",
            Self::TimeWait => "TIME-WAIT",
        }
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for TcpState {
    type Err = ();

    fn from_str(s: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == s)
            .ok_or(())
    }
}

/// What made us ask the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trigger {
    /// The wire held this frame of that host (`Fate::wire_no`): the sender's state after it left.
    Held(u64),
    /// The wire had just delivered this frame to that host: the receiver's state after it arrived.
    Delivered(u64),
    /// This call of that host had just returned.
    Returned(CallId),
    /// A look at all sockets of the host (at the beginning and the end), or on a loopback, after a frame.
    Looked,
}

/// The kernel's word: one connection's (or listener's) state at one host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSeen {
    /// When the answer came.
    pub at: Time,
    /// The host whose kernel said so.
    pub host: HostId,
    /// The socket's own endpoint.
    pub local: Endpoint,
    /// The other end; absent for a listener.
    pub remote: Option<Endpoint>,
    /// The state. `CLOSED` when the kernel knows the connection no more.
    pub state: TcpState,
    /// Why we asked then.
    pub trigger: Trigger,
    /// TCP_INFO that came with the answer.
    pub info: Option<TcpInfo>,
}

impl TcpInfo {
    /// The slow-start threshold, in segments; none while the kernel has not set it: above 2³⁰ it is its "not set yet"
    /// (TCP_INFINITE_SSTHRESH, include/net/tcp.h).
    #[must_use]
    pub fn threshold(&self) -> Option<u32> {
        (self.ssthresh < 1 << 30).then_some(self.ssthresh)
    }

    /// Segments in flight as the kernel counts them (`tcp_packets_in_flight`, include/net/tcp.h): sent and not acknowledged,
    /// without those that were selectively acknowledged or are taken for lost, with those that were sent again.
    #[must_use]
    pub fn in_flight(&self) -> u32 {
        self.unacked
            .saturating_sub(self.sacked.saturating_add(self.lost))
            .saturating_add(self.retrans)
    }
}

/// A sample of the kernel's TCP_INFO (`struct tcp_info` in include/uapi/linux/tcp.h), as far as it is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpInfo {
    /// Congestion window, in segments.
    pub cwnd: u32,
    /// Slow-start threshold, in segments; `u32::MAX` and 2³¹−1 mean "not set yet".
    pub ssthresh: u32,
    /// Smoothed round-trip time.
    pub srtt: Span,
    /// Its mean deviation.
    pub rttvar: Span,
    /// Retransmission timeout in force.
    pub rto: Span,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Segments selectively acknowledged.
    pub sacked: u32,
    /// Segments taken for lost.
    pub lost: u32,
    /// Segments retransmitted and not acknowledged yet.
    pub retrans: u32,
    /// All retransmissions so far.
    pub total_retrans: u32,
    /// Congestion state: 0 Open, 1 Disorder, 2 CWR, 3 Recovery, 4 Loss.
    pub ca_state: u8,
    /// Timer backoff: how often the timeout doubled.
    pub backoff: u8,
    /// Unanswered window probes or keep-alives.
    pub probes: u8,
    /// Sending MSS in bytes.
    pub snd_mss: u32,
    /// Window that the peer announced, in bytes.
    pub snd_wnd: u32,
    /// Bytes written by the application that were never sent yet.
    pub notsent: u32,
    /// Congestion-control algorithm's pacing rate in bytes per second, `u64::MAX` when unlimited.
    pub pacing_rate: u64,
}
