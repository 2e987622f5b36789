//! What became of a foreign program of a run.

use serde::{Deserialize, Serialize};

use super::{HostId, Time};

/// A program of a host ended, or is ended. The programs' calls are not seen, but whose end it was is known.
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
