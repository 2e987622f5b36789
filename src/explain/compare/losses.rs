//! What the wire took away, and what became of it: who noticed, how, and how much later it arrived.

use crate::model::{Span, Time, Verdict};
use crate::protocol::follow::{Recovery, Segment};

use crate::explain::{FrameKind, Moment, MomentSink, Transit, What};

/// A piece of data that the wire took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// When it had left its sender.
    pub sent: Time,
    /// How its sender noticed, and when it sent it again; none where nobody did.
    pub noticed: Option<(Time, Option<Recovery>)>,
    /// When it arrived after all.
    pub arrived: Option<Time>,
}

impl Loss {
    /// From the loss to the moment when it was sent again.
    #[must_use]
    pub fn unnoticed(&self) -> Option<Span> {
        self.noticed.map(|(at, _)| at.since(self.sent))
    }
}

/// Every piece of data that was lost, in the order in which they left. What was lost again when it was sent again is
/// still the same piece.
#[derive(Debug, Default)]
pub struct Losses(Vec<(Loss, Option<ByteRange>)>);

impl Losses {
    /// None so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All of them.
    #[must_use]
    pub fn found(self) -> Vec<Loss> {
        self.0.into_iter().map(|(loss, _)| loss).collect()
    }

    fn knows(&self, place: Option<&ByteRange>) -> bool {
        self.0
            .iter()
            .any(|(_, lost)| matches!((lost, place), (Some(a), Some(b)) if b.covers(a)))
    }
}

impl MomentSink for Losses {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        let What::Transit(transit) = &moment.what else {
            return;
        };
        let place = ByteRange::of(moment, transit);
        if let (Some(place), Some(sent)) = (&place, transit.sent) {
            let missing = self.0.iter_mut().filter(|(loss, _)| loss.arrived.is_none());
            for (loss, lost) in missing {
                if lost.as_ref().is_some_and(|lost| place.covers(lost)) && sent > loss.sent {
                    loss.noticed.get_or_insert((sent, place.recovery));
                    loss.arrived = transit.arrived;
                }
            }
        }
        if is_lost(transit) && carries_data(transit) && !self.knows(place.as_ref()) {
            let loss = Loss {
                sent: transit.sent.unwrap_or(moment.at),
                noticed: None,
                arrived: None,
            };
            self.0.push((loss, place));
        }
    }
}

/// Bytes of a stream, from here to there.
#[derive(Debug)]
struct ByteRange {
    flow: Option<u32>,
    forward: bool,
    from: u32,
    to: u32,
    recovery: Option<Recovery>,
}

impl ByteRange {
    fn of(moment: &Moment, transit: &Transit) -> Option<Self> {
        let segment: &Segment = transit.followed.segment.as_ref()?;
        Some(Self {
            flow: moment.flow,
            forward: transit.way == crate::protocol::follow::Way::FromOpener,
            from: segment.rel_seq,
            to: segment.rel_seq.wrapping_add(segment.len),
            recovery: segment.why.recovery,
        })
    }

    /// It holds the first byte of the other.
    fn covers(&self, other: &Self) -> bool {
        self.flow == other.flow
            && self.forward == other.forward
            && self.from <= other.from
            && other.from < self.to
    }
}

fn is_lost(transit: &Transit) -> bool {
    transit
        .fate
        .as_deref()
        .is_some_and(|fate| matches!(fate.verdict, Verdict::Lost | Verdict::QueueFull))
}

fn carries_data(transit: &Transit) -> bool {
    match &transit.followed.segment {
        Some(segment) => segment.len > 0,
        None => matches!(transit.kind, FrameKind::Datagram | FrameKind::Fragment),
    }
}
