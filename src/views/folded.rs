//! A ladder in which what repeats itself stands twice and is counted from then on: hundreds of segments become a screen.
//!
//! A row is like one before if it is of the same kind, goes the same way, has the same fate, and is explained by the same
//! sentences, and was not long ago. Rows that change a state, fail, or tell what Linux does otherwise are never counted away, and
//! behind them everything is shown anew.

use std::collections::BTreeMap;

use crate::explain::{
    CallPhase, FrameKind, Moment, MomentSink, NoteKind, Summary, TransitPhase, What,
};
use crate::model::{CallResult, HostId};
use crate::text::Message;

use super::ladder::Ladder;
use super::styled::Line;

/// So often a row of one kind is shown before the next is counted.
const SHOWN: u32 = 2;
/// So many rows later one of the same kind is news again.
const LATELY: u64 = 60;

/// What makes a row like another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness {
    row: String,
    notes: Vec<&'static str>,
}

/// Tells moments as a ladder, repetitions once.
#[derive(Debug)]
pub struct Folded {
    ladder: Ladder,
    /// How often a row came lately, and where last.
    met: BTreeMap<Likeness, (u32, u64)>,
    /// Rows so far.
    rows: u64,
    /// Rows that were counted since the last that was shown.
    hidden: u32,
}

impl Folded {
    /// This ladder, folded.
    #[must_use]
    pub fn new(ladder: Ladder) -> Self {
        Self {
            ladder,
            met: BTreeMap::new(),
            rows: 0,
            hidden: 0,
        }
    }

    fn is_hidden(&mut self, moment: &Moment) -> bool {
        self.rows += 1;
        let Some(likeness) = likeness(moment) else {
            self.met.clear();
            return false;
        };
        let (times, last) = self.met.entry(likeness).or_default();
        if self.rows - *last > LATELY {
            *times = 0;
        }
        *last = self.rows;
        *times = times.saturating_add(1);
        *times > SHOWN
    }

    fn count(&mut self) -> Option<Line> {
        let count = std::mem::take(&mut self.hidden);
        let said = Message::new("ladder-folded").int("count", i64::from(count));
        (count > 0).then(|| self.ladder.between_rows(&said))
    }
}

impl MomentSink for Folded {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        if self.is_hidden(moment) {
            // The ladder has to know it: a call that began draws its lifeline.
            self.ladder.moment(moment);
            self.hidden += 1;
            return Vec::new();
        }
        let mut lines: Vec<Line> = self.count().into_iter().collect();
        lines.extend(self.ladder.moment(moment));
        lines
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        let mut lines: Vec<Line> = self.count().into_iter().collect();
        lines.extend(self.ladder.end(summary));
        lines
    }
}

/// What a row is like; none for one that is shown however often it comes.
fn likeness(moment: &Moment) -> Option<Likeness> {
    if moment.notes.iter().any(|note| note.kind == NoteKind::Linux) {
        return None;
    }
    let row = match &moment.what {
        What::Transit(transit)
            if transit.sender_states.is_empty() && transit.receiver_states.is_empty() =>
        {
            if !matches!(transit.kind, FrameKind::Data | FrameKind::Ack) {
                return None;
            }
            let resend = transit
                .followed
                .segment
                .as_ref()
                .is_some_and(crate::protocol::follow::Segment::is_resend);
            let host = |host: Option<HostId>| host.map(|host| host.0);
            let lost = transit.phase == TransitPhase::Lost;
            format!(
                "{:?} {:?} {:?} {lost} {resend}",
                transit.kind,
                host(transit.from),
                transit.phase
            )
        }
        What::Call(call) if call.states.is_empty() => {
            let failed = |result: &CallResult| matches!(result, CallResult::Err(_));
            if call
                .returned
                .as_deref()
                .is_some_and(|given| failed(&given.result))
            {
                return None;
            }
            let begun = call.phase == CallPhase::Begun;
            format!("{} {:?} {begun}", call.call.host.0, call.call.name)
        }
        _ => return None,
    };
    Some(Likeness {
        row,
        notes: moment.notes.iter().map(|note| note.message.key).collect(),
    })
}
