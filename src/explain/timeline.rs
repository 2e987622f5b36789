//! The timeline: one fact in, the moments that became decidable out.
//!
//! The way of a fact: [`Vantages`](vantages) follow a frame, [`Journeys`](journey) match it with
//! what the other sniffer and the wire saw, the [`RowQueue`](row_queue) holds it back until its place and its shape are
//! certain, [`attribution`] gives the kernel's word to the row that it is about,
//! [`transits`] make rows of frames into moments, the [`Narrator`](super::narrate) says what each is, why it came and what
//! comes next.

mod attribution;
mod by_digest;
mod journey;
mod row_queue;
mod states;
mod summary;
mod transits;
mod vantages;

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::model::{
    Call, CallId, Direction, Fact, Fate, Frame, Hole, Host, HostDrop, HostId, Returned, Setting,
    StateSeen, Time, Vantage, setting::Place,
};
use crate::protocol::follow::Followed;

use super::moment::is_late;
use super::narrate::{BothEnds, Narrator};
use super::{CallMoment, CallPhase, Moment, StateChange, Summary, What};
use attribution::Attribution;
use journey::{Arrival, Journeys};
use row_queue::{CallRow, RowBody, RowQueue, SeenRow, TimelineRow};
use states::{Fins, States};
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
    /// What the run was made with; whole when the story begins.
    settings: Rc<Vec<Setting>>,
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
    pub fn fact(&mut self, fact: Fact<'_>, out: &mut Vec<Moment>) {
        self.pos += 1;
        if !matches!(fact, Fact::Setting { .. }) {
            self.begin(fact.at());
            self.until(fact.at(), out);
            self.counter.time(fact.at());
        }
        match fact {
            Fact::Setting { setting, .. } => return self.setting(setting),
            Fact::Frame(frame) => self.frame(frame),
            Fact::Fate(fate) => self.fate(&fate),
            Fact::Delivery(delivery) => self.journeys.delivered(&delivery),
            Fact::Call(call) => self.call(call),
            Fact::Returned(returned) => self.returned(returned),
            Fact::State(seen) => self.state(&seen),
            Fact::Hole(hole) => {
                if hole.kind.breaks_off() {
                    self.begin_afresh(&hole, out);
                }
                self.rows.push(hole.at, done(What::Hole(hole)));
            }
            Fact::Dropped(drop) => self.dropped(drop),
            Fact::Process(seen) => self.rows.push(seen.at, done(What::Process(seen))),
            Fact::Program(end) => self.rows.push(end.at, done(What::Program(end))),
            Fact::Outcome(outcome) => {
                self.rows.push(outcome.at, done(What::End(outcome)));
            }
        }
        self.tell(out);
    }

    /// Takes a frame of a file that was followed elsewhere, with its number there: for views of a part of a large file,
    /// whose other packets are followed but not told.
    pub fn followed(
        &mut self,
        frame: Frame<'_>,
        number: u32,
        followed: Followed,
        out: &mut Vec<Moment>,
    ) {
        let at = frame.at;
        self.pos += 1;
        self.begin(at);
        self.until(at, out);
        self.counter.time(at);
        let seen_frame = self.vantages.followed(frame, number, followed);
        self.rows.push(
            at,
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
        self.counter.summary(self.narrator.round_trip())
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

    fn setting(&mut self, setting: Setting) {
        self.vantages.setting(&setting);
        match &setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Delay(delay) => self.rows.delay = *delay,
            Setting::Place(place) => self.loopback = *place != Place::Wire,
            _ => {}
        }
        self.narrator.setting(&setting);
        if !self.begun {
            Rc::make_mut(&mut self.settings).push(setting);
        }
    }

    /// Too much is missing here: what is held back is told as it is, and nothing of what was before is known any more
    /// but the settings, what was said at length, and the counts.
    fn begin_afresh(&mut self, hole: &Hole, out: &mut Vec<Moment>) {
        while self.last(out) {}
        let before = std::mem::replace(self, Self::after(&self.said()));
        for setting in before.settings.iter() {
            self.setting(setting.clone());
        }
        self.narrator.missed_fates();
        self.settings = before.settings;
        self.begun = true;
        self.pos = before.pos;
        self.now = before.now;
        self.counter = before.counter;
        self.vantages.continue_numbers(before.vantages, hole);
    }

    /// The story begins with the first fact that is no setting.
    fn begin(&mut self, at: Time) {
        if !self.begun {
            self.begun = true;
            let settings = Rc::clone(&self.settings);
            self.rows.push(at, done(What::Begin(settings)));
        }
    }

    fn frame(&mut self, frame: Frame<'_>) {
        let (at, vantage, direction) = (frame.at, frame.vantage, frame.direction);
        let seen_frame = self.vantages.see(frame);
        match (vantage, direction) {
            (Vantage::Host(host), Direction::Received) => self.arrival(host, at, seen_frame),
            (Vantage::Host(host), _) => {
                self.fins.left(&seen_frame);
                let id = self.journeys.sent(self.pos, host, seen_frame, &self.hosts);
                self.journeys.happened_at(host);
                self.rows.push(at, RowBody::Left(id));
            }
            (Vantage::Loopback | Vantage::File(_), _) => {
                for host in self.open_hosts() {
                    self.disturb(host);
                }
                self.settle_seen();
                let settled = !self.loopback;
                self.rows.push(
                    at,
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
            late: matched
                .due
                .map(|due| at.since(due))
                .filter(|by| is_late(*by, self.rows.delay)),
            seen_frame,
            asked: false,
            info: None,
            states: Vec::new(),
            dropped: None,
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
            self.rows
                .push(at, RowBody::Arrived(matched.id, Box::new(arrival)));
        }
    }

    fn fate(&mut self, fate: &Fate) {
        self.narrator.fated(fate);
        self.journeys.fated(fate);
    }

    fn call(&mut self, call: Call) {
        self.disturb(call.host);
        self.journeys.happened_at(call.host);
        self.settle_calls(call.host);
        self.settle_seen();
        let call = Rc::new(call);
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

    fn returned(&mut self, returned: Returned) {
        let Some(call) = self.open.remove(&returned.id) else {
            return;
        };
        if super::narrate::sockets::makes_no_tcp(&call, &returned) {
            self.not_tcp
                .extend(super::narrate::sockets::made(&call, &returned));
        }
        let asked = self.not_tcp.contains(&(call.host, call.socket));
        let returned = Rc::new(returned);
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

    /// The kernel spoke of a socket. What nothing that is told has brought gets a row of its own.
    fn state(&mut self, seen: &StateSeen) {
        let change = self.states.seen(seen);
        let mut told = Attribution {
            rows: &mut self.rows,
            journeys: &mut self.journeys,
            fins: &self.fins,
        };
        if let Some(change) = told.word(seen, change) {
            self.own_row(change);
        }
    }

    /// A kernel dropped something of what had arrived: told where that arrival is, or else with the next row.
    fn dropped(&mut self, drop: HostDrop) {
        let mut told = Attribution {
            rows: &mut self.rows,
            journeys: &mut self.journeys,
            fins: &self.fins,
        };
        if !told.dropped(drop) {
            self.narrator.drops_later(drop);
        }
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
                let Some(told) = self.journeys.get_mut(id).and_then(transits::departure) else {
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
                What::Transit(transits::arrived(self.journeys.get(id), *arrival))
            }
            RowBody::Seen(seen) => {
                flow = seen.seen_frame.flow;
                let hosts = self.narrator.hosts_of(&seen.seen_frame.followed);
                What::Transit(transits::seen(seen, hosts))
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
        let lost = transits::lost_copies(&moment);
        out.push(moment);
        for mut copy in lost {
            self.narrator.tell(&mut copy, &BothEnds::default());
            out.push(copy);
        }
    }
}

fn done(what: What) -> RowBody {
    RowBody::Done(Box::new(what))
}

#[cfg(test)]
mod tests;
