//! Facts to timeline: the vantages matched (never reordered), notes as keys, expectations held or not.
//!
//! [`Timeline`] takes one [`crate::model::Fact`] at a time and gives the [`Moment`]s that became decidable.
//! What it gives depends on the facts alone, never on when they were handed over: a live run and the file that
//! was saved of it give the same moments.
//!
//! A folder for each thing that is made of facts or moments:
//!
//! - [`timeline`]: the moments themselves, in order; `narrate` writes the notes beside them
//! - [`expect`]: expectations held against a run
//! - [`compare`]: runs and recordings beside each other
//! - [`census`]: what a capture holds, all in all
//! - [`findings`]: what programs did wrong with their sockets
//! - [`series`]: points over time, for graphs
//! - [`weighing`]: the candidate causes of one packet
//!
//! All of them speak of a [`moment`] and its [`note`]s; who listens to moments is a [`sink`].

pub mod census;
pub mod compare;
pub mod expect;
pub mod findings;
pub mod moment;
mod narrate;
pub mod note;
pub mod series;
pub mod sink;
pub mod timeline;
pub mod weighing;

pub use moment::{
    CallMoment, CallPhase, FrameKind, Gaps, HostSent, Lateness, Moment, Sample, StateChange,
    Summary, Transit, TransitPhase, What,
};
pub use note::{Note, NoteKind, Rfc};
pub use sink::MomentSink;
pub use timeline::{Explained, Timeline};
