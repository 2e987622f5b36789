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
