//! What a story's trace and its terminal recording are made of, gathered while it is told.

use crate::explain::findings::Findings;
use crate::explain::series::Traced;
use crate::explain::{Moment, MomentSink, Summary, What};
use crate::protocol::follow::Conversation;

/// So many connections have counters.
const MOST_TRACED: usize = 16;
/// So many moments are recorded.
const MOST_TOLD: usize = 60_000;

/// Counters and findings for a trace.
#[derive(Debug)]
pub(super) struct TracedStory {
    chosen: Option<Conversation>,
    /// The first is there from the beginning, for the wire's queues.
    traced: Vec<Traced>,
    findings: Findings,
}

impl TracedStory {
    /// Of a capture only this conversation, where one was chosen.
    pub(super) fn of(chosen: Option<Conversation>) -> Self {
        let stream = match chosen {
            Some(Conversation::Tcp(stream)) => stream,
            _ => 0,
        };
        Self {
            chosen,
            traced: vec![Traced::of(stream)],
            findings: Findings::default(),
        }
    }

    pub(super) fn traced(&self) -> &[Traced] {
        &self.traced
    }

    pub(super) const fn findings(&self) -> &Findings {
        &self.findings
    }

    /// A connection that was not met before gets counters of its own.
    fn meet(&mut self, moment: &Moment) {
        let What::Transit(transit) = &moment.what else {
            return;
        };
        if let (None, Some(Conversation::Tcp(stream))) =
            (self.chosen, transit.followed.conversation)
            && self.traced.len() < MOST_TRACED
            && self.traced.iter().all(|traced| traced.stream() != stream)
        {
            self.traced.push(Traced::of(stream));
        }
    }
}

impl MomentSink for TracedStory {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.meet(moment);
        for traced in &mut self.traced {
            traced.moment(moment);
        }
        self.findings.moment(moment);
    }

    fn end(&mut self, summary: &Summary) {
        for traced in &mut self.traced {
            traced.drain();
        }
        self.findings.end(summary);
    }
}

/// Moments for a terminal recording.
#[derive(Debug, Default)]
pub(super) struct ToldStory {
    chosen: Option<Conversation>,
    moments: Vec<Moment>,
    /// Moments that there was no room for.
    left_out: u64,
    summary: Summary,
}

impl ToldStory {
    /// Of a capture only this conversation, where one was chosen.
    pub(super) fn of(chosen: Option<Conversation>) -> Self {
        Self {
            chosen,
            ..Self::default()
        }
    }

    pub(super) const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn moments(&self) -> &[Moment] {
        &self.moments
    }

    pub(super) const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// It belongs to what was chosen; what has no conversation does.
    fn is_chosen(&self, moment: &Moment) -> bool {
        match (&moment.what, self.chosen) {
            (What::Transit(transit), Some(chosen)) => transit.followed.conversation == Some(chosen),
            _ => true,
        }
    }
}

impl MomentSink for ToldStory {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        let is_end = matches!(moment.what, What::End(_));
        if !self.is_chosen(moment) {
            return;
        }
        if self.moments.len() < MOST_TOLD || is_end {
            self.moments.push(moment.clone());
        } else {
            self.left_out += 1;
        }
    }

    fn end(&mut self, summary: &Summary) {
        self.summary = summary.clone();
    }
}
