//! All that is remembered of one side of a connection that goes on.

use crate::model::Span;

use super::lane::Lane;
use super::recall::Recall;
use super::trail::Trail;

/// One half of a connection: what one side sends.
#[derive(Clone, Debug, Default)]
pub(super) struct Half {
    /// What verdicts are made by.
    pub(super) lane: Lane,
    /// What it sent again, and what is selectively acknowledged of it.
    pub(super) recall: Recall,
    /// What its last segments were, to know a copy and what came late.
    pub(super) trail: Trail,
}

/// From the vantage to both ends and back: the whole round trip.
pub(super) fn round_trip(own: &Half, peer: &Half) -> Span {
    Span::from_ns(own.recall.least.ns() + peer.recall.least.ns())
}
