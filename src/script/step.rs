//! The host script's steps: the language that lessons and flags share.
//!
//! One step a line: `[NAME:] VERB ARGUMENTS`. NAME is the socket it acts on; without one it is the
//! host's default socket. `accept` makes the accepted connection the default socket (or, with
//! `NAME: accept`, gives it that name); the listener stays reachable for the next `accept`.

use crate::model::Span;

/// One line of a host's script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Line within the script, from 1.
    pub line: u32,
    /// The line's text, trimmed: shown in errors and recorded.
    pub text: String,
    /// Name of the socket it acts on; empty for the default one.
    pub label: String,
    /// What to do.
    pub verb: Verb,
    /// The errno's name that this step is expected to fail with (`… fails ECONNREFUSED`); a step that is
    /// expected to fail and does not, or the other way round, is the run's trouble.
    pub fails: Option<String>,
}

/// What a step does. Each is one socket call unless it says otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verb {
    /// `socket tcp|udp|icmp|raw-tcp|packet`: make a socket. Implied by the first verb that needs one.
    Socket(SocketKind),
    /// `bind [HOST|any]:PORT` or `bind PORT`: for a listener that `listen PORT` does not serve, or a UDP server.
    Bind(Target),
    /// `listen [PORT] [backlog N]`: socket, SO_REUSEADDR, bind and listen as needed (backlog 5).
    Listen {
        /// Port; none when `bind` came before.
        port: Option<u16>,
        /// Backlog as handed to listen().
        backlog: i32,
    },
    /// `accept`.
    Accept,
    /// `connect [HOST]:PORT`, or `connect` alone for the server's first listening port. TCP unless `socket udp` came before.
    Connect(Option<Target>),
    /// `send DATA [oob|more|dontwait]…`: one send() (or as many as it takes to hand over all of it when the kernel takes less).
    Send {
        /// What one send() is to hand over.
        data: SendData,
        /// Flags for send(): words `oob`, `more`, `dontwait`.
        flags: Vec<String>,
    },
    /// `sendto TARGET DATA [dontwait]`.
    SendTo {
        /// Where each datagram goes.
        to: Target,
        /// What a datagram carries; in chunks, each is one.
        data: SendData,
        /// Flags for sendto(): the word `dontwait`.
        flags: Vec<String>,
    },
    /// `reply DATA`: sendto the source of the last datagram that this socket received.
    Reply(SendData),
    /// `recv [N]`, `recv exactly N`, `recv exactly "text"` (as many bytes as the text has, filled in as this host would),
    /// `recv until eof`, each with `buffer N` and words `peek`, `oob`, `dontwait`, `trunc`.
    Recv {
        /// How often and until when.
        mode: RecvMode,
        /// Size of the buffer handed to each recv().
        buffer: u32,
        /// Flags for recv(): words `peek`, `oob`, `dontwait`, `trunc`.
        flags: Vec<String>,
    },
    /// `recvfrom [buffer N]`: one datagram, with its source; words `peek`, `trunc`, `dontwait`.
    RecvFrom {
        /// Size of the buffer handed to each call, in bytes (1 to 64 MiB).
        buffer: u32,
        /// Flags for recvfrom().
        flags: Vec<String>,
    },
    /// `recvmsg [buffer N]`: one datagram with its source and the message's flags (`MSG_TRUNC`: it was cut).
    RecvMsg {
        /// Size of the buffer handed to each call, in bytes (1 to 64 MiB).
        buffer: u32,
    },
    /// `recvfrom until quiet`: datagrams until every other host's script has ended and the wire is empty.
    RecvFromUntilQuiet {
        /// Size of the buffer handed to each call, in bytes (1 to 64 MiB).
        buffer: u32,
    },
    /// `echo until eof [buffer N]`: recv and send back what came until EOF. Many calls.
    Echo {
        /// Size of the buffer handed to each call, in bytes (1 to 64 MiB).
        buffer: u32,
    },
    /// `shutdown read|write|both`.
    Shutdown(std::net::Shutdown),
    /// `close`.
    Close,
    /// `set OPTION VALUE`: setsockopt by name (`TCP_NODELAY 1`, `SO_RCVBUF 4096`, `SO_LINGER on 0`).
    Set {
        /// The option's C name.
        option: String,
        /// Its values as written.
        values: Vec<String>,
    },
    /// `get OPTION`: getsockopt.
    Get {
        /// The option's C name.
        option: String,
    },
    /// `quickack`: setsockopt TCP_QUICKACK 1 (flushes a pending delayed ACK, also after EOF).
    Quickack,
    /// `nonblocking on|off`: fcntl O_NONBLOCK.
    Nonblocking(bool),
    /// `poll in|out [TIMEOUT]`, `select in|out [TIMEOUT]`, `epoll in|out [TIMEOUT]`: waits until the one socket is
    /// ready, by that call (for epoll by three: `epoll_create1`, `epoll_ctl`, `epoll_wait`).
    Poll {
        /// The call that waits.
        by: Readiness,
        /// Wait until writable rather than readable.
        out: bool,
        /// At most this long.
        timeout: Option<Span>,
    },
    /// `wait 100ms`: no call; the program works on something else.
    Wait(Span),
    /// `signal NAME`: no call; releases every `await NAME` of the other hosts, before or after it.
    Signal(String),
    /// `await NAME`: no call; goes on when NAME has been signalled.
    Await(String),
    /// `settle`: no call; goes on when nothing is under way any more: the wire is empty, and the kernels have answers to
    /// all that they sent.
    Settle,
    /// `join`: no call; goes on when every `spawn` of this host has ended.
    Join,
    /// `exit`: no call; the program ends here, and the kernel closes what it left open.
    Exit,
    /// `repeat N … end`: the steps in between, N times.
    Repeat {
        /// How often the steps are done (1 to a million).
        times: u32,
        /// The steps of one round.
        steps: Vec<Step>,
    },
    /// `ping HOST [DATA]`: a hand-made ICMP echo request through a raw socket (pnet's transport channel), and its reply.
    Ping {
        /// The name or address of whoever is to answer.
        host: String,
        /// What the request carries, to come back.
        data: SendData,
    },
    /// `syn [HOST]:PORT from PORT`: a hand-made SYN through a raw socket (pnet's transport channel), and what
    /// answers it. The kernel's TCP has no part in it.
    Syn {
        /// The endpoint to connect to.
        to: Target,
        /// The source port that is written into it.
        from: u16,
    },
    /// `spawn … end`: the steps in between on a thread of their own with the sockets that it names (both ways at once).
    Spawn(Vec<Step>),
}

/// How a program waits until a socket is ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// poll().
    Poll,
    /// select().
    Select,
    /// `epoll_create1()`, `epoll_ctl()`, `epoll_wait()`.
    Epoll,
}

/// A kind of socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// SOCK_STREAM.
    Tcp,
    /// SOCK_DGRAM.
    Udp,
    /// SOCK_RAW with IPPROTO_ICMP (or ICMPv6).
    Icmp,
    /// SOCK_RAW with IPPROTO_TCP.
    RawTcp,
    /// AF_PACKET, SOCK_RAW, every protocol: whole frames, as an interface has them.
    Packet,
}

/// Whom a step means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// A host's name; none for this host (bind) or the server (connect, sendto). `any` is the unspecified
    /// address, `broadcast` the wire's broadcast address, else a literal address.
    pub host: Option<String>,
    /// A TCP or UDP port; 0 lets the kernel choose where one binds.
    pub port: u16,
}

/// Data to send, as a script writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendData {
    /// `"text"`: UTF-8, with `{my.ip}`, `{my.port}`, `{peer.ip}`, `{peer.port}` filled in when it is sent
    /// (`script::placeholders`; `{{` stands for one brace).
    Text(String),
    /// `5000 bytes`: a readable pattern of that many bytes.
    Pattern(u64),
    /// `hex 00 ff …`.
    Hex(Vec<u8>),
    /// `5000 bytes chunk 100`: the same pattern, handed over in pieces of that size (one call each).
    Chunked {
        /// Bytes in all.
        total: u64,
        /// Bytes of a piece; the last may be shorter.
        chunk: u64,
    },
}

/// How often to call recv().
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecvMode {
    /// One call, whatever it gives.
    Once,
    /// Until that many bytes have come in all; the buffer of the last calls is cut to what is missing.
    Exactly(u64),
    /// The same, as many bytes as this text has when it is filled in.
    Like(String),
    /// Until it returns 0.
    UntilEof,
}

/// What these steps send at most: bytes and calls. None when it cannot be known beforehand (an echo).
#[must_use]
pub fn sent(steps: &[Step]) -> Option<(u64, u64)> {
    steps.iter().try_fold((0u64, 0u64), |(bytes, calls), step| {
        let (more_bytes, more_calls) = match &step.verb {
            Verb::Send { data, .. }
            | Verb::SendTo { data, .. }
            | Verb::Reply(data)
            | Verb::Ping { data, .. } => sent_by(data),
            Verb::Repeat { times, steps } => {
                let (bytes, calls) = sent(steps)?;
                let times = u64::from(*times);
                (bytes.saturating_mul(times), calls.saturating_mul(times))
            }
            Verb::Spawn(steps) => sent(steps)?,
            Verb::Echo { .. } => return None,
            _ => (0, 0),
        };
        Some((
            bytes.saturating_add(more_bytes),
            calls.saturating_add(more_calls),
        ))
    })
}

fn sent_by(data: &SendData) -> (u64, u64) {
    match data {
        // A field grows when it is filled in, by an address at most.
        SendData::Text(text) => (text.len() as u64 * 4, 1),
        SendData::Hex(bytes) => (bytes.len() as u64, 1),
        SendData::Pattern(total) => (*total, 1),
        SendData::Chunked { total, chunk } => (*total, total.div_ceil((*chunk).max(1))),
    }
}
