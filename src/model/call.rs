//! A socket call of a host: what was asked, what came back, when it began and ended.

use serde::{Deserialize, Serialize};

use super::{Endpoint, HostId, Span, Time, Untrusted};

/// Number of a call within its run; begin and return carry the same one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub u32);

/// The C API's name of a call (`man 2 NAME`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(
    missing_docs,
    reason = "each is the system call or library function of that name"
)]
pub enum CallName {
    Socket,
    Bind,
    Listen,
    Accept,
    Connect,
    Send,
    Recv,
    Sendto,
    Recvfrom,
    Sendmsg,
    Recvmsg,
    Shutdown,
    Close,
    Setsockopt,
    Getsockopt,
    Getsockname,
    Getpeername,
    Fcntl,
    Ioctl,
    Poll,
    Select,
    EpollCreate1,
    EpollCtl,
    EpollWait,
    Accept4,
    Sendmmsg,
    Recvmmsg,
    Read,
    Write,
    Readv,
    Writev,
    Sendfile,
    Splice,
    Dup,
    Dup2,
    Dup3,
    CloseRange,
    Ppoll,
    Pselect,
    EpollPwait,
    EpollPwait2,
}

impl CallName {
    /// It hands data over.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(
            self,
            Self::Send
                | Self::Sendto
                | Self::Sendmsg
                | Self::Sendmmsg
                | Self::Write
                | Self::Writev
                | Self::Sendfile
        )
    }

    /// It takes data.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(
            self,
            Self::Recv | Self::Recvfrom | Self::Recvmsg | Self::Recvmmsg | Self::Read | Self::Readv
        )
    }

    /// It takes a connection.
    #[must_use]
    pub const fn accepts(self) -> bool {
        matches!(self, Self::Accept | Self::Accept4)
    }

    /// It waits until something can be done, and does nothing itself.
    #[must_use]
    pub const fn waits(self) -> bool {
        matches!(
            self,
            Self::Poll
                | Self::Select
                | Self::EpollWait
                | Self::Ppoll
                | Self::Pselect
                | Self::EpollPwait
                | Self::EpollPwait2
        )
    }
}

/// One argument, or one part of a result, as a value; how the C API spells it is a view's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Arg {
    /// A symbolic constant or a set of them: `SOCK_STREAM`, `SHUT_WR`, `MSG_PEEK|MSG_TRUNC`.
    Word(Untrusted),
    /// A number: a backlog, a length, an option's value.
    Int(i64),
    /// A socket address.
    Endpoint(Endpoint),
    /// Data handed over or received: its whole length and its first bytes (at most 64).
    Data {
        /// The whole length in bytes.
        len: u64,
        /// The beginning of it.
        head: Vec<u8>,
    },
}

/// A call that began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// When it was entered.
    pub at: Time,
    /// Joins it with its return; never the same for two calls of a run.
    pub id: CallId,
    /// The host whose program called.
    pub host: HostId,
    /// Which socket of that host, in the order in which they were made, from 3 (0: none yet), as the descriptors of a
    /// program are whose standard streams are 0 to 2; each names one socket in the whole run.
    pub socket: u32,
    /// The socket's name in the script, empty for the default one.
    pub label: Untrusted,
    /// The function of the C library that was called.
    pub name: CallName,
    /// Its arguments but the descriptor, in the order of the C API.
    pub args: Vec<Arg>,
    /// How long its thread could have run since its last call returned and had no processor
    /// (proc_pid_schedstat(5)), where that was a millisecond at least: this machine was busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_waiting: Option<Span>,
    /// Who called, where it was a program that is not ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Box<CallSite>>,
}

/// Which part of a foreign program called, as a tracer saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallSite {
    /// The process, by the number that it sees itself (`getpid()`).
    pub process: u32,
    /// The thread (`gettid()`); a process's first has the process's number.
    pub thread: u32,
    /// The name of the program that it executes.
    pub program: Untrusted,
    /// The descriptor, by the program's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// Bytes that had come and were not read, where a socket is about to be closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
}

/// A call that returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// When it returned.
    pub at: Time,
    /// The call that returned.
    pub id: CallId,
    /// What it gave.
    pub result: CallResult,
    /// How long its thread could have run since the call began and had no processor
    /// (proc_pid_schedstat(5)), where that was a millisecond at least: this machine was busy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_waiting: Option<Span>,
    /// What a tracer saw beside that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seen: Option<Box<ReturnSeen>>,
}

/// What a tracer saw when a foreign program's call returned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnSeen {
    /// The descriptor that it made, by the program's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fd: Option<i32>,
    /// The ends of the socket that it made, connected or bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends: Option<SocketEnds>,
    /// The beginning of what a send that took a part did not take.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rest: Vec<u8>,
}

/// The ends of a socket, as its kernel has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketEnds {
    /// Its own.
    pub local: Endpoint,
    /// The other; none of one that is not connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Endpoint>,
    /// The kernel's number of the socket (`SO_COOKIE`); 0 where it could not be asked.
    #[serde(default)]
    pub cookie: u64,
}

/// What a call gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CallResult {
    /// The return value, with what came through pointers: the peer of an accept, the data of a recv,
    /// the source of a recvfrom, `MSG_TRUNC`.
    Ok {
        /// The value the C function returns; for a new descriptor, the socket's number (see [`Call::socket`]).
        value: i64,
        /// What came through pointer arguments.
        out: Vec<Arg>,
    },
    /// −1 with this errno's name: `ECONNREFUSED`.
    Err(Untrusted),
}
