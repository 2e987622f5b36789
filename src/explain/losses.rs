//! What the wire took away, and what became of it: who noticed, how, and how late it came after all.

use crate::model::{Span, Time, Verdict};
use crate::protocol::follow::{Recovery, Segment};

use super::{FrameKind, Moment, Transit, What};

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
#[must_use]
pub fn losses(moments: &[Moment]) -> Vec<Loss> {
    let mut all: Vec<(Loss, Option<Bytes>)> = Vec::new();
    for moment in moments {
        let What::Transit(transit) = &moment.what else {
            continue;
        };
        let place = Bytes::of(moment, transit);
        if let (Some(place), Some(sent)) = (&place, transit.sent) {
            for (loss, lost) in all.iter_mut().filter(|(loss, _)| loss.arrived.is_none()) {
                if lost.as_ref().is_some_and(|lost| place.covers(lost)) && sent > loss.sent {
                    loss.noticed.get_or_insert((sent, place.recovery));
                    loss.arrived = transit.arrived;
                }
            }
        }
        let known = all
            .iter()
            .any(|(_, lost)| matches!((lost, &place), (Some(a), Some(b)) if b.covers(a)));
        if is_lost(transit) && carries_data(transit) && !known {
            let loss = Loss {
                sent: transit.sent.unwrap_or(moment.at),
                noticed: None,
                arrived: None,
            };
            all.push((loss, place));
        }
    }
    all.into_iter().map(|(loss, _)| loss).collect()
}

/// Bytes of a stream, from here to there.
struct Bytes {
    flow: Option<u32>,
    forward: bool,
    from: u32,
    to: u32,
    recovery: Option<Recovery>,
}

impl Bytes {
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
