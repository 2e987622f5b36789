//! The timeline: one fact in, the moments that became decidable out.
//!
//! The way of a fact: [`Vantages`](vantages) follow a frame, [`Journeys`](journey) match it with
//! what the other sniffer and the wire saw, the [`RowQueue`](row_queue) holds it back until its place and its shape are
//! certain, the [`Narrator`](super::narrate) says what it is, why it came and what comes next.

mod by_digest;
mod journey;
mod row_queue;
mod states;
mod summary;
mod vantages;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::model::{
    Call, CallId, CallName, Fact, Fate, Frame, Host, HostId, Returned, Setting, StateSeen, Time,
    Trigger, Vantage, Verdict,
};
use crate::model::{Direction, setting::Place};

use crate::protocol::follow::Followed;

use super::narrate::{BothEnds, Narrator};
use super::{
    CallMoment, CallPhase, FrameKind, Moment, Sample, StateChange, Summary, Transit, TransitPhase,
    What,
};
use journey::{Arrival, Journey, JourneyId, Journeys};
pub(super) use row_queue::SeenRow;
use row_queue::{CallRow, RowBody, RowQueue, TimelineRow};
use states::{Fins, States, closes, departure_shows};
use summary::SummaryCounter;
use vantages::{SeenFrame, Vantages};

/// Moments that one fact makes at most; what it decided beyond them is told by the next. Only a file that was made for
/// it has so many: each of its rows with a lost copy for every one of very many hosts.
const AT_ONCE: usize = 8192;

/// What a reader has had explained at length.
#[derive(Clone, Debug, Default)]
pub struct Explained(std::collections::BTreeSet<&'static str>);

/// Computes a story from facts, one at a time, with bounded look-back. What it tells depends on the facts and
/// their order alone.
#[derive(Debug, Default)]
pub struct Timeline {
    settings: Vec<Setting>,
    hosts: Vec<Host>,
    begun: bool,
    /// The loopback's frames wait for the kernel's word a little, a file's do not.
    loopback: bool,
    pos: u64,
    now: Option<Time>,
    vantages: Vantages,
    journeys: Journeys,
    states: States,
    fins: Fins,
    rows: RowQueue,
    /// Calls that have not returned.
    open: BTreeMap<CallId, Rc<Call>>,
    /// Sockets that are no TCP sockets: the kernel is not asked about their calls.
    not_tcp: std::collections::BTreeSet<(HostId, u32)>,
    narrator: Narrator,
    counter: SummaryCounter,
}

impl Timeline {
    /// A timeline to which nothing has been told yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A timeline for a reader who has just been told other runs: what was explained there at length is said
    /// shortly.
    #[must_use]
    pub fn after(said: &Explained) -> Self {
        let mut timeline = Self::default();
        timeline.narrator.has_said(said.0.clone());
        timeline
    }

    /// What was explained at length so far.
    #[must_use]
    pub fn said(&self) -> Explained {
        Explained(self.narrator.said().clone())
    }

    /// Takes the next fact; moments that became decidable by it are pushed to `out`.
    pub fn fact(&mut self, fact: &Fact<'_>, out: &mut Vec<Moment>) {
        self.pos += 1;
        if let Fact::Setting { setting, .. } = fact {
            self.setting(setting);
            return;
        }
        self.begin(fact.at());
        self.until(fact.at(), out);
        self.counter.time(fact.at());
        match fact {
            Fact::Setting { .. } => {}
            Fact::Frame(frame) => self.frame(frame),
            Fact::Fate(fate) => self.fate(fate),
            Fact::Delivery(delivery) => self.journeys.delivered(delivery),
            Fact::Call(call) => self.call(call),
            Fact::Returned(returned) => self.returned(returned),
            Fact::State(seen) => self.state(seen),
            Fact::Hole(hole) => self.rows.push(hole.at, done(What::Hole(*hole))),
            Fact::Outcome(outcome) => {
                self.rows.push(outcome.at, done(What::End(outcome.clone())));
            }
        }
        self.tell(out);
    }

    /// Takes a frame of a file that was followed elsewhere, with its number there: for views of a part of a large file,
    /// whose other packets are followed but not told.
    pub fn followed(
        &mut self,
        frame: &Frame<'_>,
        number: u32,
        followed: Followed,
        out: &mut Vec<Moment>,
    ) {
        self.pos += 1;
        self.begin(frame.at);
        self.until(frame.at, out);
        self.counter.time(frame.at);
        let seen_frame = self.vantages.followed(frame, number, followed);
        self.rows.push(
            frame.at,
            RowBody::Seen(SeenRow {
                seen_frame,
                settled: true,
                states: Vec::new(),
            }),
        );
        self.tell(out);
    }

    /// A promise that no later fact will be older than `time`: lets a live run tell what it can no longer
    /// change without waiting for the next fact. It never changes what is told, only when.
    pub fn until(&mut self, time: Time, out: &mut Vec<Moment>) {
        self.now = Some(self.now.map_or(time, |now| now.max(time)));
        self.tell(out);
    }

    /// The oldest of what is held back; whatever is told later is not older.
    #[must_use]
    pub fn held_back(&self) -> Option<Time> {
        self.rows.oldest()
    }

    /// There are no more facts: the rest of the moments, and what it all came to.
    pub fn finish(&mut self, out: &mut Vec<Moment>) -> Summary {
        if !self.begun && !self.settings.is_empty() {
            self.begin(Time::default());
        }
        while self.last(out) {}
        self.counter.summary(&self.narrator)
    }

    /// There are no more facts: the next row of the rest, for who keeps no moments; false when nothing is left but
    /// [`Self::finish`].
    pub fn last(&mut self, out: &mut Vec<Moment>) -> bool {
        let row = self.rows.force(&mut self.journeys);
        let found = row.is_some();
        if let Some(row) = row {
            self.moment(row, out);
        }
        found
    }

    fn setting(&mut self, setting: &Setting) {
        self.vantages.setting(setting);
        match setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Delay(delay) => self.rows.delay = *delay,
            Setting::Place(place) => self.loopback = *place != Place::Wire,
            _ => {}
        }
        self.narrator.setting(setting);
        if !self.begun {
            self.settings.push(setting.clone());
        }
    }

    /// The story begins with the first fact that is no setting.
    fn begin(&mut self, at: Time) {
        if !self.begun {
            self.begun = true;
            let settings = Rc::new(std::mem::take(&mut self.settings));
            self.rows.push(at, done(What::Begin(settings)));
        }
    }

    fn frame(&mut self, frame: &Frame<'_>) {
        let seen_frame = self.vantages.see(frame);
        match (frame.vantage, frame.direction) {
            (Vantage::Host(host), Direction::Received) => self.arrival(host, frame.at, seen_frame),
            (Vantage::Host(host), _) => {
                self.fins.left(&seen_frame);
                let id = self.journeys.sent(self.pos, host, seen_frame, &self.hosts);
                self.journeys.happened_at(host);
                self.rows.push(frame.at, RowBody::Left(id));
            }
            (Vantage::Loopback | Vantage::File(_), _) => {
                for host in self.open_hosts() {
                    self.disturb(host);
                }
                self.settle_seen();
                let settled = !self.loopback;
                self.rows.push(
                    frame.at,
                    RowBody::Seen(SeenRow {
                        seen_frame,
                        settled,
                        states: Vec::new(),
                    }),
                );
            }
        }
    }

    fn arrival(&mut self, host: HostId, at: Time, seen_frame: SeenFrame) {
        let matched = self.journeys.arrived(host, &seen_frame);
        let mut arrival = Arrival {
            at,
            host,
            copy: matched.copy,
            seen_frame,
            asked: false,
            info: None,
            states: Vec::new(),
        };
        self.disturb(host);
        let Some(journey) = self.journeys.get_mut(matched.id) else {
            return;
        };
        let mut early = journey.receiver_early.iter();
        if let Some(at) = early.position(|(h, ..)| *h == host) {
            let (_, change, info) = journey.receiver_early.remove(at);
            arrival.asked = true;
            arrival.info = info;
            arrival.states.extend(change);
        }
        if matched.whole {
            journey.arrival = Some(arrival);
        } else {
            self.journeys.happened_at(host);
            self.rows.push(at, RowBody::Arrived(matched.id, arrival));
        }
    }

    fn fate(&mut self, fate: &Fate) {
        self.narrator.fated(fate);
        self.journeys.fated(fate);
    }

    fn call(&mut self, call: &Call) {
        self.disturb(call.host);
        self.journeys.happened_at(call.host);
        self.settle_calls(call.host);
        self.settle_seen();
        let call = Rc::new(call.clone());
        self.open.insert(call.id, Rc::clone(&call));
        self.rows.push(
            call.at,
            RowBody::Call(CallRow {
                call,
                returned: None,
                phase: CallPhase::Begun,
                decided: false,
                asked: false,
                states: Vec::new(),
            }),
        );
    }

    fn returned(&mut self, returned: &Returned) {
        let Some(call) = self.open.remove(&returned.id) else {
            return;
        };
        if super::narrate::sockets::makes_no_tcp(&call, returned) {
            self.not_tcp
                .extend(super::narrate::sockets::made(&call, returned));
        }
        let asked = self.not_tcp.contains(&(call.host, call.socket));
        let returned = Rc::new(returned.clone());
        if let Some(row) = self.rows.call(returned.id).filter(|row| !row.decided) {
            row.returned = Some(returned);
            row.phase = CallPhase::Whole;
            row.decided = true;
            row.asked = asked;
            return;
        }
        self.disturb(call.host);
        self.journeys.happened_at(call.host);
        self.rows.push(
            returned.at,
            RowBody::Call(CallRow {
                call,
                returned: Some(returned),
                phase: CallPhase::Returned,
                decided: true,
                asked,
                states: Vec::new(),
            }),
        );
    }

    fn state(&mut self, seen: &StateSeen) {
        let change = self.states.seen(seen);
        match seen.trigger {
            Trigger::Held(wire_no) => self.held(wire_no, sample(seen), change),
            Trigger::Delivered(wire_no) => self.word_of_receiver(wire_no, seen, change),
            Trigger::Returned(id) => self.word_after(id, change),
            Trigger::Looked => {
                if let Some(change) = change {
                    self.looked(change);
                }
            }
        }
    }

    /// The sender's kernel spoke when the wire held a frame of it.
    fn held(&mut self, wire_no: u64, info: Option<Sample>, change: Option<StateChange>) {
        let id = self.journeys.on_wire(wire_no);
        if let Some(journey) = id.and_then(|id| self.journeys.get_mut(id)) {
            journey.sender_info = info;
        }
        let journeys = &mut self.journeys;
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
        let Some(change) = change else { return };
        if let Some(change) = self.given_to_arrival(change)
            && let Some(change) = self.given_to_close(id, change)
        {
            let waiting = id.filter(|id| self.rows.has_left(*id));
            match waiting.and_then(|id| self.journeys.get_mut(id)) {
                Some(journey) => journey.sender_states.push(change),
                None => self.own_row(change),
            }
        }
    }

    /// The receiver's kernel spoke when a frame had been delivered.
    fn word_of_receiver(&mut self, wire_no: u64, seen: &StateSeen, change: Option<StateChange>) {
        let host = seen.host;
        let Some(id) = self.journeys.on_wire(wire_no) else {
            if let Some(change) = change {
                self.own_row(change);
            }
            return;
        };
        let mut change = change.and_then(|change| self.given_to_close(None, change));
        let mut found = false;
        for row in self.rows.iter_mut() {
            let arrival = match &mut row.body {
                RowBody::Left(other) if *other == id => {
                    self.journeys.get_mut(id).and_then(|j| j.arrival.as_mut())
                }
                RowBody::Arrived(other, arrival) if *other == id => Some(arrival),
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
        }
        if found {
            return;
        }
        match self.journeys.get_mut(id) {
            Some(journey) if !journey.arrived => {
                journey.receiver_early.push((host, change, sample(seen)));
            }
            _ => {
                if let Some(change) = change {
                    self.own_row(change);
                }
            }
        }
    }

    /// The kernel spoke after a call had returned. Two ask at about the same time, after a call and about the
    /// frames: a change belongs to the frame that brought it, whoever heard of it first.
    fn word_after(&mut self, id: CallId, change: Option<StateChange>) {
        if let Some(row) = self.rows.call(id) {
            row.asked = true;
        }
        let Some(change) = change else { return };
        let Some(change) = self.given_to_arrival(change) else {
            return;
        };
        let Some(change) = self.given_to_departure(change) else {
            return;
        };
        match self.rows.call(id) {
            Some(row) if row.returned.is_some() => row.states.push(change),
            _ => self.own_row(change),
        }
    }

    /// Gives a change to the arrival that brought it, where that arrival's own word is still to come.
    fn given_to_arrival(&mut self, change: StateChange) -> Option<StateChange> {
        for row in self.rows.iter_mut() {
            let arrival = match &mut row.body {
                RowBody::Left(id) => self.journeys.get_mut(*id).and_then(|j| j.arrival.as_mut()),
                RowBody::Arrived(_, arrival) => Some(arrival),
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
    fn looked(&mut self, change: StateChange) {
        for row in self.rows.iter_mut().rev() {
            if let RowBody::Seen(seen) = &mut row.body {
                if !seen.settled
                    && (belongs(&seen.seen_frame, &change, true)
                        || belongs(&seen.seen_frame, &change, false))
                {
                    seen.states.push(change);
                    return;
                }
                break;
            }
        }
        self.own_row(change);
    }

    fn own_row(&mut self, change: StateChange) {
        self.disturb(change.host);
        self.journeys.happened_at(change.host);
        self.rows.push(change.at, done(What::State(change)));
    }

    /// Something reached this host or was done there: its calls that have not returned are told as begun.
    fn disturb(&mut self, host: HostId) {
        for call in self.rows.calls_of(host) {
            call.decided = true;
        }
    }

    /// The host's next call has begun: nobody will ask about the one before any more.
    fn settle_calls(&mut self, host: HostId) {
        for call in self.rows.calls_of(host) {
            call.asked = true;
        }
    }

    fn settle_seen(&mut self) {
        if !self.loopback {
            return;
        }
        for row in self.rows.iter_mut() {
            if let RowBody::Seen(seen) = &mut row.body {
                seen.settled = true;
            }
        }
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
                RowBody::Arrived(other, arrival) => (*other, Some(arrival)),
                _ => continue,
            };
            if let Some(arrival) = arrival.filter(|a| a.host == host && other <= id) {
                arrival.asked = true;
            }
        }
    }

    /// Hosts with a call that has not returned.
    fn open_hosts(&self) -> Vec<HostId> {
        let mut hosts: Vec<HostId> = self.open.values().map(|call| call.host).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// Tells what can no longer change.
    fn tell(&mut self, out: &mut Vec<Moment>) {
        let Some(now) = self.now else { return };
        let most = out.len() + AT_ONCE;
        while out.len() < most
            && let Some(row) = self.rows.next(now, &mut self.journeys)
        {
            self.moment(row, out);
        }
    }

    fn moment(&mut self, row: TimelineRow, out: &mut Vec<Moment>) {
        let mut flow = None;
        let mut ends = BothEnds::default();
        let mut journey = None;
        let what = match row.body {
            RowBody::Done(what) => *what,
            RowBody::Call(call) => What::Call(CallMoment {
                phase: call.phase,
                call: call.call,
                returned: call.returned,
                states: call.states,
            }),
            RowBody::Left(id) => {
                let Some(told) = self.journeys.get_mut(id).and_then(departure) else {
                    return;
                };
                journey = Some(id);
                flow = told.flow;
                ends = told.ends;
                What::Transit(told.transit)
            }
            RowBody::Arrived(id, arrival) => {
                flow = arrival.seen_frame.flow;
                ends.receiver = Some(Rc::clone(&arrival.seen_frame.followed));
                What::Transit(arrived(self.journeys.get(id), arrival))
            }
            RowBody::Seen(seen) => {
                flow = seen.seen_frame.flow;
                What::Transit(self.narrator.seen(seen))
            }
        };
        let mut moment = Moment {
            at: row.at,
            what,
            flow,
            notes: Vec::new(),
        };
        self.narrator.tell(&mut moment, &ends);
        if let (Some(id), What::Transit(transit)) = (journey, &moment.what)
            && let Some(journey) = self.journeys.get_mut(id)
        {
            journey.kind = Some(transit.kind);
        }
        self.counter.moment(&moment);
        let lost = lost_copies(&moment);
        out.push(moment);
        for mut copy in lost {
            self.narrator.tell(&mut copy, &BothEnds::default());
            out.push(copy);
        }
    }
}

/// A departure's moment in the making.
struct DepartureMoment {
    transit: Transit,
    flow: Option<u32>,
    ends: BothEnds,
}

/// The departure's row, with the arrival when it is whole. What was seen there is no longer needed after it.
fn departure(journey: &mut Journey) -> Option<DepartureMoment> {
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
    let receiver_info = arrival.as_ref().and_then(|arrival| arrival.info);
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
            fate: journey.fate.clone(),
            frame: seen.frame,
            followed: seen.followed,
            sender_states: std::mem::take(&mut journey.sender_states),
            receiver_states,
            sender_info: journey.sender_info.map(Box::new),
            receiver_info: receiver_info.map(Box::new),
        },
    })
}

/// Of a departure to several hosts: a moment for each copy that ended on the wire while others went on.
fn lost_copies(departure: &Moment) -> Vec<Moment> {
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
fn arrived(journey: Option<&Journey>, arrival: Arrival) -> Transit {
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
        fate: journey
            .and_then(|j| j.fate.as_ref())
            .map(|fate| fate_of_copy(fate, arrival.host)),
        frame: arrival.seen_frame.frame,
        followed: arrival.seen_frame.followed,
        sender_states: Vec::new(),
        receiver_states: arrival.states,
        sender_info: None,
        receiver_info: arrival.info.map(Box::new),
    }
}

fn sample(seen: &StateSeen) -> Option<Sample> {
    let info = seen.info?;
    Some(Sample { at: seen.at, info })
}

fn done(what: What) -> RowBody {
    RowBody::Done(Box::new(what))
}

/// The frame goes between the change's two ends, from (`sent`) or to its host.
fn belongs(seen_frame: &SeenFrame, change: &StateChange, sent: bool) -> bool {
    let Some((from, to)) = seen_frame.followed.ends else {
        return false;
    };
    let (local, remote) = if sent { (from, to) } else { (to, from) };
    change.local.port == local.port && change.remote.is_none_or(|r| r == remote)
}

#[cfg(test)]
mod tests;
