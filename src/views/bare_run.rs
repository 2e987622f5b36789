//! What the wire carried in a run without sniffers: the one line that such a run ends with.

use crate::model::Outcome;
use crate::text::Message;

use super::ladder::troubles;
use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::wording;

/// Frames by what became of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BareRun {
    /// They came onto the wire.
    pub taken: u64,
    /// They were handed over, copies included.
    pub delivered: u64,
    /// Their way ended on the wire.
    pub lost: u64,
}

/// The line, and what kept the run from its plan.
#[must_use]
pub fn lines(carried: BareRun, outcome: &Outcome, options: &Options) -> Vec<Line> {
    let said = Message::new("summary-carried")
        .int("taken", carried.taken)
        .int("delivered", carried.delivered)
        .int("lost", carried.lost);
    let mut lines = troubles(outcome, &[], options);
    let text = wording::message(&said, &options.catalogue);
    for piece in wrap(&text, options.width.clamp(80, 140) - 2) {
        lines.push(Line::of(Role::Title, piece));
    }
    lines
}
