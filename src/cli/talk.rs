//! What is said over a connection, and how.

use clap::Args;

use super::values;

/// What is said, over either transport.
#[derive(Clone, Debug, Args)]
pub struct TalkArgs {
    /// Messages of the client, each sent by one call.
    #[arg(
        short,
        long,
        value_name = "TEXT",
        help = "help-message",
        conflicts_with = "bytes"
    )]
    pub message: Vec<String>,
    /// So many bytes of a pattern instead of messages, 1 to 1,000,000,000.
    #[arg(long, value_name = "N", value_parser = values::bytes, help = "help-bytes")]
    pub bytes: Option<u64>,
    /// Bytes that each call hands over; none: all of them at once.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::bytes,
        requires = "bytes",
        help = "help-chunk"
    )]
    pub chunk: Option<u64>,
    /// The server's port, 1–65535.
    #[arg(
        short,
        long,
        value_name = "PORT",
        default_value = "7070",
        value_parser = values::port,
        help = "help-port"
    )]
    pub port: u16,
    /// Bytes of the buffer that is handed to recv(), 1 to 16 MiB; see [`TalkArgs::buffer`].
    #[arg(long, value_name = "N", value_parser = values::recv_buffer, help = "help-recv-buffer")]
    pub recv_buffer: Option<u32>,
}

impl TalkArgs {
    /// Bytes of the buffer that is handed to recv(), as asked for; else 1024, or what the largest of `units` needs: a
    /// datagram that does not fit would be cut, though nobody asked for that.
    #[must_use]
    pub fn buffer(&self, units: impl IntoIterator<Item = u64>) -> u32 {
        let largest = units.into_iter().max().unwrap_or(0).min(16 << 20);
        let needed = u32::try_from(largest).unwrap_or(u32::MAX);
        self.recv_buffer.unwrap_or_else(|| needed.max(1024))
    }

    /// Bytes of each datagram that a run with these messages sends.
    pub fn datagrams(&self, messages: &[String]) -> Vec<u64> {
        match self.bytes {
            Some(bytes) => vec![self.chunk.unwrap_or(bytes).min(bytes)],
            // What stands in braces is filled in later; an address is longer than its placeholder at times.
            None => messages.iter().map(|text| text.len() as u64 + 64).collect(),
        }
    }
}

/// What only a stream has.
#[derive(Clone, Debug, Args)]
pub struct StreamArgs {
    /// What the server sends after each message.
    #[arg(long, value_name = "TEXT", help = "help-reply")]
    pub reply: Option<String>,
    /// The server sends back what came.
    #[arg(long, help = "help-echo", conflicts_with_all = ["reply", "duplex"])]
    pub echo: bool,
    /// Both sides send at once.
    #[arg(long, help = "help-duplex", conflicts_with = "reply")]
    pub duplex: bool,
    /// Backlog of listen(), 0–65535.
    #[arg(
        long,
        value_name = "N",
        default_value = "5",
        value_parser = values::backlog,
        help = "help-backlog"
    )]
    pub backlog: u16,
    /// How the connection is closed.
    #[arg(long, value_name = "HOW", default_value = "four", help = "help-close")]
    pub close: CloseChoice,
    /// TCP_NODELAY: Nagle's algorithm is off.
    #[arg(long, help = "help-nodelay")]
    pub nodelay: bool,
    /// TCP_MAXSEG of both sockets in bytes, 88–32767.
    #[arg(long, value_name = "N", value_parser = values::mss, help = "help-mss")]
    pub mss: Option<u16>,
    /// SO_RCVBUF of both sockets in bytes; the kernel doubles it.
    #[arg(long, value_name = "N", value_parser = values::socket_buffer, help = "help-rcvbuf")]
    pub rcvbuf: Option<u32>,
    /// SO_SNDBUF of both sockets in bytes; the kernel doubles it.
    #[arg(long, value_name = "N", value_parser = values::socket_buffer, help = "help-sndbuf")]
    pub sndbuf: Option<u32>,
}

/// How a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseChoice {
    /// In four segments: FIN, ACK, FIN, ACK.
    Four,
    /// In three segments: FIN, FIN ACK, ACK.
    Three,
    /// The server still sends after the client's FIN.
    Half,
    /// Aborted by a RST.
    Reset,
}

spelling!(CloseChoice: Four "four", Three "three", Half "half", Reset "reset");
