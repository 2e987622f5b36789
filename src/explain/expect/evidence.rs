//! What a run's moments say, put where expectations look for it: frames in the order in which they left,
//! calls, states, and the numbers that symbols stand for.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::model::{
    Call, Frame, Host, HostId, Returned, Seq, Setting, Span, TcpState, Time, Verdict,
};
use crate::notation::call::CallPattern;
use crate::notation::condition::Symbol;
use crate::notation::{FrameView, KernelNumbers, Pattern, call};
use crate::protocol::decode::{Body, Checksum, TcpFlags};
use crate::protocol::follow::{ClosedHow, Conversation, Followed};

use super::kernels::KernelAnswers;
use super::late::LateTimes;
use crate::explain::findings::Findings;
use crate::explain::{
    CallPhase, Moment, MomentSink as _, Sample, StateChange, Transit, TransitPhase, What,
};

/// One frame of the run.
#[derive(Clone, Debug)]
pub(super) struct FrameEvidence {
    pub(super) from: Option<HostId>,
    pub(super) to: Option<HostId>,
    pub(super) sent: Option<Time>,
    pub(super) arrived: Option<Time>,
    pub(super) lost: bool,
    corrupted: bool,
    pub(super) frame: Rc<Frame<'static>>,
    pub(super) followed: Rc<Followed>,
    pub(super) number: Option<u32>,
    copy: u8,
    /// The sender's kernel's answer just after it had left.
    info: Option<Sample>,
    pub(super) kernel: Option<KernelNumbers>,
}

/// One call of the run.
#[derive(Clone, Debug)]
pub(super) struct MadeCall {
    pub(super) call: Rc<Call>,
    pub(super) returned: Option<Rc<Returned>>,
}

/// What one TCP connection's segments say.
#[derive(Clone, Debug)]
struct ConnectionNumbers {
    stream: u32,
    sides: Vec<SideNumbers>,
}

#[derive(Clone, Debug)]
struct SideNumbers {
    host: String,
    isn: Option<Seq>,
    fin: Option<Seq>,
    sent: u32,
    mss: Option<u16>,
    timestamps: bool,
    port: u16,
}

/// A run as expectations see it.
#[derive(Debug, Default)]
pub struct Evidence {
    hosts: Vec<Host>,
    delay_ns: i64,
    pub(super) frames: Vec<FrameEvidence>,
    pub(super) calls: Vec<MadeCall>,
    pub(super) states: Vec<StateChange>,
    pub(super) late: LateTimes,
    /// What programs whose calls were seen did wrong.
    pub(super) findings: Findings,
    connections: Vec<ConnectionNumbers>,
    /// By stream: the latest packet of the saved vantage, and how its connection had closed with it.
    closes: BTreeMap<u32, (u32, ClosedHow)>,
    kernels: KernelAnswers,
}

impl Evidence {
    /// Gathers it from the moments of a whole run.
    #[must_use]
    pub fn of(moments: &[Moment]) -> Self {
        let mut evidence = Self::default();
        for moment in moments {
            evidence.moment(moment);
        }
        evidence.complete()
    }

    /// There will be no more moments.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.frames.sort_by_key(|seen| seen.sent.or(seen.arrived));
        self.states.sort_by_key(|state| state.at);
        self.late.join();
        self.connections = self.numbers();
        let answers = self.kernels.numbers();
        for seen in &mut self.frames {
            let key = (seen.from, seen.followed.conversation);
            seen.kernel = seen
                .info
                .as_ref()
                .and_then(|info| answers.get(&(key.0?, key.1?, info.at)).copied());
        }
        self
    }

    /// Takes the next moment of the run.
    pub fn moment(&mut self, moment: &Moment) {
        self.findings.moment(moment);
        match &moment.what {
            What::Begin(settings) => settings.iter().for_each(|setting| self.setting(setting)),
            What::Call(moment) => {
                self.states.extend(moment.states.iter().cloned());
                if moment.phase != CallPhase::Returned {
                    self.late.add(moment.call.at, moment.call.kept_waiting);
                }
                if let Some(returned) = &moment.returned {
                    self.late.add(returned.at, returned.kept_waiting);
                }
                let known = match moment.phase {
                    CallPhase::Returned => self
                        .calls
                        .iter_mut()
                        .rev()
                        .find(|made| made.call.id == moment.call.id),
                    CallPhase::Whole | CallPhase::Begun => None,
                };
                match known {
                    Some(made) => made.returned.clone_from(&moment.returned),
                    None => self.calls.push(MadeCall {
                        call: Rc::clone(&moment.call),
                        returned: moment.returned.clone(),
                    }),
                }
            }
            // The frame was told where it left; its other copies went on.
            What::Transit(transit) if transit.phase == TransitPhase::CopyLost => {}
            What::Transit(transit) => {
                self.closing(transit);
                self.kernels.add(transit);
                if let Some(arrived) = transit.arrived {
                    self.late.add(arrived, transit.late);
                }
                self.states.extend(transit.sender_states.iter().cloned());
                self.states.extend(transit.receiver_states.iter().cloned());
                let corrupted = transit
                    .fate
                    .as_deref()
                    .is_some_and(|fate| matches!(fate.verdict, Verdict::Corrupted(_)));
                // A corrupted frame arrives with other bytes, and is the same frame.
                let known = match transit.phase {
                    TransitPhase::Arrived => self.frames.iter_mut().rev().find(|seen| {
                        seen.sent == transit.sent
                            && seen.copy == transit.copy
                            // What is for several arrives several times, and is one frame.
                            && (seen.arrived.is_none() || seen.to.is_none())
                            && (corrupted || seen.frame.bytes == transit.frame.bytes)
                    }),
                    _ => None,
                };
                match known {
                    Some(seen) => {
                        seen.arrived = seen.arrived.or(transit.arrived);
                        seen.lost = false;
                        seen.number = seen.number.or(transit.number);
                        seen.corrupted |= corrupted;
                        seen.info = seen.info.or(transit.sender_info.as_deref().copied());
                    }
                    None => self.frames.push(FrameEvidence {
                        from: transit.from,
                        to: transit.to,
                        sent: transit.sent,
                        arrived: transit.arrived,
                        // What left and of which no arrival is told until the end has ended on the wire.
                        lost: matches!(transit.phase, TransitPhase::Lost | TransitPhase::Left),
                        corrupted,
                        frame: Rc::clone(&transit.frame),
                        followed: Rc::clone(&transit.followed),
                        number: transit.number,
                        copy: transit.copy,
                        info: transit.sender_info.as_deref().copied(),
                        kernel: None,
                    }),
                }
            }
            What::State(state) => self.states.push(state.clone()),
            What::Hole(_) | What::Program(_) | What::Process(_) | What::End(_) => {}
        }
    }

    fn setting(&mut self, setting: &Setting) {
        match setting {
            Setting::Host(host) => self.hosts.push(host.clone()),
            Setting::Delay(delay) => self.delay_ns = delay.ns(),
            _ => {}
        }
    }

    fn closing(&mut self, transit: &Transit) {
        let (Some(number), Some(Conversation::Tcp(stream)), Some(segment)) = (
            transit.number,
            transit.followed.conversation,
            &transit.followed.segment,
        ) else {
            return;
        };
        let latest = self
            .closes
            .entry(stream)
            .or_insert((number, segment.closed));
        if latest.0 <= number {
            *latest = (number, segment.closed);
        }
    }

    /// The connections' numbers, off the packets of the saved vantage.
    fn numbers(&self) -> Vec<ConnectionNumbers> {
        let mut saved: Vec<&FrameEvidence> =
            self.frames.iter().filter(|s| s.number.is_some()).collect();
        saved.sort_by_key(|seen| seen.number);
        let mut connections: Vec<ConnectionNumbers> = Vec::new();
        for seen in saved {
            let Some(Conversation::Tcp(stream)) = seen.followed.conversation else {
                continue;
            };
            let known = connections.iter().position(|c| c.stream == stream);
            let at = known.unwrap_or_else(|| {
                connections.push(ConnectionNumbers {
                    stream,
                    sides: Vec::new(),
                });
                connections.len() - 1
            });
            connections[at].segment(&self.view(seen));
        }
        connections
    }

    /// When the first call began or the first frame was seen.
    pub(super) fn began(&self) -> Time {
        let calls = self.calls.iter().map(|made| made.call.at);
        let frames = self
            .frames
            .iter()
            .filter_map(|seen| seen.sent.or(seen.arrived));
        calls.chain(frames).min().unwrap_or_default()
    }

    pub(super) fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    pub(super) fn host(&self, name: &str) -> Option<HostId> {
        self.hosts.iter().find(|h| h.name == name).map(|h| h.id)
    }

    /// The stream number that `connection` (from 1) means; the first one without it.
    pub(super) fn stream(&self, connection: Option<u32>) -> Option<u32> {
        let at = connection.map_or(0, |number| number.saturating_sub(1));
        self.connections.get(at as usize).map(|c| c.stream)
    }

    /// The frames of a connection, or all.
    pub(super) fn frames_of(
        &self,
        connection: Option<u32>,
    ) -> impl Iterator<Item = &FrameEvidence> {
        let stream = self.stream(connection);
        self.frames.iter().filter(move |seen| {
            connection.is_none() || seen.followed.conversation == stream.map(Conversation::Tcp)
        })
    }

    pub(super) fn view<'a>(&'a self, seen: &'a FrameEvidence) -> FrameView<'a> {
        let packet = seen.frame.packet();
        let segment = seen.followed.segment.as_ref();
        let size = seen.frame.orig_len;
        let mut view = FrameView::new(&self.hosts, seen.from, seen.to, packet, segment, size);
        view.lost = seen.lost;
        view.kernel = seen.kernel;
        view.bad_checksum = seen.corrupted || seen.followed.checksum == Checksum::Wrong;
        view
    }

    pub(super) fn matches(&self, pattern: &Pattern, seen: &FrameEvidence) -> bool {
        let stream = match seen.followed.conversation {
            Some(Conversation::Tcp(stream)) => Some(stream),
            _ => None,
        };
        pattern.matches(&self.view(seen), &|symbol| self.symbol(symbol, stream))
    }

    pub(super) fn line(&self, seen: &FrameEvidence) -> String {
        self.view(seen).line()
    }

    /// A line about something that happened then, with when that was.
    pub(super) fn timed(&self, at: Option<Time>, line: &str) -> String {
        let after = at.map(|at| format!("{:.1}", at.since(self.began()).as_ms()));
        format!("{:>8} ms  {line}", after.as_deref().unwrap_or("?"))
    }

    /// A frame, with when it left, else when it arrived.
    pub(super) fn timed_frame(&self, seen: &FrameEvidence) -> String {
        self.timed(seen.sent.or(seen.arrived), &self.line(seen))
    }

    /// A call, with when it returned, else when it was made.
    pub(super) fn timed_call(&self, call: &Call, returned: Option<&Returned>) -> String {
        let at = returned.map_or(call.at, |returned| returned.at);
        self.timed(Some(at), &call::line(call, returned, &self.hosts))
    }

    pub(super) fn call_matches(&self, pattern: &CallPattern, made: &MadeCall) -> bool {
        let known = |symbol: &Symbol| self.symbol(symbol, self.stream(None));
        made.returned
            .as_ref()
            .is_some_and(|returned| pattern.matches(&made.call, returned, &self.hosts, &known))
    }

    /// The pattern would match if the call had taken as long as on a machine that is in time: without what kept it, or with
    /// what kept it from being made since the host's call before. By how much that is.
    pub(super) fn matches_but_for_lateness(
        &self,
        pattern: &CallPattern,
        made: &MadeCall,
    ) -> Option<Span> {
        let returned = made.returned.as_deref()?;
        let calls = self
            .calls
            .iter()
            .filter(|other| other.call.host == made.call.host);
        let before = calls
            .map(|other| other.call.at)
            .filter(|at| *at < made.call.at)
            .max();
        let shorter = self.late.within(made.call.at, returned.at);
        let longer = before.map_or(Span::ZERO, |before| self.late.within(before, made.call.at));
        [(shorter, -shorter.ns()), (longer, longer.ns())]
            .into_iter()
            .find_map(|(late, change)| {
                let mut would = made.clone();
                let returned = Returned {
                    at: returned.at.plus(Span::from_ns(change)),
                    ..returned.clone()
                };
                would.returned = Some(Rc::new(returned));
                (late > Span::ZERO && self.call_matches(pattern, &would)).then_some(late)
            })
    }

    /// A host's calls that returned, in that order.
    pub(super) fn returned_calls(&self, host: &str) -> impl Iterator<Item = &MadeCall> {
        let host = self.host(host);
        let mut calls: Vec<&MadeCall> = self
            .calls
            .iter()
            .filter(|made| Some(made.call.host) == host && made.returned.is_some())
            .collect();
        calls.sort_by_key(|made| made.returned.as_ref().map(|r| r.at));
        calls.into_iter()
    }

    /// A host's states in a connection, without repetitions. LISTEN (of the listener on the connection's
    /// port) and CLOSED stand there only when `named` says that somebody asks for them.
    pub(super) fn states_of(
        &self,
        host: &str,
        stream: Option<u32>,
        named: impl Fn(TcpState) -> bool,
    ) -> Vec<TcpState> {
        let id = self.host(host);
        let port = self.symbol(&Symbol::Port(host.to_owned()), stream);
        let other = self.other_port(host, stream);
        let mut states: Vec<TcpState> = self
            .states
            .iter()
            .filter(|state| Some(state.host) == id)
            .filter(|state| port.is_none_or(|port| i64::from(state.local.port) == port))
            .filter(|state| match state.remote {
                None => true,
                Some(remote) => other.is_none_or(|port| remote.port == port),
            })
            .map(|state| state.now)
            .filter(|state| !matches!(state, TcpState::Listen | TcpState::Closed) || named(*state))
            .collect();
        states.dedup();
        states
    }

    fn other_port(&self, host: &str, stream: Option<u32>) -> Option<u16> {
        let numbers = self.connections.iter().find(|c| Some(c.stream) == stream)?;
        let other = numbers.sides.iter().find(|side| side.host != host)?;
        Some(other.port)
    }

    pub(super) fn close_of(&self, stream: Option<u32>) -> Option<ClosedHow> {
        self.closes.get(&stream?).map(|(_, closed)| *closed)
    }

    /// What a symbol stands for in this run, or in one of its connections.
    pub(super) fn symbol(&self, symbol: &Symbol, stream: Option<u32>) -> Option<i64> {
        let numbers = || self.connections.iter().find(|c| Some(c.stream) == stream);
        let side = |host: &str| numbers()?.sides.iter().find(|side| side.host == host);
        match symbol {
            Symbol::Isn(host) => side(host)?.isn.map(|seq| i64::from(seq.0)),
            Symbol::Fin(host) => side(host)?.fin.map(|seq| i64::from(seq.0)),
            Symbol::Sent(host) => side(host).map(|side| i64::from(side.sent)),
            Symbol::Mss(host) => side(host)?.mss.map(i64::from),
            Symbol::Port(host) => side(host).map(|side| i64::from(side.port)),
            Symbol::Of(connection, symbol) => self.symbol(symbol, self.stream(Some(*connection))),
            Symbol::SegmentSize => numbers()?.segment_size(),
            Symbol::Own(_) => None,
            Symbol::Delay => Some(self.delay_ns),
            Symbol::Rtt => Some(self.delay_ns.saturating_mul(2)),
        }
    }
}

impl ConnectionNumbers {
    fn segment(&mut self, view: &FrameView<'_>) {
        let Body::Tcp(tcp) = &view.packet.body else {
            return;
        };
        let host = view.from.clone().unwrap_or_default();
        let known = self.sides.iter().position(|side| side.host == host);
        let at = known.unwrap_or_else(|| {
            self.sides.push(SideNumbers {
                host,
                isn: None,
                fin: None,
                sent: 0,
                mss: None,
                timestamps: false,
                port: tcp.sport,
            });
            self.sides.len() - 1
        });
        let side = &mut self.sides[at];
        let syn = u32::from(tcp.flags.contains(TcpFlags::SYN));
        if syn == 1 {
            side.isn = Some(tcp.seq);
            side.mss = tcp.mss();
            side.timestamps = tcp.timestamps().is_some();
        }
        let isn = *side.isn.get_or_insert_with(|| tcp.seq.minus(1));
        let end = tcp.seq.plus(tcp.len + syn);
        if tcp.flags.contains(TcpFlags::FIN) {
            side.fin = Some(end);
        }
        // A probe or a reset may stand before the data: only what goes further counts.
        let reached = end.relative_to(isn.plus(1));
        if reached < u32::MAX / 2 && tcp.len > 0 {
            side.sent = side.sent.max(reached);
        }
    }

    fn segment_size(&self) -> Option<i64> {
        let smallest = self.sides.iter().filter_map(|side| side.mss).min()?;
        let stamped = self.sides.len() > 1 && self.sides.iter().all(|side| side.timestamps);
        Some(i64::from(smallest) - if stamped { 12 } else { 0 })
    }
}
