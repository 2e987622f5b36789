//! Facts to timeline: the vantages matched (never reordered), notes as keys, expectations held or not.
//!
//! [`Timeline`] takes one [`crate::model::Fact`] at a time and gives the [`Moment`]s that became decidable.
//! What it gives depends on the facts alone, never on when they were handed over: a live run and the file that
//! was saved of it give the same moments.

pub mod census;
pub mod difference;
pub mod expect;
pub mod grid;
mod journey;
pub mod ledger;
pub mod losses;
pub mod moment;
mod narrate;
pub mod note;
pub mod reach;
mod rows;
pub mod series;
mod sockets;
mod states;
pub mod story;
mod tally;
pub mod timeline;
mod vantages;
mod waiting;

pub use moment::{
    CallMoment, CallPhase, FrameKind, Moment, Sample, StateChange, Summary, Transit, TransitPhase,
    What,
};
pub use note::{Note, NoteKind, Rfc};
pub use timeline::{Said, Timeline};
