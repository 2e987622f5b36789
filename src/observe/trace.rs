//! A foreign program's socket calls, seen from outside: one tracer thread for each host.
//!
//! ```text
//!  host's thread ──► tracer thread ◄─gate─ program, before its execve       (`sys::trace::gate`)
//!       │                │  seizes it, lets it load the filter, then waits for stops: of it, and of all that comes of it
//!       │                │
//!       │                ├─ entry of a call: its arguments are read, the fact is told, then it goes on
//!       │                ├─ exit: the fact is told, the kernel is asked about the connection, then it goes on
//!       │                └─ a descriptor has become a socket: the program is made to load a filter for it (`injection`)
//!       └──► init ──► the program           starts, waits for its end, signals, kills: as without us (`lab::program`)
//! ```
//!
//! - Nobody else makes ptrace calls, and this thread waits for traced threads only: it is no parent of theirs. Their parent
//!   hears of their end as without us, after us.
//! - The thread lives as long as anything of the program does. When it ends otherwise, the kernel kills what it traced.
//! - A call's stamp is taken at its entry before it goes on, and at its exit when that was seen. So it is before all
//!   that the call makes the kernel send, and after all that it waited for; a send's return has no place among the
//!   segments that it handed over.
//! - Reads and writes of files do not stop: see [`sys::trace::seccomp`](super::sys::trace::seccomp).

mod busy;
mod descriptors;
mod entering;
mod injection;
mod process;
mod reading;
mod returning;
mod telling;
mod tracer;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::lab::kernel::Asker;
use super::source::FactSource;
use super::sys::trace::gate;
use crate::model::{CallId, HostId};
use descriptors::Descriptors;
use process::{TracedProcess, TracedThread};

/// What a tracer works with.
pub struct TraceSetup {
    /// In which host the program is.
    pub host: HostId,
    /// To whom its calls are told.
    pub source: Arc<FactSource>,
    /// The host's kernel.
    pub asker: Asker,
    /// Where the program has both ends on one loopback: as whose its sockets are told that serve, and who is asked about those.
    pub serves_as: Option<(HostId, Asker)>,
    /// A number for the next call.
    pub next_call: Box<dyn Fn() -> CallId + Send>,
    /// Somebody may come to the program now, or its calls cannot be seen (`false`).
    pub opened: Box<dyn Fn(bool) + Send>,
}

impl std::fmt::Debug for TraceSetup {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TraceSetup")
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// What one host's tracer knows.
#[derive(Debug)]
struct Tracer {
    setup: TraceSetup,
    threads: BTreeMap<i32, TracedThread>,
    processes: BTreeMap<i32, TracedProcess>,
    descriptors: Descriptors,
    /// New threads that stand before whoever made them was heard of.
    early: BTreeSet<i32>,
    /// What was said once: io_uring, calls of another set.
    said: BTreeSet<u16>,
}

/// Starts a tracer thread, in the namespaces of the calling one; where its program has to wait for it.
///
/// # Errors
/// Of socketpair and of starting a thread.
pub fn start(name: &str, setup: TraceSetup) -> io::Result<OwnedFd> {
    let (gate, theirs) = gate::pair()?;
    std::thread::Builder::new()
        .name(format!("{name}-trace"))
        .spawn(move || {
            if let Some(process) = gate.wait() {
                Tracer::new(setup).trace(process, &gate);
            }
        })?;
    Ok(theirs)
}
