//! What a program did wrong with its sockets, from its calls, its kernels' states and the segments.
//!
//! Each finding rests on named evidence: the calls, segments and states that showed it. Where something of a program was
//! not seen, nothing is said of what that may have changed; behind a gap in the story, nothing at all. Several findings with one cause are told as the earliest.
//!
//! | finding | rule |
//! |---|---|
//! | never closed | the peer's FIN has come, the program reads its end no more and neither closes nor sends: at its end the thread that used the socket last stands in another call, or the FIN came a second or more before |
//! | closed with unread data | close() (or the program's end) found bytes that had come and were not read, and a RST left |
//! | sent into a closed connection | a send gave EPIPE |
//! | short write ignored | a send took a part, and what followed was not the rest |
//! | SO_REUSEADDR missing | bind() gave EADDRINUSE without it, nothing open has the port, but a connection in TIME-WAIT |
//! | bound to loopback, port's bytes swapped, listen missing, nobody listens, listen too late | a SYN was answered by a RST, and this is what the host's sockets were then; not where the same program got through afterwards by another address |
//! | spins | 100 times EAGAIN in a row without a wait, less than 1 ms apart |
//! | ignores the end | 10 times 0 in a row from recv() |
//! | part taken for the whole | a program sends something of its own after it read a part of what the other handed to one send; a mistake where a RST throws the rest away |
//! | two messages in one recv | both wait, and one of them had two of the other's sends in one recv() and answered fewer |
//! | half-close not answered | the other shut down its sending side and stands in recv(); this one read the end and closes without having sent anything |
//! | waits for ever | at the time-out a program has stood in recv() for 2 s on a connection that is open |
//! | receives on a UDP socket without a port | recv() before bind(), connect() and any send |
//! | backlog full | the kernel counted an overflow of the listener's accept queue when a segment came |
//! | Nagle meets the delayed ACK | three times a small send left 30 ms after it was made, at once after an ACK that was 30 ms late, while the program waited; TCP_NODELAY not set |
//! | a connection per message | three connections of one process to one endpoint, one after another, with one send each |
//! | left open | a process ended by itself with a connection open that it had not closed |
//! | both wait | at a time-out both ends stand in recv(), and all that was sent has been read |
//! | datagram cut off | recv() gave its buffer's length, and the datagram on the wire was longer |

mod conversed;
mod exchange;
mod kind;
mod refused;
mod rules;
mod sockets;
mod time_spent;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{CallPhase, Moment, MomentSink, StateChange, Transit, What};
use crate::model::{
    Call, CallId, Endpoint, HoleKind, Host, HostId, ProcessEvent, ProcessSeen, Returned, Setting,
    TcpState, Time, Unseen, Untrusted,
};
use crate::text::Message;
use exchange::SingleUses;
pub use kind::FindingKind;
use refused::Refusals;
use sockets::SocketStories;
use time_spent::TimeSpent;
pub use time_spent::{ConnectionEnd, WaitTimes};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// The wire or the kernel shows damage.
    Mistake,
    /// It works, and costs what it need not.
    Waste,
    /// It may be meant so.
    Hint,
}

/// A call that returned.
type ReturnedCall = (Rc<Call>, Rc<Returned>);

/// Something that a finding rests on.
#[derive(Clone, Debug)]
pub enum Proof {
    /// A call, and what it gave if it returned.
    Call(Rc<Call>, Option<Rc<Returned>>),
    /// A segment or datagram, as it is told.
    Segment(Time, Box<Transit>),
    /// The state that a kernel said a connection had entered; until when it was in it, where that is what counts.
    State(EnteredState, Option<Time>),
}

/// A state that a connection entered, by its kernel's word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnteredState {
    at: Time,
    state: TcpState,
}

impl EnteredState {
    /// What a kernel said.
    #[must_use]
    pub const fn of(change: &StateChange) -> Self {
        Self {
            at: change.at,
            state: change.now,
        }
    }

    /// When the kernel said so.
    #[must_use]
    pub const fn at(&self) -> Time {
        self.at
    }

    /// Which state it is.
    #[must_use]
    pub const fn state(&self) -> TcpState {
        self.state
    }
}

impl Proof {
    /// When it was seen.
    #[must_use]
    pub fn at(&self) -> Time {
        match self {
            Self::Call(call, _) => call.at,
            Self::Segment(at, _) => *at,
            Self::State(entered, until) => until.unwrap_or(entered.at),
        }
    }
}

/// What a program did, with the evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is.
    pub kind: FindingKind,
    /// How bad it is.
    pub grade: Grade,
    /// The host whose program did it.
    pub host: HostId,
    /// The program.
    pub program: Untrusted,
    /// What was seen, in words.
    pub said: Message,
    /// What it rests on, in the order of time.
    pub proofs: Vec<Proof>,
}

/// Most findings of a run that are told.
const MOST: usize = 100;

/// Looks for what programs did wrong.
#[derive(Debug, Default)]
pub struct Findings {
    /// Hosts whose programs' calls were seen.
    traced: BTreeSet<HostId>,
    /// Hosts of whose calls some were not seen.
    unseen: BTreeSet<HostId>,
    /// Sockets of which calls were only counted.
    busy: BTreeSet<(HostId, u32)>,
    /// Calls that have not returned.
    open: BTreeMap<CallId, Rc<Call>>,
    sockets: SocketStories,
    refusals: Refusals,
    found: Vec<Finding>,
    /// How often programs of a host have waited for something.
    waited: BTreeMap<HostId, u64>,
    loopback: bool,
    /// The story lacks something: calls and segments may be missing without a trace.
    gaps: bool,
    hosts: Vec<Host>,
    zero: Option<Time>,
    /// Connections for one message each, by host, process and where to.
    single_uses: BTreeMap<(HostId, u32, Endpoint), SingleUses>,
    /// Hosts whose programs the run ends.
    ended_by_run: BTreeSet<HostId>,
    time_spent: TimeSpent,
}

impl Findings {
    /// Programs' calls were seen: there is something to say.
    #[must_use]
    pub fn has_looked(&self) -> bool {
        !self.traced.is_empty()
    }

    /// Of some calls nothing was seen: nothing is said of what those may have changed.
    #[must_use]
    pub fn is_partly_blind(&self) -> bool {
        self.gaps || !self.unseen.is_empty() || !self.busy.is_empty()
    }

    /// The hosts of the run.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// When the story began.
    #[must_use]
    pub const fn zero(&self) -> Option<Time> {
        self.zero
    }

    /// What was found, the worst first, each in the order of time; once for each socket and host.
    #[must_use]
    pub fn found(&self) -> Vec<&Finding> {
        let mut found: Vec<&Finding> = self.found.iter().collect();
        found.sort_by_key(|finding| (finding.grade, finding.proofs.first().map(Proof::at)));
        found
    }

    /// Ends of connections between programs of which all calls were seen, by connection and host.
    #[must_use]
    pub fn connection_ends(&self) -> Vec<&ConnectionEnd> {
        if self.gaps {
            return Vec::new();
        }
        self.time_spent
            .ends(|host, socket| self.unseen.contains(&host) || self.busy.contains(&(host, socket)))
    }

    /// Something was found that is a mistake.
    #[must_use]
    pub fn has_mistake(&self) -> bool {
        self.found
            .iter()
            .any(|finding| finding.grade == Grade::Mistake)
    }

    fn find(&mut self, finding: Finding) {
        if self.found.len() < MOST && !self.gaps && !self.unseen.contains(&finding.host) {
            self.found.push(finding);
        }
    }

    fn process(&mut self, at: Time, seen: &ProcessSeen) {
        match &seen.event {
            ProcessEvent::Unseen(Unseen::IoUring) | ProcessEvent::Signal(_) => {}
            ProcessEvent::Unseen(_) => {
                self.unseen.insert(seen.host);
            }
            ProcessEvent::Busy { socket } | ProcessEvent::Calm { socket, .. } => {
                self.busy.insert((seen.host, *socket));
            }
            ProcessEvent::Ended { status, open } => {
                self.process_ended(at, seen, *status, open);
                // Calls in which it stood return no more.
                let stands = |call: &Call| {
                    let process = call.site.as_deref().map(|site| site.process);
                    call.host == seen.host && process == Some(seen.process)
                };
                self.open.retain(|_, call| {
                    if stands(call) {
                        self.time_spent.waited(call, at);
                    }
                    !stands(call)
                });
            }
        }
    }
}

impl MomentSink for Findings {
    type Out = ();

    fn moment(&mut self, moment: &Moment) {
        self.zero.get_or_insert(moment.at);
        match &moment.what {
            What::Begin(settings) => {
                let is_loopback = |setting: &Setting| matches!(setting, Setting::Place(place) if *place != crate::model::setting::Place::Wire);
                self.loopback = settings.iter().any(is_loopback);
                let hosts = settings.iter().filter_map(|setting| match setting {
                    Setting::Host(host) => Some(host.clone()),
                    _ => None,
                });
                self.hosts.extend(hosts);
            }
            What::Call(told) if told.call.site.is_some() => {
                if told.phase != CallPhase::Returned {
                    self.traced.insert(told.call.host);
                    self.open.insert(told.call.id, Rc::clone(&told.call));
                    let socket = self.sockets.get((told.call.host, told.call.socket));
                    let stream = socket.is_some_and(|socket| socket.stream);
                    self.time_spent.began(&told.call, stream, moment.flow);
                    self.began(&told.call, moment.flow);
                    if told.call.name.waits() {
                        self.waits(&told.call);
                    }
                }
                if let Some(returned) = &told.returned {
                    self.open.remove(&told.call.id);
                    self.time_spent.returned(&told.call, returned, moment.flow);
                    self.returned(&told.call, returned, moment.flow);
                }
                self.states(&told.states);
            }
            What::Transit(transit) => {
                self.transit(moment.at, moment.flow, transit);
                self.states(&transit.sender_states);
                self.states(&transit.receiver_states);
            }
            What::State(state) => self.states(std::slice::from_ref(state)),
            What::Process(seen) => self.process(moment.at, seen),
            What::Program(end) => self.program_ended(end),
            What::End(_) => {
                for call in self.open.values() {
                    self.time_spent.waited(call, moment.at);
                }
                self.end(moment.at);
            }
            What::Hole(hole) => self.gaps |= hole.kind != HoleKind::Late,
            What::Call(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Hole, Vantage};

    fn hole(kind: HoleKind) -> Moment {
        Moment {
            at: Time::default(),
            what: What::Hole(Hole {
                at: Time::default(),
                vantage: Vantage::Loopback,
                frames: 1,
                kind,
            }),
            flow: None,
            notes: Vec::new(),
        }
    }

    fn any() -> Finding {
        Finding {
            kind: FindingKind::NobodyListens,
            grade: Grade::Mistake,
            host: HostId(0),
            program: "".into(),
            said: Message::new("finding-nobody-listens"),
            proofs: Vec::new(),
        }
    }

    #[test]
    fn behind_a_gap_nothing_is_found_and_that_is_said() {
        let mut findings = Findings::default();
        findings.moment(&hole(HoleKind::Late));
        findings.find(any());
        assert_eq!(
            (findings.found().len(), findings.is_partly_blind()),
            (1, false)
        );
        findings.moment(&hole(HoleKind::Missed));
        findings.find(any());
        assert_eq!(
            (findings.found().len(), findings.is_partly_blind()),
            (1, true)
        );
    }
}
