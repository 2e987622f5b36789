//! How much may be under way between the kernel and whoever is told: one bound for the process, in bytes.
//!
//! Each fact takes its room when it is told or read, and gives it back when nobody needs it any more ([`Charge`]).
//! Who can wait does so early: a script makes no further call while the room [is getting short](Room::is_short). What
//! cannot wait, a foreign program's traffic, finds the rest of the room; when that is gone too, whoever hands facts on
//! leaves some out, counts them, and tells a gap.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::model::{Arg, CallResult, Fact};

use super::Observation;

/// Room for all facts that are under way in a process.
pub const USUAL: usize = 64 << 20;

/// Room for facts, shared by all runs of a process.
#[derive(Debug)]
pub struct Room {
    /// Bytes that there are.
    most: usize,
    /// Bytes that are taken.
    taken: AtomicUsize,
    /// A script has waited for room.
    waited: AtomicBool,
}

impl Room {
    /// Room for so many bytes.
    #[must_use]
    pub fn of(most: usize) -> Arc<Self> {
        Arc::new(Self {
            most,
            taken: AtomicUsize::new(0),
            waited: AtomicBool::new(false),
        })
    }

    /// Bytes that there are.
    #[must_use]
    pub const fn most(&self) -> usize {
        self.most
    }

    /// Takes the room of a fact, whether or not it is there: what has happened has happened.
    #[must_use]
    pub fn charge(self: &Arc<Self>, fact: &Fact<'_>) -> Charge {
        let bytes = weight(fact);
        self.taken.fetch_add(bytes, Ordering::Relaxed);
        Charge {
            room: Arc::clone(self),
            bytes,
        }
    }

    /// Who can wait before something further happens should: a quarter is taken. What is on its way already, in
    /// sockets' buffers and on the wire, finds the rest.
    #[must_use]
    pub fn is_short(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > self.most / 4
    }

    /// All of it is taken.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.taken.load(Ordering::Relaxed) > self.most
    }

    /// A script waits for room.
    pub fn waits(&self) {
        self.waited.store(true, Ordering::Relaxed);
    }

    /// A script has waited for room since this was asked last.
    #[must_use]
    pub fn has_waited(&self) -> bool {
        self.waited.swap(false, Ordering::Relaxed)
    }
}

/// The room of one fact; free again when this goes.
#[derive(Debug)]
pub struct Charge {
    room: Arc<Room>,
    bytes: usize,
}

impl Charge {
    /// How many bytes.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.room.taken.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// A fact's place in a queue.
const PLACE: usize = size_of::<Observation>();
/// What the allocator adds to a piece of memory, at most.
const PIECE: usize = 32;

/// Bytes that a fact takes in memory. (A queue that has grown may be half empty: that comes on top.)
fn weight(fact: &Fact<'_>) -> usize {
    let args = |args: &[Arg]| {
        let data = args.iter().map(|arg| match arg {
            Arg::Word(word) => PIECE + word.raw().len(),
            Arg::Data { head, .. } => PIECE + head.len(),
            Arg::Int(_) | Arg::Endpoint(_) => 0,
        });
        PIECE + size_of_val(args) + data.sum::<usize>()
    };
    PLACE
        + match fact {
            Fact::Frame(frame) => PIECE + frame.bytes.len(),
            Fact::Call(call) => {
                let site = call.site.as_deref();
                let site = site.map_or(0, |site| {
                    PIECE + size_of_val(site) + site.program.raw().len()
                });
                args(&call.args) + PIECE + call.label.raw().len() + site
            }
            Fact::Returned(returned) => {
                let seen = returned.seen.as_deref();
                let seen = seen.map_or(0, |seen| PIECE + size_of_val(seen) + seen.rest.len());
                seen + match &returned.result {
                    CallResult::Ok { out, .. } => args(out),
                    CallResult::Err(name) => PIECE + name.raw().len(),
                }
            }
            _ => PIECE,
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Outcome, Time};

    #[test]
    fn room_is_taken_by_each_fact_and_free_when_it_is_gone() {
        let fact = Fact::Outcome(Outcome {
            at: Time::default(),
            troubles: Vec::new(),
        });
        let room = Room::of(8 * weight(&fact));
        let mut charges: Vec<Charge> = (0..8).map(|_| room.charge(&fact)).collect();
        assert!(room.is_short() && !room.is_gone());
        charges.push(room.charge(&fact));
        assert!(room.is_gone());
        charges.truncate(2);
        assert!(!room.is_short());
    }

    #[test]
    fn that_a_script_waited_is_told_once() {
        let room = Room::of(1);
        assert!(!room.has_waited());
        room.waits();
        assert!(room.has_waited());
        assert!(!room.has_waited());
    }
}
