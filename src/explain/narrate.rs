//! The narrator: what each frame is, why it came now, what comes next; what is complete; where Linux does
//! something else than the textbook.
//!
//! It hears the rows in their order, which keeps every host's own order and lets every departure stand before
//! its arrival. So it knows at each departure what the sending host had done and heard until then, and says only
//! what follows from that. Sentences that need a call (`send()` handed them over) are left out where calls were
//! not recorded. An explanation is said at length once, and shortly afterwards.

pub(super) mod conn;

mod by_hand;
mod calls;
mod close;
mod congestion;
mod data;
mod datagrams;
mod drops;
mod ending;
mod groups;
mod on_the_way;
mod open;
mod other;
mod prompts;
mod ranges;
mod recover;
mod reset;
mod segment;
pub(super) mod sockets;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::model::setting::Place;
use crate::model::{
    CallId, CallName, Endpoint, Fate, HoleKind, Host, HostDrop, HostId, Setting, Span, TcpState,
    Verdict,
};
use crate::protocol::decode::Checksum;
use crate::protocol::follow::{Conversation, Followed, Way};
use crate::text::{Message, visible};

use super::{FrameKind, Moment, Note, NoteKind, StateChange, Transit, TransitPhase, What};
use conn::{Conn, Last};
use datagrams::DatagramTalks;
use ending::Endings;
use sockets::SocketTable;

/// What following a frame gave at both ends of its journey, as far as it was seen there.
#[derive(Debug, Default)]
pub(super) struct BothEnds {
    pub sender: Option<Rc<Followed>>,
    pub receiver: Option<Rc<Followed>>,
}

/// Tells what rows mean.
#[derive(Debug, Default)]
pub(super) struct Narrator {
    hosts: Vec<Host>,
    place: Option<Place>,
    /// TCP connections by flow.
    conns: BTreeMap<u32, Conn>,
    /// The ends of every flow, TCP or UDP: who sent first, the other; and their hosts.
    flows: BTreeMap<u32, Ends>,
    sockets: SocketTable,
    /// Endpoints that a host is known to have.
    owners: BTreeMap<Endpoint, HostId>,
    /// Calls were recorded.
    calls: bool,
    /// The wire's rules as they were written.
    rules: Vec<String>,
    /// Those that decided about a frame, as indices.
    used: BTreeSet<u16>,
    /// Calls of connect that returned before their answer had come.
    in_progress: BTreeSet<CallId>,
    /// Explanations that were given at length.
    said: BTreeSet<&'static str>,
    endings: Endings,
    datagrams: DatagramTalks,
    /// What kernels dropped and no row has told yet.
    drops: Vec<HostDrop>,
}

/// The ends of a flow.
#[derive(Clone, Copy, Debug)]
struct Ends {
    ends: [Endpoint; 2],
    hosts: [Option<HostId>; 2],
}

impl Narrator {
    /// Learns a setting.
    pub fn setting(&mut self, setting: &Setting) {
        match setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Place(place) => self.place = Some(*place),
            Setting::Kind(kind) => self.endings.kind(*kind),
            Setting::Rule(rule) => self.rules.push(visible::untrusted(rule)),
            _ => {}
        }
    }

    /// Learns what the wire did to a frame.
    pub fn fated(&mut self, fate: &Fate) {
        self.used.extend(fate.rule);
        self.used.extend(fate.apart.iter().map(|one| one.rule));
    }

    /// What the wire did for a while is not known: no rule can be said to have met nothing.
    pub fn missed_fates(&mut self) {
        self.used
            .extend((0u16..).zip(&self.rules).map(|(number, _)| number));
    }

    /// A note for each rule that no frame fell under: whoever wrote it waits for something that did not happen.
    fn unused_rules(&self) -> impl Iterator<Item = Note> {
        (0u16..)
            .zip(&self.rules)
            .filter(|(number, _)| !self.used.contains(number))
            .map(|(_, rule)| {
                let message = Message::new("note-rule-unused").text("rule", rule.clone());
                Note::new(NoteKind::Caution, message)
            })
    }

    /// Adds to a moment what is to be said about it.
    pub fn tell(&mut self, moment: &mut Moment, both: &BothEnds) {
        let mut notes = Vec::from_iter(self.endings.silence(moment));
        match &mut moment.what {
            What::Call(call) => {
                moment.flow = self.call(call, &mut notes);
                let flow = moment.flow;
                notes.extend(
                    flow.and_then(|flow| self.fin_waits(flow, call.call.host, &call.states)),
                );
                self.states(&call.states);
            }
            What::Transit(transit) => {
                if let Some(flow) = moment.flow {
                    self.meet(flow, transit);
                    self.orient(flow, transit);
                }
                self.states(&transit.sender_states);
                self.transit(moment.flow, transit, both, &mut notes);
                if let (Some(flow), Some(host)) = (moment.flow, transit.from) {
                    notes.extend(self.fin_waits(flow, host, &transit.sender_states));
                }
                if let (Some(flow), Some(host)) = (moment.flow, transit.to)
                    && let Some(note) = self.fin_waits(flow, host, &transit.receiver_states)
                {
                    // Its program has closed already.
                    notes.retain(|other| other.message.key != "note-fin-next-closed");
                    notes.push(note);
                }
                self.states(&transit.receiver_states);
            }
            What::State(state) => {
                moment.flow = self.flow_between(state);
                notes.extend(self.gave_up(moment.flow, state));
                if let Some(flow) = moment.flow {
                    notes.extend(self.fin_waits(flow, state.host, std::slice::from_ref(state)));
                }
                if state.now == TcpState::Listen && state.before.is_none() {
                    notes.push(Note::new(
                        NoteKind::What,
                        Message::new("note-listens-by-now"),
                    ));
                }
                self.states(std::slice::from_ref(state));
            }
            What::Hole(hole) => {
                let message = Message::new(match hole.kind {
                    HoleKind::Missed => "note-hole",
                    HoleKind::Late => "note-hole-late",
                    HoleKind::Untold { .. } => "note-untold",
                    HoleKind::Unsaved { .. } => "note-unsaved",
                });
                let message = message.int("frames", hole.frames);
                notes.push(Note::new(NoteKind::Caution, message));
            }
            What::Program(end) => self.endings.program(end),
            What::End(_) => {
                notes.extend(self.left_open());
                notes.extend(self.unused_rules());
            }
            What::Begin(_) | What::Process(_) => {}
        }
        for drop in std::mem::take(&mut self.drops) {
            notes.push(self.drop_note(&drop, None));
        }
        moment.notes = notes;
    }

    /// The measured round trip of the first connection that opened, if any did.
    pub fn round_trip(&self) -> Option<Span> {
        self.conns.values().find_map(|conn| conn.rtt)
    }

    /// Who sent a frame and who is to get it, where the vantage knows no ends: none where nobody said who there is. On a
    /// loopback both hosts have the same address; what they bound and connected tells them apart, and else the one
    /// who sends first is the client.
    pub fn hosts_of(&mut self, followed: &Followed) -> (Option<HostId>, Option<HostId>) {
        let Some((src, dst)) = followed.ends.filter(|_| !self.hosts.is_empty()) else {
            return (None, None);
        };
        let other = |host: HostId| {
            if host == HostId::CLIENT {
                HostId::SERVER
            } else {
                HostId::CLIENT
            }
        };
        let from = match (self.owners.get(&src), self.owners.get(&dst)) {
            (Some(from), _) => *from,
            (None, Some(to)) => other(*to),
            (None, None) if followed.way == Way::FromOpener => HostId::CLIENT,
            (None, None) => HostId::SERVER,
        };
        self.owners.entry(src).or_insert(from);
        (Some(from), Some(other(from)))
    }

    /// Makes sure that this frame's flow is known.
    fn meet(&mut self, flow: u32, transit: &Transit) {
        if self.flows.contains_key(&flow) {
            return;
        }
        let Some((src, dst)) = transit.followed.ends else {
            return;
        };
        let forward = transit.followed.way == Way::FromOpener;
        let order = |a, b| if forward { [a, b] } else { [b, a] };
        let ends = if forward { [src, dst] } else { [dst, src] };
        let hosts = order(transit.from, transit.to);
        self.flows.insert(flow, Ends { ends, hosts });
        if matches!(transit.followed.conversation, Some(Conversation::Tcp(_))) {
            self.conns.insert(flow, Conn::new(ends, hosts));
        }
        for (at, host) in hosts.into_iter().enumerate() {
            let Some(host) = host else { continue };
            let call = self.sockets.flow(host, ends[1 - at], flow);
            if let (Some(call), Some(conn)) = (call, self.conns.get_mut(&flow)) {
                calls::begun(&call, &mut conn.sides[at]);
            }
        }
    }

    /// Which way a frame goes, by its endpoints.
    fn orient(&self, flow: u32, transit: &mut Transit) {
        if let (Some(known), Some((src, _))) = (self.flows.get(&flow), transit.followed.ends) {
            transit.way = if src == known.ends[0] {
                Way::FromOpener
            } else {
                Way::FromAcceptor
            };
        }
    }

    /// The latest flow of a host with this other end.
    fn flow_with(&self, host: HostId, remote: Endpoint) -> Option<u32> {
        self.flows
            .iter()
            .rev()
            .find(|(_, known)| {
                (0..2).any(|at| {
                    known.ends[at] == remote && known.hosts[1 - at].is_none_or(|h| h == host)
                })
            })
            .map(|(flow, _)| *flow)
    }

    fn flow_between(&self, state: &StateChange) -> Option<u32> {
        self.flow_of(state.local, state.remote?)
    }

    /// The latest flow between these ends.
    fn flow_of(&self, local: Endpoint, remote: Endpoint) -> Option<u32> {
        self.flows
            .iter()
            .rev()
            .find(|(_, known)| {
                (0..2).any(|at| known.ends[at] == remote && known.ends[1 - at] == local)
            })
            .map(|(flow, _)| *flow)
    }

    fn states(&mut self, states: &[StateChange]) {
        for state in states {
            self.endings.state(state);
            self.owners.entry(state.local).or_insert(state.host);
            let flow = self.flow_between(state);
            if let Some(conn) = flow.and_then(|flow| self.conns.get_mut(&flow))
                && let Some(side) = conn.side_of(state.host)
            {
                conn.sides[side].state = Some(state.now);
                conn.sides[side].time_wait |= state.now == TcpState::TimeWait;
            }
        }
    }

    /// A frame's departure, its arrival, or both.
    fn transit(
        &mut self,
        flow: Option<u32>,
        transit: &mut Transit,
        both: &BothEnds,
        notes: &mut Vec<Note>,
    ) {
        if transit.phase == TransitPhase::CopyLost {
            notes.push(self.copy_lost(transit));
            return;
        }
        let leaves = transit.phase != TransitPhase::Arrived || transit.sent.is_none();
        let arrives = matches!(
            transit.phase,
            TransitPhase::Whole | TransitPhase::Arrived | TransitPhase::Seen
        );
        match (flow, transit.followed.segment.clone()) {
            (Some(_), Some(_)) if other::refused(transit, leaves, notes) => {}
            (Some(flow), Some(seen)) => {
                let segment = both
                    .sender
                    .as_deref()
                    .and_then(|followed| followed.segment.clone())
                    .unwrap_or(seen);
                let way = usize::from(transit.way == Way::FromAcceptor);
                if leaves {
                    transit.kind = self.segment_leaves(flow, way, &segment, transit, notes);
                }
                let taken = transit
                    .receiver_drop
                    .as_deref()
                    .is_none_or(|drop| !drop.is_certain());
                if arrives && transit.copy == 0 && taken && !dropped(transit, both) {
                    self.segment_arrives(flow, way, &segment, transit, notes);
                } else if arrives && transit.copy > 0 {
                    self.copy_arrives(flow, way, &segment, transit);
                }
            }
            _ if leaves => transit.kind = self.other_frame(flow, transit, notes),
            _ => {}
        }
        if leaves {
            self.ending_leaves(transit, notes);
        }
        if let Some(drop) = transit.receiver_drop.as_deref() {
            notes.push(self.drop_note(drop, Some(transit.kind)));
        }
        self.fate(transit, leaves, arrives && dropped(transit, both), notes);
    }

    /// A host's name, or the endpoint where no host is known.
    fn name(&self, host: Option<HostId>, end: Option<Endpoint>) -> String {
        host.and_then(|id| self.hosts.iter().find(|host| host.id == id))
            .map(|host| visible::untrusted(&host.name))
            .or_else(|| end.map(|end| end.to_string()))
            .unwrap_or_else(|| "?".to_owned())
    }

    /// Explanations that were given at length.
    pub fn said(&self) -> &BTreeSet<&'static str> {
        &self.said
    }

    /// The reader has had these explanations before.
    pub fn has_said(&mut self, said: BTreeSet<&'static str>) {
        self.said = said;
    }

    /// The hosts are Linux kernels that we set up: what is said of Linux holds.
    fn ours(&self) -> bool {
        self.place.is_some()
    }

    /// The first time that this is asked for a key; afterwards not.
    fn first_time(&mut self, key: &'static str) -> bool {
        self.said.insert(key)
    }
}

/// It arrived corrupted, and the receiver's kernel will drop it: its checksum does not fit.
fn dropped(transit: &Transit, both: &BothEnds) -> bool {
    let corrupted = transit
        .fate
        .as_deref()
        .is_some_and(|fate| matches!(fate.verdict, Verdict::Corrupted(_)));
    corrupted
        && both
            .receiver
            .as_deref()
            .is_some_and(|followed| followed.checksum == Checksum::Wrong)
}

/// Milliseconds: `40.3`; below one with as many decimals as say something: `0.31`, `0.024`.
pub(super) fn ms(span: Span) -> String {
    let ns = span.ns().unsigned_abs();
    let sign = if span.ns() < 0 { "-" } else { "" };
    let ms = span.as_ms().abs();
    let text = match ns {
        0..100_000 => format!("{ms:.3}"),
        100_000..1_000_000 => format!("{ms:.2}"),
        _ => format!("{ms:.1}"),
    };
    format!("{sign}{text}")
}

/// A call's name as people write it in a text: `connect()`.
pub(super) fn spelt(name: CallName) -> String {
    format!("{}()", crate::notation::call::name_of(name))
}

/// The call behind a departure, when it is one that can send.
fn sending_call(last: &Last) -> Option<&Rc<crate::model::Call>> {
    last.call().filter(|call| {
        !matches!(
            call.name,
            CallName::Socket
                | CallName::Bind
                | CallName::Getsockname
                | CallName::Getpeername
                | CallName::Getsockopt
                | CallName::Poll
                | CallName::Select
                | CallName::EpollCreate1
                | CallName::EpollCtl
                | CallName::EpollWait
                | CallName::Fcntl
                | CallName::Ioctl
        ) && !call.name.waits()
            && !call.name.accepts()
    })
}
