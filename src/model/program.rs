//! What became of a foreign program of a run.

use serde::{Deserialize, Serialize};

use super::{HostId, Time, Untrusted};

/// A program of a host ended, or is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProgramEnd {
    /// When: of one that ended by itself when that was heard of, of one that is ended before it was told so.
    pub at: Time,
    /// Whose program.
    pub host: HostId,
    /// By itself, or by the run.
    pub by: EndedBy,
}

/// Who ended a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndedBy {
    /// It ended by itself, with this status: its exit code, or 128 + the signal's number.
    Itself {
        /// Exit code, or 128 + signal.
        status: i32,
    },
    /// The run is about to end it: what its sockets do from here on is not of its doing.
    Run(EndReason),
}

/// Why a run ends a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndReason {
    /// Nobody is left whom it could serve: the other programs have ended.
    OthersEnded,
    /// Ctrl-C.
    Interrupted,
    /// The time that the run was given is over.
    OutOfTime,
}

/// Something about a process of a foreign program, as a tracer saw it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessSeen {
    /// When it was seen.
    pub at: Time,
    /// In which host.
    pub host: HostId,
    /// The process, by the number that it sees itself; 0 where it is not known.
    pub process: u32,
    /// The name of the program that it executes.
    pub program: Untrusted,
    /// What was seen.
    pub event: ProcessEvent,
}

/// What happened to a process, or to what can be seen of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProcessEvent {
    /// It got this signal: `SIGPIPE`.
    Signal(Untrusted),
    /// It ended.
    Ended {
        /// Exit code, or 128 + signal.
        status: i32,
        /// Its sockets that were still open, and that no other process had.
        open: Vec<LeftSocket>,
    },
    /// From here on something of it cannot be seen.
    Unseen(Unseen),
    /// From here on calls on this socket are counted and not told one by one: there are too many.
    Busy {
        /// The socket, see [`super::Call::socket`].
        socket: u32,
    },
    /// They are told again.
    Calm {
        /// The socket.
        socket: u32,
        /// Calls that were only counted.
        calls: u64,
    },
}

/// A socket that was open when its process ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftSocket {
    /// The socket, see [`super::Call::socket`].
    pub socket: u32,
    /// Its descriptor, by the process's number.
    pub fd: i32,
    /// Bytes that had come and were not read, where that could be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
}

/// What a tracer cannot see, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unseen {
    /// It asked for io_uring, through which no call is seen, and got `ENOSYS`.
    IoUring,
    /// It makes calls by another set of numbers, as 32-bit programs do: those are not told.
    ForeignCalls,
    /// Its reads and writes of sockets: the filter that would stop them could not be loaded, with this errno.
    ReadsAndWrites(Untrusted),
    /// All of it: the kernel does not let it be traced, with this errno.
    All(Untrusted),
}
