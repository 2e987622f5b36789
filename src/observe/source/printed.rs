//! What programs print, on its way from their pipes to whoever reads it.
//!
//! It is no fact: no recording has it. Where it is to stand among the facts, it goes their way, stamped when it was read;
//! then it has only so much room ([`MOST`]), and a program that prints faster than the story is told waits, as it would
//! for a slow terminal. Elsewhere it goes out at once, from the thread that read it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::model::Time;

/// So many bytes may be under way.
const MOST: usize = 256 * 1024;

/// What a line costs beside its bytes.
const EACH: usize = 128;

/// How what programs print gets out.
#[derive(Clone, Copy, Debug)]
pub struct Outlet {
    /// Prints whole lines, each with its end, of the program in the host of this name.
    pub print: fn(&str, &[u8]),
    /// Not at once: where it belongs among the facts.
    pub in_order: bool,
}

impl Default for Outlet {
    /// Nobody is to see it.
    fn default() -> Self {
        Self {
            print: |_, _| {},
            in_order: false,
        }
    }
}

/// Whole lines that a program printed.
#[derive(Debug)]
pub struct Printed {
    /// When they were read.
    pub at: Time,
    /// The name of the program's host.
    pub host: Arc<str>,
    /// The lines, each with its end.
    pub lines: Vec<u8>,
    /// Free again when they are printed, or thrown away.
    pub(super) reservation: Reservation,
}

/// What the programs of a run print: how it gets out, and how much of it is under way.
#[derive(Debug, Default)]
pub struct ProgramOutput {
    outlet: Outlet,
    state: Mutex<OutputState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct OutputState {
    /// Bytes under way.
    used: usize,
    /// Readers that wait for room.
    waiting: usize,
    /// Nobody takes facts any more.
    over: bool,
}

impl OutputState {
    /// What comes when the run is over stands behind all that came before.
    fn has_room(&self) -> bool {
        self.used <= if self.over { 0 } else { MOST }
    }
}

/// Room that is taken until this is dropped.
#[derive(Debug)]
pub(super) struct Reservation {
    output: Arc<ProgramOutput>,
    size: usize,
}

impl ProgramOutput {
    /// Programs that print to there.
    #[must_use]
    pub fn new(outlet: Outlet) -> Arc<Self> {
        Arc::new(Self {
            outlet,
            ..Self::default()
        })
    }

    /// Something may be read now; none where that has to be waited for. False where what is read goes out at once.
    #[must_use]
    pub fn room(&self) -> Option<bool> {
        if !self.outlet.in_order {
            return Some(false);
        }
        let state = self.lock();
        state.has_room().then_some(!state.over)
    }

    /// Waits until something may be read, as [`Self::room`] says. Not while a [`super::Hold`] is held: room is made by
    /// what is released.
    pub fn wait_for_room(&self) -> bool {
        if !self.outlet.in_order {
            return false;
        }
        let mut state = self.lock();
        state.waiting += 1;
        while !state.has_room() {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.waiting -= 1;
        !state.over
    }

    /// Prints lines now.
    pub fn print(&self, host: &str, lines: &[u8]) {
        (self.outlet.print)(host, lines);
    }

    /// A reader waits for room.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.lock().waiting > 0
    }

    /// Nobody takes facts any more: what is printed from now on goes out at once.
    pub fn end(&self) {
        self.lock().over = true;
        self.changed.notify_all();
    }

    pub(super) fn reserve(self: &Arc<Self>, len: usize) -> Reservation {
        let size = len + EACH;
        self.lock().used += size;
        Reservation {
            output: Arc::clone(self),
            size,
        }
    }

    fn lock(&self) -> MutexGuard<'_, OutputState> {
        // Numbers stay right, whoever panicked.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Printed {
    /// Hands them to the outlet.
    pub fn print(&self) {
        self.reservation.output.print(&self.host, &self.lines);
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.output.lock().used -= self.size;
        self.output.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_order() -> Arc<ProgramOutput> {
        ProgramOutput::new(Outlet {
            in_order: true,
            ..Outlet::default()
        })
    }

    #[test]
    fn a_reader_waits_for_room_until_something_is_printed() {
        let output = in_order();
        assert!(output.wait_for_room());
        let reservation = output.reserve(MOST);
        let reader = std::thread::spawn({
            let output = Arc::clone(&output);
            move || output.wait_for_room()
        });
        while !output.is_waiting() {
            std::thread::yield_now();
        }
        drop(reservation);
        assert!(reader.join().expect("it does not panic"));
        assert!(!output.is_waiting());
    }

    #[test]
    fn what_comes_when_the_run_is_over_goes_out_at_once_behind_what_came_before() {
        let output = in_order();
        let reservation = output.reserve(1);
        output.end();
        let reader = std::thread::spawn({
            let output = Arc::clone(&output);
            move || output.wait_for_room()
        });
        while !output.is_waiting() {
            std::thread::yield_now();
        }
        drop(reservation);
        assert!(!reader.join().expect("it does not panic"));
    }
}
