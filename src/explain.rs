//! Facts to timeline: the vantages matched (never reordered), notes as keys, expectations held or not.

pub mod moment;

pub use moment::{
    CallMoment, CallPhase, Moment, StateChange, Summary, Transit, TransitPhase, What,
};
