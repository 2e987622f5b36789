//! Flags of `tcp`, `udp` and `compare` to host scripts: the same text that a lesson would hold.
//!
//! The closes (`--close`), each decided by who does what, never by waiting:
//!
//! - four: the client closes first; the server flushes its delayed ACK (TCP_QUICKACK) *after* it read EOF and
//!   closes then, so that the ACK goes out alone, before the FIN.
//! - three: the server closes at once after EOF; the ACK of the client's FIN is still delayed and rides on the
//!   server's FIN. Only when the server had data before: without any, the kernel delays that ACK so briefly
//!   that on a busy machine it becomes four now and then. And only when all that data is acknowledged before the FIN
//!   arrives: a kernel that owes an ACK for more than one segment sends it at once, so the client waits (`await read`)
//!   until the server has read the data and has flushed its ACK.
//! - half: the server acknowledges the FIN (as above), still sends, then closes.
//! - reset: the client closes with SO_LINGER {1, 0}.

mod fanout;
mod tcp;
mod udp;

use super::plan::{HostPlan, Plan, ProgramsPlan};
use super::{WirePlan, parse_steps};
use crate::model::setting::{Place, RunKind};
use crate::model::{HostId, Span};
use crate::notation::Mistake;

/// Largest payload of a UDP datagram: 65535 less both headers (IPv6's own is not counted in its length).
pub const LARGEST_DATAGRAM_V4: u64 = 65_507;
/// The same over IPv6.
pub const LARGEST_DATAGRAM_V6: u64 = 65_527;

/// How a TCP exchange is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CloseStyle {
    /// FIN, its ACK alone, FIN, its ACK.
    #[default]
    Four,
    /// FIN, FIN that acknowledges it, ACK.
    Three,
    /// The server still sends after the client's FIN.
    Half,
    /// RST instead of FIN: the client closes with SO_LINGER 0.
    Reset,
}

/// What `sockscope tcp` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpRunFlags {
    /// One send each, `{my.ip}` and its like filled in.
    pub messages: Vec<String>,
    /// Bytes of a pattern, after the messages; 0 for none.
    pub bytes: u64,
    /// Size of the sends that `bytes` are handed over in; none: one send.
    pub chunk: Option<u64>,
    /// What the server sends after each message.
    pub reply: Option<String>,
    /// What the server sends when it has read everything, before the client goes on to close; not with `reply`,
    /// `echo` or `duplex`.
    pub answer: Option<String>,
    /// The server sends back what it receives.
    pub echo: bool,
    /// Both sides send the same at once.
    pub duplex: bool,
    /// The server's port.
    pub port: u16,
    /// listen()'s backlog.
    pub backlog: u32,
    /// Size of the buffer handed to each recv().
    pub recv_buffer: u32,
    /// How the connection is closed.
    pub close: CloseStyle,
    /// TCP_NODELAY on both sides.
    pub nodelay: bool,
    /// TCP_MAXSEG on both sides.
    pub mss: Option<u32>,
    /// SO_RCVBUF on both sides.
    pub rcvbuf: Option<u32>,
    /// SO_SNDBUF on both sides.
    pub sndbuf: Option<u32>,
}

impl Default for TcpRunFlags {
    /// No data, port 7070, backlog 5, buffer 1024, four segments to close.
    fn default() -> Self {
        Self {
            messages: Vec::new(),
            bytes: 0,
            chunk: None,
            reply: None,
            answer: None,
            echo: false,
            duplex: false,
            port: 7070,
            backlog: 5,
            recv_buffer: 1024,
            close: CloseStyle::Four,
            nodelay: false,
            mss: None,
            rcvbuf: None,
            sndbuf: None,
        }
    }
}

/// What `sockscope udp` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UdpRunFlags {
    /// One datagram each.
    pub messages: Vec<String>,
    /// Bytes of a pattern, after the messages; 0 for none.
    pub bytes: u64,
    /// Size of the datagrams that `bytes` are handed over in; none: one datagram.
    pub chunk: Option<u64>,
    /// The server's port.
    pub port: u16,
    /// Size of the buffer handed to each recvfrom().
    pub recv_buffer: u32,
    /// SO_RCVBUF on both sides.
    pub rcvbuf: Option<u32>,
    /// SO_SNDBUF on both sides.
    pub sndbuf: Option<u32>,
}

impl Default for UdpRunFlags {
    /// No data, port 7070, buffer 1024.
    fn default() -> Self {
        Self {
            messages: Vec::new(),
            bytes: 0,
            chunk: None,
            port: 7070,
            recv_buffer: 1024,
            rcvbuf: None,
            sndbuf: None,
        }
    }
}

/// Why flags make no run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FlagsError {
    /// `--close three` when nothing goes to the passive side: its result would depend on the machine's load.
    #[error("a three-segment close needs data to the server before it")]
    ThreeNeedsData,
    /// Two flags that exclude each other.
    #[error("{0} and {1} exclude each other")]
    Conflict(&'static str, &'static str),
    /// A flag that says nothing without another.
    #[error("{0} needs {1}")]
    Needs(&'static str, &'static str),
    /// A datagram that is larger than one can be.
    #[error("a datagram of {len} bytes is larger than {most}")]
    DatagramTooLarge {
        /// Its payload, in bytes.
        len: u64,
        /// The most there can be.
        most: u64,
    },
}

pub use fanout::{FanoutFlags, FanoutMode};

/// Client and server scripts, in this order.
pub type Scripts = [String; 2];

/// A host's name and its script.
pub type NamedScript = (String, String);

/// The backlog of a server that expects one client.
const SERVERS_BACKLOG: u32 = 5;

/// Lines of a script.
#[derive(Default)]
struct ScriptText(String);

impl ScriptText {
    fn add(&mut self, line: impl AsRef<str>) {
        self.0.push_str(line.as_ref());
        self.0.push('\n');
    }

    fn add_all(&mut self, lines: &[String]) {
        for line in lines {
            self.add(line);
        }
    }
}

fn pattern(verb: &str, bytes: u64, chunk: Option<u64>) -> String {
    match chunk {
        Some(chunk) => format!("{verb} {bytes} bytes chunk {chunk}"),
        None => format!("{verb} {bytes} bytes"),
    }
}

/// What every run is told beside its scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFlags {
    /// The command line, recorded.
    pub command: String,
    /// On the wire between two hosts, or on a loopback.
    pub place: Place,
    /// IPv6 instead of IPv4.
    pub ipv6: bool,
    /// What the wire is like, where there is one.
    pub wire: WirePlan,
    /// Whose frames are the saved packets.
    pub saved: HostId,
}

/// The scripts of the two hosts that every run has, with their names.
#[must_use]
pub fn named(scripts: Scripts) -> Vec<NamedScript> {
    let names = ["client", "server"].map(str::to_owned);
    names.into_iter().zip(scripts).collect()
}

/// The plan of these scripts, the client's first, then the server's.
///
/// # Errors
/// The mistakes of the first script that has some (a message that holds `{my.pi}`, say).
pub fn plan(kind: RunKind, run: RunFlags, scripts: Vec<NamedScript>) -> Result<Plan, Vec<Mistake>> {
    let mut hosts = Vec::new();
    for (name, text) in scripts {
        let mut host = HostPlan {
            name,
            steps: parse_steps(&text)?,
            text,
            program: None,
            sysctls: Vec::new(),
        };
        if run.wire.loses_nothing() {
            host.wait_before_resending();
        }
        hosts.push(host);
    }
    Ok(Plan {
        kind,
        command: run.command,
        lesson: None,
        place: run.place,
        ipv6: run.ipv6,
        wire: run.wire,
        hosts,
        saved: run.saved,
        bare: false,
        programs: ProgramsPlan::default(),
        deadline: DEADLINE,
    })
}

/// After this long a script that flags made counts as stuck.
pub const DEADLINE: Span = Span::from_ms(60_000);

#[cfg(test)]
mod tests;
