//! Moments that are kept until the run is over, because somebody wants to go back in them or to look at them as a whole:
//! as many as there is room for. What does not fit is counted, and a hole stands in its place.
//!
//! The room is measured on the whole heap, so that it holds whatever else is kept there.

use super::memory;
use crate::explain::{Moment, MomentSink, What};
use crate::model::{Hole, HoleKind, HostId, Vantage};

/// The moments of one run.
#[derive(Debug, Default)]
pub struct KeptMoments {
    moments: Vec<Moment>,
    hole: Option<Hole>,
    /// The frames of this vantage are the saved file's packets.
    saved: Option<Vantage>,
}

impl KeptMoments {
    /// Keeps a moment, if there is room; the run's end in any case.
    pub fn keep(&mut self, moment: Moment) {
        let number = match &moment.what {
            What::Transit(transit) => {
                self.saved = transit.number.map(|_| transit.frame.vantage).or(self.saved);
                transit.number
            }
            What::End(_) => {
                self.fill();
                self.moments.push(moment);
                return;
            }
            _ => None,
        };
        // Behind a gap nothing is kept: few gaps tell more than many.
        if self.hole.is_none() && !memory::exceeds(memory::KEPT_LIVE) {
            self.moments.push(moment);
            return;
        }
        let hole = self.hole.get_or_insert(Hole {
            at: moment.at,
            vantage: self.saved.unwrap_or(Vantage::Host(HostId::CLIENT)),
            frames: 0,
            kind: HoleKind::Untold { others: 0 },
        });
        hole.at = moment.at;
        hole.frames += u64::from(number.is_some());
        if let HoleKind::Untold { others } = &mut hole.kind {
            *others += u64::from(number.is_none());
        }
    }

    /// All of them were kept.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let lacks = |moment: &Moment| matches!(&moment.what, What::Hole(hole) if matches!(hole.kind, HoleKind::Untold { .. }));
        self.hole.is_none() && !self.moments.iter().rev().take(2).any(lacks)
    }

    /// What was kept, with the hole.
    #[must_use]
    pub fn into_moments(mut self) -> Vec<Moment> {
        self.fill();
        self.moments
    }

    fn fill(&mut self) {
        self.moments.extend(self.hole.take().map(|hole| Moment {
            at: hole.at,
            what: What::Hole(hole),
            flow: None,
            notes: Vec::new(),
        }));
    }
}

impl MomentSink for KeptMoments {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.keep(moment.clone());
    }
}
