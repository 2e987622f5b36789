//! The kernel's word about its sockets, given to what brought it: a state change belongs to the frame that arrived or
//! left, or to the call, that made the kernel change it. Only what belongs to none of them gets a row of its own.
//!
//! The kernel is asked after a call has returned, when the wire holds a frame, and when it has delivered one; its word comes
//! a little later than what it is about, and two may ask about the same thing. So whoever heard of a change first, it is
//! told at what brought it, as long as that is still to be told.

use crate::model::{CallId, CallName, HostDrop, HostId, StateSeen, Trigger};

use super::journey::{JourneyId, Journeys};
use super::row_queue::{RowBody, RowQueue};
use super::states::{Fins, closes, departure_shows};
use super::vantages::SeenFrame;
use crate::explain::{Sample, StateChange};

/// What is still to be told, and may have brought a change.
pub(super) struct Attribution<'t> {
    pub rows: &'t mut RowQueue,
    pub journeys: &'t mut Journeys,
    pub fins: &'t Fins,
}

impl Attribution<'_> {
    /// The kernel spoke of a socket, with news or without. Gives the change back that belongs to none of what is to be told.
    pub fn word(&mut self, seen: &StateSeen, change: Option<StateChange>) -> Option<StateChange> {
        match seen.trigger {
            Trigger::Held(wire_no) => self.of_sender(wire_no, sample(seen), change),
            Trigger::Delivered(wire_no) => self.of_receiver(wire_no, seen, change),
            Trigger::Returned(id) => self.after_call(id, change),
            Trigger::Looked => self.looked(change?),
        }
    }

    /// The sender's kernel spoke when the wire held a frame of it.
    fn of_sender(
        &mut self,
        wire_no: u64,
        info: Option<Sample>,
        change: Option<StateChange>,
    ) -> Option<StateChange> {
        let id = self.journeys.on_wire(wire_no);
        if let Some(journey) = id.and_then(|id| self.journeys.get_mut(id)) {
            journey.sender_info = info;
        }
        let journeys = &mut *self.journeys;
        let host = id.and_then(|id| journeys.get(id)).and_then(|j| j.from);
        for row in self.rows.iter_mut() {
            // Asked in the order of the wire, though not about every frame: none of those before will be.
            if let RowBody::Left(other) = row.body
                && let Some(journey) = journeys.get_mut(other)
                && id.is_none_or(|id| other <= id)
                && journey.from == host
            {
                journey.sender_asked = true;
            }
        }
        let change = self.given_to_arrival(change?)?;
        let change = self.given_to_close(id, change)?;
        let waiting = id.filter(|id| self.rows.has_left(*id));
        match waiting.and_then(|id| self.journeys.get_mut(id)) {
            Some(journey) => journey.sender_states.push(change),
            None => return Some(change),
        }
        None
    }

    /// The receiver's kernel spoke when a frame had been delivered.
    fn of_receiver(
        &mut self,
        wire_no: u64,
        seen: &StateSeen,
        change: Option<StateChange>,
    ) -> Option<StateChange> {
        let host = seen.host;
        let Some(id) = self.journeys.on_wire(wire_no) else {
            return change;
        };
        let mut change = change.and_then(|change| self.given_to_close(None, change));
        let mut found = false;
        for row in self.rows.iter_mut() {
            let arrival = match &mut row.body {
                RowBody::Left(other) if *other == id => {
                    self.journeys.get_mut(id).and_then(|j| j.arrival.as_mut())
                }
                RowBody::Arrived(other, arrival) if *other == id => Some(&mut **arrival),
                _ => None,
            };
            if let Some(arrival) = arrival.filter(|a| a.host == host && !a.asked) {
                arrival.asked = true;
                arrival.info = sample(seen);
                arrival.states.extend(change.take());
                found = true;
                break;
            }
        }
        if found {
            self.settle_arrivals(host, id);
            return None;
        }
        match self.journeys.get_mut(id) {
            Some(journey) if !journey.arrived => {
                journey.receiver_early.push((host, change, sample(seen)));
                None
            }
            _ => change,
        }
    }

    /// The receiver's kernel dropped something when a frame had been delivered. False where that is told already.
    pub fn dropped(&mut self, drop: HostDrop) -> bool {
        let Trigger::Delivered(wire_no) = drop.trigger else {
            return false;
        };
        let Some(id) = self.journeys.on_wire(wire_no) else {
            return false;
        };
        for row in self.rows.iter_mut() {
            let arrival = match &mut row.body {
                RowBody::Left(other) if *other == id => {
                    self.journeys.get_mut(id).and_then(|j| j.arrival.as_mut())
                }
                RowBody::Arrived(other, arrival) if *other == id => Some(&mut **arrival),
                _ => None,
            };
            if let Some(arrival) = arrival.filter(|a| a.host == drop.host && a.dropped.is_none()) {
                arrival.dropped = Some(drop);
                return true;
            }
        }
        false
    }

    /// The kernel spoke after a call had returned. Two ask at about the same time, after a call and about the
    /// frames: a change belongs to the frame that brought it, whoever heard of it first.
    fn after_call(&mut self, id: CallId, change: Option<StateChange>) -> Option<StateChange> {
        if let Some(row) = self.rows.call(id) {
            row.asked = true;
        }
        let change = self.given_to_arrival(change?)?;
        let change = self.given_to_departure(change)?;
        match self.rows.call(id) {
            Some(row) if row.returned.is_some() => row.states.push(change),
            _ => return Some(change),
        }
        None
    }

    /// Gives a change to the arrival that brought it, where that arrival's own word is still to come.
    fn given_to_arrival(&mut self, change: StateChange) -> Option<StateChange> {
        for row in self.rows.iter_mut() {
            let arrival = match &mut row.body {
                RowBody::Left(id) => self.journeys.get_mut(*id).and_then(|j| j.arrival.as_mut()),
                RowBody::Arrived(_, arrival) => Some(&mut **arrival),
                _ => None,
            };
            if let Some(arrival) = arrival
                && !arrival.asked
                && arrival.host == change.host
                && belongs(&arrival.seen_frame, &change, false)
                && self.fins.arrival_brings(&arrival.seen_frame, &change)
            {
                arrival.states.push(change);
                return None;
            }
        }
        Some(change)
    }

    /// Gives a change to the departure that it made the kernel send, where that is still to be told.
    fn given_to_departure(&mut self, change: StateChange) -> Option<StateChange> {
        for row in self.rows.iter_mut() {
            if let RowBody::Left(id) = row.body
                && let Some(journey) = self.journeys.get_mut(id)
                && journey.from == Some(change.host)
                && let Some(seen_frame) = &journey.departure
                && belongs(seen_frame, &change, true)
                && departure_shows(seen_frame, change.now)
            {
                journey.sender_states.push(change);
                return None;
            }
        }
        Some(change)
    }

    /// Gives a state that only a close of its own side brings to the FIN or to the call that brought it, when the kernel
    /// spoke of it because of a frame that left or arrived just before. `id` is that frame, where it left.
    fn given_to_close(
        &mut self,
        id: Option<JourneyId>,
        change: StateChange,
    ) -> Option<StateChange> {
        let frame = id.and_then(|id| self.journeys.get(id));
        let seen_frame = frame.and_then(|journey| journey.departure.as_ref());
        let shows = seen_frame.is_some_and(|seen_frame| departure_shows(seen_frame, change.now));
        if !closes(change.now) || shows {
            return Some(change);
        }
        let change = self.given_to_departure(change)?;
        let calls = self.rows.calls_of(change.host);
        let closing = calls.filter(|row| {
            matches!(row.call.name, CallName::Close | CallName::Shutdown)
                && row.call.at <= change.at
        });
        match closing.last() {
            Some(row) => row.states.push(change),
            None => return Some(change),
        }
        None
    }

    /// The kernel spoke without a frame or a call to tie it to.
    fn looked(&mut self, change: StateChange) -> Option<StateChange> {
        for row in self.rows.iter_mut().rev() {
            if let RowBody::Seen(seen) = &mut row.body {
                if !seen.settled
                    && (belongs(&seen.seen_frame, &change, true)
                        || belongs(&seen.seen_frame, &change, false))
                {
                    seen.states.push(change);
                    return None;
                }
                break;
            }
        }
        Some(change)
    }

    /// The kernels are asked about arrivals in their order, though not about every one: those that arrived at
    /// this host before `id` will not be asked about any more.
    fn settle_arrivals(&mut self, host: HostId, id: JourneyId) {
        for row in self.rows.iter_mut() {
            let (other, arrival) = match &mut row.body {
                RowBody::Left(other) => (
                    *other,
                    self.journeys
                        .get_mut(*other)
                        .and_then(|j| j.arrival.as_mut()),
                ),
                RowBody::Arrived(other, arrival) => (*other, Some(&mut **arrival)),
                _ => continue,
            };
            if let Some(arrival) = arrival.filter(|a| a.host == host && other <= id) {
                arrival.asked = true;
            }
        }
    }
}

fn sample(seen: &StateSeen) -> Option<Sample> {
    let info = seen.info?;
    Some(Sample { at: seen.at, info })
}

/// The frame goes between the change's two ends, from (`sent`) or to its host.
fn belongs(seen_frame: &SeenFrame, change: &StateChange, sent: bool) -> bool {
    let Some((from, to)) = seen_frame.followed.ends else {
        return false;
    };
    let (local, remote) = if sent { (from, to) } else { (to, from) };
    change.local.port == local.port && change.remote.is_none_or(|r| r == remote)
}
