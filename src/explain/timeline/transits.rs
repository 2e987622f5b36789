//! Rows of frames made into what is told: a departure, with the arrival where both are one row; an arrival by itself; a frame
//! that was seen at one vantage only.

use std::rc::Rc;

use crate::model::{Fate, HostId, Verdict};

use super::journey::{Arrival, Journey};
use super::row_queue::SeenRow;
use crate::explain::narrate::BothEnds;
use crate::explain::{FrameKind, Moment, Transit, TransitPhase, What};

/// A departure's moment in the making.
pub(super) struct DepartureMoment {
    pub transit: Transit,
    pub flow: Option<u32>,
    pub ends: BothEnds,
}

/// The departure's row, with the arrival when it is whole. What was seen there is no longer needed after it.
pub(super) fn departure(journey: &mut Journey) -> Option<DepartureMoment> {
    let left = journey.departure.take()?;
    let arrival = journey.arrival.take();
    let phase = if journey.lost() {
        TransitPhase::Lost
    } else if arrival.is_some() {
        TransitPhase::Whole
    } else {
        TransitPhase::Left
    };
    let ends = BothEnds {
        sender: Some(Rc::clone(&left.followed)),
        receiver: arrival.as_ref().map(|a| Rc::clone(&a.seen_frame.followed)),
    };
    let receiver_drop = arrival.as_ref().and_then(|arrival| arrival.dropped);
    let receiver_info = arrival.as_ref().and_then(|arrival| arrival.info);
    let late = arrival.as_ref().and_then(|arrival| arrival.late);
    // The saved vantage's view, when that is the receiver's and the arrival is part of this row.
    let (seen, arrived, receiver_states) = match arrival {
        Some(arrival) if arrival.seen_frame.number.is_some() => {
            (arrival.seen_frame, Some(arrival.at), arrival.states)
        }
        Some(arrival) => (left, Some(arrival.at), arrival.states),
        None => (left, None, Vec::new()),
    };
    Some(DepartureMoment {
        flow: seen.flow,
        ends,
        transit: Transit {
            number: seen.number,
            phase,
            kind: FrameKind::Other,
            way: seen.followed.way,
            from: journey.from,
            to: journey.to,
            sent: journey.sent,
            arrived,
            copy: 0,
            late,
            fate: journey.fate.clone(),
            frame: seen.frame,
            followed: seen.followed,
            sender_states: std::mem::take(&mut journey.sender_states),
            receiver_states,
            sender_info: journey.sender_info.map(Box::new),
            receiver_info: receiver_info.map(Box::new),
            receiver_drop: receiver_drop.map(Box::new),
        },
    })
}

/// Of a departure to several hosts: a moment for each copy that ended on the wire while others went on.
pub(super) fn lost_copies(departure: &Moment) -> Vec<Moment> {
    let What::Transit(transit) = &departure.what else {
        return Vec::new();
    };
    let departs = matches!(transit.phase, TransitPhase::Left | TransitPhase::Whole);
    let Some(fate) = transit.fate.as_ref().filter(|_| departs) else {
        return Vec::new();
    };
    let lost = fate.apart.iter().filter(|one| one.verdict == Verdict::Lost);
    lost.map(|one| Moment {
        what: What::Transit(Transit {
            number: None,
            phase: TransitPhase::CopyLost,
            to: Some(one.to),
            fate: Some(fate_of_copy(fate, one.to)),
            sender_states: Vec::new(),
            receiver_states: Vec::new(),
            receiver_drop: None,
            ..transit.clone()
        }),
        notes: Vec::new(),
        ..departure.clone()
    })
    .collect()
}

/// What the wire did to the copy for this host.
fn fate_of_copy(fate: &Rc<Fate>, to: HostId) -> Rc<Fate> {
    if fate.apart.is_empty() {
        return Rc::clone(fate);
    }
    let (verdict, rule) = fate.toward(to);
    Rc::new(Fate {
        verdict: verdict.clone(),
        rule,
        apart: Vec::new(),
        ..(**fate).clone()
    })
}

/// An arrival's own row.
pub(super) fn arrived(journey: Option<&Journey>, arrival: Arrival) -> Transit {
    Transit {
        number: arrival.seen_frame.number,
        phase: TransitPhase::Arrived,
        kind: journey.and_then(|j| j.kind).unwrap_or(FrameKind::Other),
        way: arrival.seen_frame.followed.way,
        from: journey.and_then(|j| j.from),
        to: Some(arrival.host),
        sent: journey.and_then(|j| j.sent),
        arrived: Some(arrival.at),
        copy: arrival.copy,
        late: arrival.late,
        fate: journey
            .and_then(|j| j.fate.as_ref())
            .map(|fate| fate_of_copy(fate, arrival.host)),
        frame: arrival.seen_frame.frame,
        followed: arrival.seen_frame.followed,
        sender_states: Vec::new(),
        receiver_states: arrival.states,
        sender_info: None,
        receiver_info: arrival.info.map(Box::new),
        receiver_drop: arrival.dropped.map(Box::new),
    }
}

/// A frame at a vantage that knows no ends, `from` one of these hosts `to` the other where that is known.
pub(super) fn seen(seen: SeenRow, (from, to): (Option<HostId>, Option<HostId>)) -> Transit {
    let (sender_states, receiver_states) = seen
        .states
        .into_iter()
        .partition(|change| Some(change.host) == from);
    Transit {
        number: seen.seen_frame.number,
        phase: TransitPhase::Seen,
        kind: FrameKind::Other,
        way: seen.seen_frame.followed.way,
        from,
        to,
        sent: Some(seen.seen_frame.frame.at),
        arrived: None,
        copy: 0,
        late: None,
        fate: None,
        frame: seen.seen_frame.frame,
        followed: seen.seen_frame.followed,
        sender_states,
        receiver_states,
        sender_info: None,
        receiver_info: None,
        receiver_drop: None,
    }
}
