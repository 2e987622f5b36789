//! How a run ended.

use serde::{Deserialize, Serialize};

use super::{HostId, Span, Time, Untrusted};

/// The last fact of a run. A recording without one was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// When the run was over.
    pub at: Time,
    /// Nothing when all went to plan.
    pub troubles: Vec<Trouble>,
}

/// Something that kept a run from its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// Ctrl-C.
    Interrupted,
    /// The relay missed frames.
    Overrun {
        /// Frames for which its ring had no room.
        frames: u64,
    },
    /// A host's script did not end in the time given to it; the call it stood in, as a script line.
    Stuck {
        /// The host that it happened to.
        host: HostId,
        /// The line of the script that it stood in.
        line: Untrusted,
    },
    /// A foreign program had not ended in the time that the run was given, and was ended.
    OutOfTime {
        /// The host whose program it was.
        host: HostId,
        /// The time that the run was given.
        within: Span,
    },
    /// A script line failed that was not expected to: the line and the errno's name.
    CallFailed {
        /// The host that it happened to.
        host: HostId,
        /// The line of the script that it stood in.
        line: Untrusted,
        /// Errno's name, `ECONNREFUSED`.
        errno: Untrusted,
    },
    /// A foreign program ended with this status.
    ProgramFailed {
        /// The host that it happened to.
        host: HostId,
        /// Exit status, or 128 + signal.
        status: i32,
    },
    /// A foreign program printed more than it may, and nothing reads what it prints any more.
    PrintedTooMuch {
        /// The host whose program it was.
        host: HostId,
        /// What it may print, in bytes.
        most: u64,
    },
}
