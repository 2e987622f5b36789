//! All that is remembered of one side of a connection that goes on.

use super::lane::Lane;
use super::recovery::Recall;
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
