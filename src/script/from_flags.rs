//! Flags of `tcp`, `udp` and `compare` to host scripts: the same text that a lesson would hold.
//!
//! The closes (`--close`), each decided by who does what, never by waiting:
//!
//! - four: the client closes first; the server flushes its delayed ACK (TCP_QUICKACK) *after* it read EOF and
//!   closes then, so that the ACK goes out alone, before the FIN.
//! - three: the server closes at once after EOF; the ACK of the client's FIN is still delayed and rides on the
//!   server's FIN. Only when the server had data before: without any the kernel delays that ACK so little
//!   that a busy machine makes it four now and then. And only when all that data is acknowledged before the FIN
//!   comes: a kernel that owes an ACK for more than a segment sends it at once, so the client waits (`await read`)
//!   until the server has read it and has flushed its ACK.
//! - half: the server acknowledges the FIN (as above), still sends, then closes.
//! - reset: the client closes with SO_LINGER {1, 0}.

use super::fill::mirrored;
use super::plan::{HostPlan, Plan, Wire};
use super::words::quote;
use super::{Mistake, parse_steps};
use crate::model::setting::{Place, RunKind};
use crate::model::{HostId, Span};

/// Largest payload of a UDP datagram: 65535 less both headers (IPv6's own is not counted in its length).
pub const LARGEST_DATAGRAM_V4: u64 = 65_507;
/// The same over IPv6.
pub const LARGEST_DATAGRAM_V6: u64 = 65_527;

/// How a TCP exchange is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Close {
    /// FIN, its ACK alone, FIN, its ACK.
    #[default]
    Four,
    /// FIN, FIN that acknowledges it, ACK.
    Three,
    /// The server still sends after the client's FIN.
    Half,
    /// RST.
    Reset,
}

/// What `sockscope tcp` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TcpFlags {
    /// One send each, `{my.ip}` and its like filled in.
    pub messages: Vec<String>,
    /// Bytes of a pattern, after the messages; 0 for none.
    pub bytes: u64,
    /// Size of the sends that `bytes` are handed over in; none: one send.
    pub chunk: Option<u64>,
    /// What the server sends after each message.
    pub reply: Option<String>,
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
    /// How it ends.
    pub close: Close,
    /// TCP_NODELAY on both sides.
    pub nodelay: bool,
    /// TCP_MAXSEG on both sides.
    pub mss: Option<u32>,
    /// SO_RCVBUF on both sides.
    pub rcvbuf: Option<u32>,
    /// SO_SNDBUF on both sides.
    pub sndbuf: Option<u32>,
}

impl Default for TcpFlags {
    /// No data, port 7070, backlog 5, buffer 1024, four segments to close.
    fn default() -> Self {
        Self {
            messages: Vec::new(),
            bytes: 0,
            chunk: None,
            reply: None,
            echo: false,
            duplex: false,
            port: 7070,
            backlog: 5,
            recv_buffer: 1024,
            close: Close::Four,
            nodelay: false,
            mss: None,
            rcvbuf: None,
            sndbuf: None,
        }
    }
}

/// What `sockscope udp` was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UdpFlags {
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

impl Default for UdpFlags {
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

/// Client and server scripts, in this order.
pub type Scripts = [String; 2];

/// Lines of a script.
#[derive(Default)]
struct Lines(String);

impl Lines {
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

impl TcpFlags {
    /// The scripts of this exchange.
    ///
    /// # Errors
    /// When the flags contradict each other or cannot be kept.
    pub fn scripts(&self) -> Result<Scripts, FlagsError> {
        self.check()?;
        let options = self.options();
        let mut client = Lines::default();
        let mut server = Lines::default();
        client.add_all(&options);
        server.add_all(&options);
        client.add(format!("connect :{}", self.port));
        server.add(format!("listen {} backlog {}", self.port, self.backlog));
        server.add("accept");
        if self.duplex {
            self.both_at_once(&mut client, &mut server);
        } else {
            self.in_turn(&mut client, &mut server);
        }
        self.end(&mut client, &mut server);
        Ok([client.0, server.0])
    }

    fn check(&self) -> Result<(), FlagsError> {
        let data = self.bytes > 0 || self.messages.iter().any(|message| !message.is_empty());
        if self.close == Close::Three && !data {
            return Err(FlagsError::ThreeNeedsData);
        }
        if self.chunk.is_some() && self.bytes == 0 {
            return Err(FlagsError::Needs("--chunk", "--bytes"));
        }
        if self.echo && self.reply.is_some() {
            return Err(FlagsError::Conflict("--echo", "--reply"));
        }
        if self.duplex && (self.echo || self.reply.is_some()) {
            let other = if self.echo { "--echo" } else { "--reply" };
            return Err(FlagsError::Conflict("--duplex", other));
        }
        Ok(())
    }

    /// Options that must be set before connect and listen (an accepted socket inherits its listener's).
    fn options(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let numbers = [
            ("SO_RCVBUF", self.rcvbuf),
            ("SO_SNDBUF", self.sndbuf),
            ("TCP_MAXSEG", self.mss),
        ];
        for (name, value) in numbers {
            lines.extend(value.map(|value| format!("set {name} {value}")));
        }
        if self.nodelay {
            lines.push("set TCP_NODELAY on".to_owned());
        }
        if !lines.is_empty() {
            lines.insert(0, "socket tcp".to_owned());
        }
        lines
    }

    /// One side after the other.
    fn in_turn(&self, client: &mut Lines, server: &mut Lines) {
        let buffer = self.recv_buffer;
        if let Some(reply) = &self.reply {
            for message in self.messages.iter().filter(|message| !message.is_empty()) {
                client.add(format!("send {}", quote(message)));
                server.add(format!(
                    "recv exactly {} buffer {buffer}",
                    quote(&mirrored(message))
                ));
                answer(reply, buffer, client, server);
            }
            if self.bytes > 0 {
                client.add(self.pattern());
                server.add(format!("recv exactly {} buffer {buffer}", self.bytes));
                answer(reply, buffer, client, server);
            }
            return;
        }
        for message in &self.messages {
            client.add(format!("send {}", quote(message)));
            if self.echo && !message.is_empty() {
                client.add(format!("recv exactly {} buffer {buffer}", quote(message)));
            }
        }
        if self.bytes > 0 {
            if self.echo {
                // What comes back is read while it is still being sent: else both sides' buffers could fill up.
                client.add(format!(
                    "spawn\nrecv exactly {} buffer {buffer}\nend",
                    self.bytes
                ));
            }
            client.add(self.pattern());
            if self.echo {
                client.add("join");
            }
        }
    }

    /// Both sides send and receive the same; the client goes on to close when it has everything.
    fn both_at_once(&self, client: &mut Lines, server: &mut Lines) {
        let buffer = self.recv_buffer;
        client.add("spawn");
        for message in self.messages.iter().filter(|message| !message.is_empty()) {
            client.add(format!(
                "recv exactly {} buffer {buffer}",
                quote(&mirrored(message))
            ));
        }
        if self.bytes > 0 {
            client.add(format!("recv exactly {} buffer {buffer}", self.bytes));
        }
        client.add("end");
        server.add("spawn");
        self.read_all_first(server);
        server.add(format!("{}\nend", self.until_eof()));
        for side in [&mut *client, &mut *server] {
            for message in &self.messages {
                side.add(format!("send {}", quote(message)));
            }
            if self.bytes > 0 {
                side.add(self.pattern());
            }
            side.add("join");
        }
    }

    fn end(&self, client: &mut Lines, server: &mut Lines) {
        let buffer = self.recv_buffer;
        if self.close == Close::Reset {
            client.add("set SO_LINGER on 0");
        } else {
            if self.waits_until_read() {
                client.add("await read");
            }
            client.add("shutdown write");
            client.add(format!("recv until eof buffer {buffer}"));
        }
        client.add("close");
        if self.echo {
            let fails = if self.close == Close::Reset {
                " fails ECONNRESET"
            } else {
                ""
            };
            server.add(format!("echo until eof buffer {buffer}{fails}"));
        } else if !self.duplex {
            self.read_all_first(server);
            server.add(self.until_eof());
        }
        if matches!(self.close, Close::Four | Close::Half) {
            server.add("quickack");
        }
        if self.close == Close::Half {
            let late = self.reply.as_deref().unwrap_or("{my.ip}: after your FIN");
            server.add(format!("send {}", quote(late)));
        }
        server.add("close");
    }

    /// Nothing comes back by which the client would know that the server has read everything.
    fn waits_until_read(&self) -> bool {
        self.close == Close::Three && self.reply.is_none() && !self.echo
    }

    fn read_all_first(&self, server: &mut Lines) {
        if !self.waits_until_read() {
            return;
        }
        let buffer = self.recv_buffer;
        let texts = self.messages.concat();
        if !texts.is_empty() {
            server.add(format!(
                "recv exactly {} buffer {buffer}",
                quote(&mirrored(&texts))
            ));
        }
        if self.bytes > 0 {
            server.add(format!("recv exactly {} buffer {buffer}", self.bytes));
        }
        server.add("quickack");
        server.add("signal read");
    }

    fn until_eof(&self) -> String {
        let fails = if self.close == Close::Reset {
            " fails ECONNRESET"
        } else {
            ""
        };
        format!("recv until eof buffer {}{fails}", self.recv_buffer)
    }

    fn pattern(&self) -> String {
        pattern("send", self.bytes, self.chunk)
    }
}

fn answer(reply: &str, buffer: u32, client: &mut Lines, server: &mut Lines) {
    if !reply.is_empty() {
        server.add(format!("send {}", quote(reply)));
        client.add(format!(
            "recv exactly {} buffer {buffer}",
            quote(&mirrored(reply))
        ));
    }
}

fn pattern(verb: &str, bytes: u64, chunk: Option<u64>) -> String {
    match chunk {
        Some(chunk) => format!("{verb} {bytes} bytes chunk {chunk}"),
        None => format!("{verb} {bytes} bytes"),
    }
}

impl UdpFlags {
    /// The scripts of this exchange.
    ///
    /// # Errors
    /// When a datagram is larger than one can be, or `chunk` has nothing to cut.
    pub fn scripts(&self, ipv6: bool) -> Result<Scripts, FlagsError> {
        let most = if ipv6 {
            LARGEST_DATAGRAM_V6
        } else {
            LARGEST_DATAGRAM_V4
        };
        if self.chunk.is_some() && self.bytes == 0 {
            return Err(FlagsError::Needs("--chunk", "--bytes"));
        }
        let pieces = self.bytes.min(self.chunk.unwrap_or(self.bytes));
        let largest = self
            .messages
            .iter()
            .map(|message| message.len() as u64)
            .max();
        let len = pieces.max(largest.unwrap_or(0));
        if len > most {
            return Err(FlagsError::DatagramTooLarge { len, most });
        }
        let mut client = Lines::default();
        let mut server = Lines::default();
        for side in [&mut client, &mut server] {
            side.add("socket udp");
            for (name, value) in [("SO_RCVBUF", self.rcvbuf), ("SO_SNDBUF", self.sndbuf)] {
                if let Some(value) = value {
                    side.add(format!("set {name} {value}"));
                }
            }
        }
        server.add(format!("bind :{}", self.port));
        server.add(format!("recvfrom until quiet buffer {}", self.recv_buffer));
        server.add("close");
        for message in &self.messages {
            client.add(format!("sendto :{} {}", self.port, quote(message)));
        }
        if self.bytes > 0 {
            client.add(pattern(
                &format!("sendto :{}", self.port),
                self.bytes,
                self.chunk,
            ));
        }
        client.add("close");
        Ok([client.0, server.0])
    }
}

/// What every run is told beside its scripts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunFlags {
    /// The command line, recorded.
    pub command: String,
    /// Where.
    pub place: Place,
    /// IPv6 instead of IPv4.
    pub ipv6: bool,
    /// The wire.
    pub wire: Wire,
    /// Whose frames are the saved packets.
    pub saved: HostId,
}

/// The plan of two scripts.
///
/// # Errors
/// The mistakes of the client's script, else of the server's (a message that holds `{my.pi}`, say).
pub fn plan(kind: RunKind, run: RunFlags, scripts: Scripts) -> Result<Plan, Vec<Mistake>> {
    let mut hosts = Vec::new();
    for (name, text) in ["client", "server"].into_iter().zip(scripts) {
        let mut host = HostPlan {
            name: name.to_owned(),
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
        deadline: DEADLINE,
    })
}

/// After this long a script that flags made counts as stuck.
pub const DEADLINE: Span = Span::from_ms(60_000);

#[cfg(test)]
mod tests {
    use super::*;

    fn tcp(change: impl FnOnce(&mut TcpFlags)) -> Scripts {
        let mut flags = TcpFlags {
            messages: vec!["我是: {my.ip}".to_owned()],
            ..TcpFlags::default()
        };
        change(&mut flags);
        let scripts = flags.scripts().expect("scripts");
        for script in &scripts {
            parse_steps(script).expect(script);
        }
        scripts
    }

    #[test]
    fn the_four_closes_differ_where_they_should() {
        assert_eq!(
            tcp(|_| ()),
            [
                "connect :7070\nsend \"我是: {my.ip}\"\nshutdown write\nrecv until eof buffer 1024\nclose\n",
                "listen 7070 backlog 5\naccept\nrecv until eof buffer 1024\nquickack\nclose\n"
            ]
        );
        let three = tcp(|flags| flags.close = Close::Three);
        assert!(three[0].contains("await read\nshutdown write"));
        assert!(three[1].ends_with(
            "recv exactly \"我是: {peer.ip}\" buffer 1024\nquickack\nsignal read\nrecv until eof buffer 1024\nclose\n"
        ));
        let half = tcp(|flags| flags.close = Close::Half);
        assert!(half[1].ends_with("quickack\nsend \"{my.ip}: after your FIN\"\nclose\n"));
        let reset = tcp(|flags| flags.close = Close::Reset);
        assert!(reset[0].ends_with("set SO_LINGER on 0\nclose\n"));
        assert!(reset[1].ends_with("recv until eof buffer 1024 fails ECONNRESET\nclose\n"));
    }

    #[test]
    fn a_reply_follows_each_message_and_both_sides_know_its_size() {
        let scripts = tcp(|flags| {
            flags.reply = Some("{my.port}".to_owned());
            flags.bytes = 3_000;
        });
        assert!(scripts[0].contains(
            "send \"我是: {my.ip}\"\nrecv exactly \"{peer.port}\" buffer 1024\nsend 3000 bytes\nrecv exactly"
        ));
        assert!(scripts[1].contains(
            "recv exactly \"我是: {peer.ip}\" buffer 1024\nsend \"{my.port}\"\nrecv exactly 3000 buffer 1024"
        ));
    }

    #[test]
    fn every_combination_parses() {
        for close in [Close::Four, Close::Three, Close::Half, Close::Reset] {
            for (reply, echo, duplex) in [
                (None, false, false),
                (Some("\"{{\\".to_owned()), false, false),
                (None, true, false),
                (None, false, true),
            ] {
                tcp(|flags| {
                    flags.close = close;
                    flags.bytes = 100_000;
                    flags.chunk = Some(1_000);
                    flags.nodelay = true;
                    flags.mss = Some(500);
                    flags.rcvbuf = Some(4096);
                    (flags.reply, flags.echo, flags.duplex) = (reply.clone(), echo, duplex);
                });
            }
        }
    }

    #[test]
    fn what_cannot_be_kept_is_refused_with_its_reason() {
        let refused = |change: fn(&mut TcpFlags)| {
            let mut flags = TcpFlags::default();
            change(&mut flags);
            flags.scripts().expect_err("refused")
        };
        assert_eq!(
            refused(|flags| flags.close = Close::Three),
            FlagsError::ThreeNeedsData
        );
        assert_eq!(
            refused(|flags| flags.chunk = Some(1)),
            FlagsError::Needs("--chunk", "--bytes")
        );
        let udp = UdpFlags {
            messages: vec!["x".repeat(65_508)],
            ..UdpFlags::default()
        };
        assert_eq!(
            udp.scripts(false),
            Err(FlagsError::DatagramTooLarge {
                len: 65_508,
                most: 65_507
            })
        );
        assert!(udp.scripts(true).is_ok());
    }

    #[test]
    fn udp_sends_the_messages_and_nothing_else() {
        let udp = UdpFlags {
            messages: vec!["a".to_owned(), String::new()],
            bytes: 10,
            chunk: Some(4),
            ..UdpFlags::default()
        };
        assert_eq!(
            udp.scripts(false).expect("scripts"),
            [
                "socket udp\nsendto :7070 \"a\"\nsendto :7070 \"\"\nsendto :7070 10 bytes chunk 4\nclose\n",
                "socket udp\nbind :7070\nrecvfrom until quiet buffer 1024\nclose\n"
            ]
        );
    }
}
