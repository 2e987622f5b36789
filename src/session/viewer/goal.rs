//! What the telling waits for, and what comes of it.

use crate::model::Time;

/// What the telling waits for.
#[derive(Clone, Copy, Debug)]
pub enum Goal<'g> {
    /// Nothing: it goes on by itself.
    Pending,
    /// The key that tells the next moment, which is of this time, of so many.
    Next(Time, usize),
    /// The key that goes on, with what it then does.
    Go(&'g str),
    /// An answer, asked for in these words; once more, when what was typed before was none.
    Answer(&'g str, bool),
    /// Room: it is full.
    Room,
    /// All is told.
    Leave,
}

/// What came of waiting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing yet.
    Nothing,
    /// What was waited for.
    Met,
    /// A line that was typed for an answer.
    Answer(String),
    /// The viewer was left.
    Left,
    /// Ctrl-C, or a signal that ends the process.
    Stopped,
}
