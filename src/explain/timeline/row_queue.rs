//! The queue of rows: what is to be told, in order, each row held back until it can no longer change.
//!
//! A row stands where its beginning stands among the facts: a call where it was made, a frame where it left. So
//! every host's column is in that host's own order of time, as long as what ends later is drawn on its
//! beginning's row only when nothing lies in between that would have to be drawn further down:
//!
//! - a frame is one row, departure and arrival, when nothing happened at the receiver in between but what stands
//!   above it (arrivals of frames that left earlier); otherwise its arrival is a row of its own, and rows cross
//! - a call is one row when it returned before anything reached its host and soon after; that frames of its own
//!   host left meanwhile is no hindrance, because those are what it did, and cause stands above effect
//!
//! Holding back is bounded: by what happens (see above), by recorded time, and by number.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::model::{Call, CallId, HostId, Returned, Span, Time};
use crate::protocol::follow::Conversation;

use super::journey::{Arrival, JourneyId, Journeys};
use super::vantages::SeenFrame;
use crate::explain::{CallPhase, StateChange, What};

/// How long the kernel's word about a frame or a call is waited for, in recorded time. It comes after some
/// 0.1 ms; on a busy machine the thread that asks may be put off.
const WORD_WITHIN: Span = Span::from_ms(20);
/// On a loopback the next frame usually comes before any word.
const LOOK_WITHIN: Span = Span::from_ms(2);
/// A call that takes longer than this is told when it begins, and again when it returns.
const CALL_WITHIN: Span = Span::from_ms(5);
/// A frame that takes this much longer than the wire's own delay is told when it leaves.
const TRANSIT_WITHIN: Span = Span::from_ms(1_000);
/// Rows that are held back at the same time.
const MOST: usize = 4096;

/// One row.
#[derive(Debug)]
pub(super) struct TimelineRow {
    /// When what it tells happened.
    pub at: Time,
    /// What it tells.
    pub body: RowBody,
}

/// What a row tells.
#[derive(Debug)]
pub(super) enum RowBody {
    /// Something that is complete as it is.
    Done(Box<What>),
    /// A call.
    Call(CallRow),
    /// A frame that left, and perhaps arrived.
    Left(JourneyId),
    /// A frame that arrived, on a row of its own.
    Arrived(JourneyId, Box<Arrival>),
    /// A frame at a vantage that knows no ends.
    Seen(SeenRow),
}

/// A call's row.
#[derive(Debug)]
pub(super) struct CallRow {
    pub call: Rc<Call>,
    pub returned: Option<Rc<Returned>>,
    pub phase: CallPhase,
    /// `phase` is final.
    pub decided: bool,
    /// The kernel's word after its return has come, or will not come.
    pub asked: bool,
    pub states: Vec<StateChange>,
}

/// A frame seen on a loopback or in a file.
#[derive(Debug)]
pub(super) struct SeenRow {
    pub seen_frame: SeenFrame,
    /// No state can belong to it any more.
    pub settled: bool,
    pub states: Vec<StateChange>,
}

/// The rows that are held back.
#[derive(Debug, Default)]
pub(super) struct RowQueue {
    queue: VecDeque<TimelineRow>,
    /// How many of them are calls: most rows of a bulk transfer are not, and need not be looked through.
    calls: usize,
    /// The wire's own one-way delay.
    pub delay: Span,
}

impl RowQueue {
    /// Adds a row behind all others.
    pub fn push(&mut self, at: Time, body: RowBody) {
        self.calls += usize::from(matches!(body, RowBody::Call(_)));
        self.queue.push_back(TimelineRow { at, body });
    }

    /// When the first row happened.
    pub fn oldest(&self) -> Option<Time> {
        self.queue.front().map(|row| row.at)
    }

    /// All rows, first to last.
    pub fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut TimelineRow> {
        self.queue.iter_mut()
    }

    /// The calls of a host that are not told yet.
    pub fn calls_of(&mut self, host: HostId) -> impl Iterator<Item = &mut CallRow> {
        let rows = if self.calls == 0 { 0 } else { self.queue.len() };
        let rows = self.queue.range_mut(..rows);
        rows.filter_map(move |row| match &mut row.body {
            RowBody::Call(call) if call.call.host == host => Some(call),
            _ => None,
        })
    }

    /// The row of this call that is not told yet.
    pub fn call(&mut self, id: CallId) -> Option<&mut CallRow> {
        let rows = if self.calls == 0 { 0 } else { self.queue.len() };
        let mut rows = self.queue.range_mut(..rows).rev();
        rows.find_map(|row| match &mut row.body {
            RowBody::Call(call) if call.call.id == id => Some(call),
            _ => None,
        })
    }

    fn pop(&mut self) -> Option<TimelineRow> {
        let row = self.queue.pop_front()?;
        self.calls -= usize::from(matches!(row.body, RowBody::Call(_)));
        Some(row)
    }

    /// The row of this frame's departure is not told yet.
    pub fn has_left(&self, id: JourneyId) -> bool {
        self.queue
            .iter()
            .any(|row| matches!(row.body, RowBody::Left(other) if other == id))
    }

    /// Takes the first row when it can no longer change, `now` being the latest time that a fact spoke of.
    pub fn next(&mut self, now: Time, journeys: &mut Journeys) -> Option<TimelineRow> {
        let full = self.queue.len() > MOST;
        let delay = self.delay;
        let row = self.queue.front_mut()?;
        if full || row.body.decide(row.at, now, delay, journeys) {
            if let (true, RowBody::Left(id)) = (full, &row.body) {
                journeys.give_up(*id);
            }
            self.pop()
        } else {
            None
        }
    }

    /// Takes the first row as it is: there are no more facts.
    pub fn force(&mut self, journeys: &mut Journeys) -> Option<TimelineRow> {
        let row = self.pop()?;
        if let RowBody::Left(id) = row.body
            && journeys
                .get(id)
                .is_some_and(|journey| journey.arrival.is_none())
        {
            journeys.give_up(id);
        }
        Some(row)
    }
}

impl RowBody {
    /// Whether it can no longer change. Decides what time has decided.
    fn decide(&mut self, at: Time, now: Time, delay: Span, journeys: &mut Journeys) -> bool {
        let over = |from: Time, within: Span| now.since(from) > within;
        match self {
            Self::Done(_) => true,
            Self::Call(call) => {
                if !call.decided && over(call.call.at, CALL_WITHIN) {
                    call.decided = true;
                }
                call.decided
                    && call
                        .returned
                        .as_deref()
                        .is_none_or(|returned| call.asked || over(returned.at, WORD_WITHIN))
            }
            Self::Left(id) => {
                let Some(journey) = journeys.get(*id) else {
                    return true;
                };
                let within = Span::from_ns(delay.ns().saturating_add(TRANSIT_WITHIN.ns()));
                // What crossed it decides that it gets two rows, not that it arrives: that the wire took it away
                // may be said a moment later.
                // What is for several has its lost copies told with it, so its fate is waited for in any case.
                let patience = if journey.to.is_none() {
                    within
                } else {
                    WORD_WITHIN
                };
                let crossed = journey.split && (journey.fate.is_some() || over(at, patience));
                let decided = journey.lost() || crossed || journey.arrival.is_some();
                if !decided && over(at, within) {
                    journeys.give_up(*id);
                    return true;
                }
                let told = !journey.is_tcp() || journey.sender_asked || over(at, WORD_WITHIN);
                decided && told && journey.arrival.as_ref().is_none_or(|a| settled(a, now))
            }
            Self::Arrived(_, arrival) => settled(arrival, now),
            Self::Seen(seen) => seen.settled || over(at, LOOK_WITHIN),
        }
    }
}

/// The kernel's word about this arrival (of a datagram: that it was dropped) has come, or is not to be expected.
fn settled(arrival: &Arrival, now: Time) -> bool {
    let followed = &arrival.seen_frame.followed;
    let is_udp = matches!(followed.conversation, Some(Conversation::Udp(_)));
    arrival.asked
        || arrival.dropped.is_some() && is_udp
        || followed.segment.is_none() && !is_udp
        || now.since(arrival.at) > WORD_WITHIN
}
