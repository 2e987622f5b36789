//! What a picture of a story shows: each frame's flight from host to host as one thing, each call from its begin to its
//! return, how long each state lasted, and what was complete when; joined from the moments that tell parts of them.
//!
//! Memory is bounded: after [`MOST`] flights (or as many calls, or states) the picture holds no more of them, and says how many
//! frames it lacks.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::rc::Rc;

use crate::model::{
    Call, Endpoint, Host, HostId, Outcome, Returned, Setting, TcpState, Time, Untrusted, Verdict,
};
use crate::protocol::decode::Body;
use crate::protocol::follow::{Conversation, Way};

use super::{
    CallMoment, CallPhase, Moment, MomentSink, Note, NoteKind, StateChange, Transit, TransitPhase,
    What,
};

/// So many flights are kept, so many calls, so many states.
pub const MOST: usize = 20_000;
/// So many lanes at most: further addresses of a capture share the last.
pub const MOST_LANES: usize = 6;

/// A story as it is drawn: see the [module](self).
#[derive(Debug, Default)]
pub struct Spacetime {
    /// Only what belongs to this conversation of the saved vantage is drawn, where one was chosen.
    chosen: Option<Conversation>,
    /// That conversation's number in the story, once it is known.
    flow: Option<u32>,
    /// The hosts of the lab, by their numbers; none of a foreign file.
    pub hosts: Vec<Host>,
    /// The vertical lines, left to right.
    pub lanes: Vec<Lane>,
    /// Frames, in the order in which they are first told.
    pub flights: Vec<Flight>,
    /// Calls, in the order of their begin.
    pub calls: Vec<CallBar>,
    /// States, in the order of their begin.
    pub states: Vec<StateStretch>,
    /// What was complete, in order.
    pub milestones: Vec<Milestone>,
    /// The wire's rules as they were given.
    pub rules: Vec<Untrusted>,
    /// The command or the lesson that made the run.
    pub command: Option<Untrusted>,
    /// The first moment that is drawn.
    pub begun: Option<Time>,
    /// The last thing that is drawn.
    pub ended: Option<Time>,
    /// So many flights are kept; 0 stands for [`MOST`].
    limit: usize,
    /// Frames that found no room.
    pub left_out: u64,
    /// Moments so far: the first has number 1.
    moments: u32,
    /// Frames under way, by sender, departure and number on the wire.
    under_way: BTreeMap<(u8, i64, u64), usize>,
    /// Calls that have not returned.
    waiting: BTreeMap<u32, usize>,
    /// The state that a socket is in.
    current: BTreeMap<(u8, Endpoint, Option<Endpoint>), usize>,
}

/// A vertical line: a host, or an address of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lane {
    /// The host; none in a foreign file.
    pub host: Option<HostId>,
    /// Its address, where that is known.
    pub address: Option<IpAddr>,
}

/// A frame's whole way.
#[derive(Clone, Debug)]
pub struct Flight {
    /// The number of the moment that tells of it first, from 1 in the story.
    pub moment: u32,
    /// The lane that it left.
    pub from: usize,
    /// The lane that it goes to; the same as `from` within one host.
    pub to: usize,
    /// When it left; where only one vantage saw it, when that did.
    pub sent: Time,
    /// When it arrived; none when it did not, or nobody saw it.
    pub arrived: Option<Time>,
    /// It was seen at one vantage only: how long it flew is not known.
    pub seen_once: bool,
    /// It ended on the wire …
    pub lost: bool,
    /// … and by this rule, as an index into [`Spacetime::rules`].
    pub rule: Option<u16>,
    /// These bytes, or this question, had been sent before.
    pub again: bool,
    /// All that is told of it.
    pub transit: Rc<Transit>,
}

/// A call from begin to return.
#[derive(Clone, Debug)]
pub struct CallBar {
    /// The number of the moment that tells of it first.
    pub moment: u32,
    /// The caller's lane.
    pub lane: usize,
    /// The call; its begin is the call's time.
    pub call: Rc<Call>,
    /// What it gave; none when it never returned.
    pub returned: Option<Rc<Returned>>,
    /// Something of its host happened in between.
    pub waited: bool,
}

/// A socket in one state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateStretch {
    /// The lane of the host whose socket it is.
    pub lane: usize,
    /// The socket's own endpoint.
    pub local: Endpoint,
    /// The other end; none of a listener.
    pub remote: Option<Endpoint>,
    /// The state.
    pub state: TcpState,
    /// The one before, by the kernel's word; none when this is the first word about the socket.
    pub before: Option<TcpState>,
    /// When the kernel said so.
    pub from: Time,
    /// When it said something else; none when it never did.
    pub until: Option<Time>,
}

/// Something that was complete: opened, closed.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// The number of its moment.
    pub moment: u32,
    /// When.
    pub at: Time,
    /// What.
    pub note: Note,
}

impl Spacetime {
    /// Draws everything; with a conversation of the saved vantage only what belongs to that.
    #[must_use]
    pub fn of(chosen: Option<Conversation>) -> Self {
        Self {
            chosen,
            ..Self::default()
        }
    }

    /// The same, of so many frames at most: what comes behind them is left out.
    #[must_use]
    pub fn within(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    fn is_full(&self) -> bool {
        let limit = if self.limit == 0 { MOST } else { self.limit };
        self.flights.len() >= limit
    }

    /// There is nothing to draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.flights.is_empty() && self.calls.is_empty() && self.states.is_empty()
    }

    /// The path that each socket walked, in the order in which they came up: connections, and listeners that nobody connected to.
    /// What a listener was before a connection came of it is the beginning of the connection's path (RFC 9293 §3.3.2, where
    /// both are one).
    #[must_use]
    pub fn paths(&self) -> Vec<StatePath> {
        let mut paths: Vec<StatePath> = Vec::new();
        let mut places: BTreeMap<(usize, Endpoint, Option<Endpoint>), usize> = BTreeMap::new();
        for stretch in &self.states {
            let (lane, local, remote) = (stretch.lane, stretch.local, stretch.remote);
            let at = *places.entry((lane, local, remote)).or_insert_with(|| {
                let before = stretch.before.filter(|before| *before != TcpState::Listen);
                let listener = paths.iter().find(|path| {
                    path.remote.is_none() && path.lane == lane && path.local.port == local.port
                });
                let begun = match (stretch.state, listener, before) {
                    (TcpState::SynSent, ..) => vec![TcpState::Closed],
                    (_, Some(listener), None) if remote.is_some() => listener.states.clone(),
                    (_, _, Some(before)) => vec![before],
                    (TcpState::Closed, ..) => Vec::new(),
                    _ => vec![TcpState::Closed],
                };
                paths.push(StatePath {
                    lane,
                    local,
                    remote,
                    states: begun,
                });
                paths.len() - 1
            });
            if let Some(path) = paths.get_mut(at)
                && path.states.last() != Some(&stretch.state)
            {
                path.states.push(stretch.state);
            }
        }
        let is_used = |path: &StatePath| {
            path.remote.is_some()
                || !paths.iter().any(|other| {
                    other.remote.is_some()
                        && other.lane == path.lane
                        && other.local.port == path.local.port
                })
        };
        let used: Vec<bool> = paths.iter().map(is_used).collect();
        let mut used = used.into_iter();
        paths.retain(|_| used.next().unwrap_or(true));
        paths
    }

    fn is_chosen(&mut self, moment: &Moment) -> bool {
        let Some(chosen) = self.chosen else {
            return true;
        };
        if let What::Transit(transit) = &moment.what {
            let belongs = transit.followed.conversation == Some(chosen);
            if belongs && self.flow.is_none() {
                self.flow = moment.flow;
            }
            return belongs || (moment.flow.is_some() && moment.flow == self.flow);
        }
        moment.flow.is_none() || self.flow.is_none() || moment.flow == self.flow
    }

    fn settings(&mut self, settings: &[Setting]) {
        for setting in settings {
            match setting {
                Setting::Host(host) => {
                    self.hosts.push(host.clone());
                    self.lanes.push(Lane {
                        host: Some(host.id),
                        address: host
                            .ipv4
                            .map(IpAddr::from)
                            .or_else(|| host.ipv6.map(IpAddr::from)),
                    });
                }
                Setting::Rule(rule) => self.rules.push(rule.clone()),
                Setting::Command(command) => self.command = Some(command.clone()),
                _ => {}
            }
        }
    }

    fn reach(&mut self, at: Time) {
        self.begun = Some(self.begun.map_or(at, |begun| begun.min(at)));
        self.ended = Some(self.ended.map_or(at, |ended| ended.max(at)));
    }

    fn lane_of(&self, host: HostId) -> usize {
        let at = self.lanes.iter().position(|lane| lane.host == Some(host));
        at.unwrap_or(0)
    }

    /// The lane of an address in a file without hosts.
    fn lane_at(&mut self, address: IpAddr) -> usize {
        let known = |lane: &Lane| lane.address == Some(address);
        if let Some(at) = self.lanes.iter().position(known) {
            return at;
        }
        if self.lanes.len() < MOST_LANES {
            self.lanes.push(Lane {
                host: None,
                address: Some(address),
            });
        }
        self.lanes.len() - 1
    }

    /// From which lane to which.
    fn ends(&mut self, transit: &Transit) -> (usize, usize) {
        if self.hosts.is_empty() {
            let packet = transit.frame.packet();
            let ends = match (transit.followed.ends, packet.ip, packet.body) {
                (Some((from, to)), ..) => Some((from.addr, to.addr)),
                (None, Some(ip), _) => Some((ip.src, ip.dst)),
                (None, None, Body::Arp(arp)) => Some((arp.sender.into(), arp.target.into())),
                _ => None,
            };
            if let Some((from, to)) = ends.filter(|(from, to)| from != to) {
                return (self.lane_at(from), self.lane_at(to));
            }
        }
        let last = self.lanes.len().max(2) - 1;
        let far = |lane: usize| if lane == last { 0 } else { last };
        match (transit.from, transit.to) {
            (Some(from), Some(to)) => (self.lane_of(from), self.lane_of(to)),
            // To a group: to the farther end, past the others.
            (Some(from), None) => (self.lane_of(from), far(self.lane_of(from))),
            (None, Some(to)) => (far(self.lane_of(to)), self.lane_of(to)),
            (None, None) if transit.way == Way::FromOpener => (0, last),
            (None, None) => (last, 0),
        }
    }

    fn transit(&mut self, at: Time, transit: &Transit) {
        let key = (
            transit.from.map_or(u8::MAX, |host| host.0),
            transit.sent.map_or(i64::MIN, Time::ns),
            transit.fate.as_deref().map_or(0, |fate| fate.wire_no),
        );
        if transit.phase == TransitPhase::Arrived
            && let Some(flight) = self
                .under_way
                .get(&key)
                .and_then(|at| self.flights.get_mut(*at))
            && flight.arrived.is_none()
            && flight.transit.copy == transit.copy
        {
            flight.arrived = transit.arrived;
            let known = Rc::clone(&flight.transit);
            flight.transit = Rc::new(whole(&known, transit));
            self.reach(transit.arrived.unwrap_or(at));
            return;
        }
        if self.is_full() {
            self.left_out += u64::from(transit.phase != TransitPhase::Arrived);
            return;
        }
        let (from, to) = self.ends(transit);
        while self.lanes.len() < 2 {
            self.lanes.push(Lane::default());
        }
        let sent = transit.sent.or(transit.arrived).unwrap_or(at);
        let toward = transit.to.and_then(|to| {
            let fate = transit.fate.as_deref()?;
            Some(fate.toward(to))
        });
        let fate = transit.fate.as_deref();
        let (verdict, rule) = toward.map_or(
            (fate.map(|fate| &fate.verdict), fate.and_then(|f| f.rule)),
            |(v, r)| (Some(v), r),
        );
        if transit.phase == TransitPhase::Left {
            self.under_way.insert(key, self.flights.len());
        }
        let segment = transit.followed.segment.as_ref();
        self.flights.push(Flight {
            moment: self.moments,
            from,
            to,
            sent,
            arrived: transit.arrived,
            seen_once: transit.phase == TransitPhase::Seen || transit.sent.is_none(),
            lost: matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost)
                || verdict.is_some_and(Verdict::ends_it),
            rule,
            again: segment.is_some_and(|segment| {
                segment.is_resend()
                    || segment.why.before.is_some()
                    || segment.why.recovery.is_some()
            }),
            transit: Rc::new(transit.clone()),
        });
        self.reach(sent);
        if let Some(arrived) = transit.arrived {
            self.reach(arrived);
        }
    }

    fn call(&mut self, call: &CallMoment) {
        let id = call.call.id.0;
        if call.phase == CallPhase::Returned {
            if let Some(bar) = self
                .waiting
                .remove(&id)
                .and_then(|at| self.calls.get_mut(at))
            {
                bar.returned.clone_from(&call.returned);
            }
        } else if self.calls.len() < MOST {
            if call.phase == CallPhase::Begun {
                self.waiting.insert(id, self.calls.len());
            }
            self.calls.push(CallBar {
                moment: self.moments,
                lane: self.lane_of(call.call.host),
                call: Rc::clone(&call.call),
                returned: call.returned.clone(),
                waited: call.phase == CallPhase::Begun,
            });
            self.reach(call.call.at);
        }
        if let Some(returned) = &call.returned {
            self.reach(returned.at);
        }
    }

    fn state(&mut self, change: &StateChange) {
        let key = (change.host.0, change.local, change.remote);
        if let Some(stretch) = self
            .current
            .get(&key)
            .and_then(|at| self.states.get_mut(*at))
        {
            stretch.until = Some(change.at);
        }
        if self.states.len() >= MOST {
            return;
        }
        self.current.insert(key, self.states.len());
        self.states.push(StateStretch {
            lane: self.lane_of(change.host),
            local: change.local,
            remote: change.remote,
            state: change.now,
            before: change.before,
            from: change.at,
            until: None,
        });
        self.reach(change.at);
    }

    fn end(&mut self, outcome: &Outcome) {
        if self.begun.is_some() {
            // A run that only waits at its end is not drawn longer than what happened in it.
            self.ended = self.ended.map(|ended| ended.min(outcome.at));
        }
    }
}

/// The path that one socket walked through the states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePath {
    /// Its host's lane.
    pub lane: usize,
    /// Its own endpoint.
    pub local: Endpoint,
    /// The other end; none of a listener.
    pub remote: Option<Endpoint>,
    /// The states in order, each other than the one before it.
    pub states: Vec<TcpState>,
}

/// What is known of a frame when both of its ends were told.
fn whole(left: &Transit, arrived: &Transit) -> Transit {
    Transit {
        number: left.number.or(arrived.number),
        arrived: arrived.arrived,
        receiver_states: arrived.receiver_states.clone(),
        receiver_info: arrived.receiver_info.clone(),
        receiver_drop: arrived.receiver_drop.clone(),
        ..left.clone()
    }
}

impl MomentSink for Spacetime {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.moments = self.moments.saturating_add(1);
        if let What::Begin(settings) = &moment.what {
            self.settings(settings);
        }
        if !self.is_chosen(moment) {
            return;
        }
        if self.is_full() && !matches!(moment.what, What::Transit(_)) {
            return;
        }
        for note in &moment.notes {
            if note.kind == NoteKind::Milestone && self.milestones.len() < MOST {
                self.milestones.push(Milestone {
                    moment: self.moments,
                    at: moment.at,
                    note: note.clone(),
                });
            }
        }
        match &moment.what {
            What::Transit(transit) => {
                self.transit(moment.at, transit);
                for state in transit.sender_states.iter().chain(&transit.receiver_states) {
                    self.state(state);
                }
            }
            What::Call(call) => {
                self.call(call);
                call.states.iter().for_each(|state| self.state(state));
            }
            What::State(state) => self.state(state),
            What::End(outcome) => self.end(outcome),
            What::Begin(_) | What::Hole(_) | What::Program(_) | What::Process(_) => {}
        }
    }
}
