//! At whose pace a story is told: at once, moment by moment, or played slowly; and what interrupts the telling.

use super::console::Console;
use super::viewer::Viewer;
use crate::cli;
use crate::explain::Moment;
use crate::failure::Failure;
use crate::text::Message;

/// What interrupts the telling: questions, where they belong.
pub trait Pauses {
    /// Something is to be asked before this moment is told (behind the last: after it).
    fn wants(&mut self, all: &[Moment], at: usize) -> bool;
    /// Asks what is due before this moment.
    ///
    /// # Errors
    /// When the terminal or the input fails.
    fn pause(&mut self, all: &[Moment], at: usize) -> Result<(), Failure>;
    /// Nothing more is to be told: by Ctrl-C, as a signal or as a key.
    fn stopped(&self) -> bool;
}

/// Nothing interrupts the telling but Ctrl-C.
pub struct NoPauses<'s>(pub &'s Console);

impl Pauses for NoPauses<'_> {
    fn wants(&mut self, _all: &[Moment], _at: usize) -> bool {
        false
    }

    fn pause(&mut self, _all: &[Moment], _at: usize) -> Result<(), Failure> {
        Ok(())
    }

    fn stopped(&self) -> bool {
        self.0.is_stopped()
    }
}

/// A story is told moment by moment, when its run is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    /// So many times slower than it was; none: a moment at each key.
    pub slow: Option<f64>,
}

impl Pace {
    /// As the flags say; none where the story is told at once. Keys need a terminal.
    ///
    /// # Errors
    /// When it is asked for and there is no terminal.
    pub fn of(args: &cli::PaceArgs) -> Result<Option<Self>, Failure> {
        if !args.step && args.slow.is_none() {
            return Ok(None);
        }
        if !Viewer::is_possible() {
            return Err(Failure::usage(Message::new("error-pace")));
        }
        Ok(Some(Self { slow: args.slow }))
    }
}
