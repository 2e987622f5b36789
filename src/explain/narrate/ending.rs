//! How connections stand when a run is over and who is to act; what the run's own ending made kernels do; how long nothing
//! happened before a row.
//!
//! Each sentence rests on the kernel's word about that end (a state, and since when it was seen), on the fact that a
//! program was ended by the run, or on two times. An end of which no kernel spoke is not told.

use std::collections::BTreeMap;

use crate::explain::{FrameKind, Moment, Note, NoteKind, StateChange, Transit, What};
use crate::model::setting::RunKind;
use crate::model::{EndedBy, Endpoint, HostId, ProgramEnd, Span, TcpState, Time};
use crate::text::Message;

use super::{Narrator, ms};

/// A silence is told from this on.
const SILENCE: Span = Span::from_ms(1_000);
/// So many connections are told of, one by one.
const TOLD: usize = 12;

/// What the kernels and the run have said until now.
#[derive(Debug, Default)]
pub(super) struct Endings {
    /// Foreign programs run: their pauses are not written in any script.
    programs: bool,
    /// The kernels' last word about each end of a connection.
    now: EndStates,
    /// The same, when the run first ended a program.
    stood: Option<EndStates>,
    /// Programs that have ended, or are ended.
    ended: BTreeMap<HostId, EndedBy>,
    /// When anything was last told of.
    last: Option<Time>,
    /// SYNs without ACK, by who sends them and to whom.
    syns: BTreeMap<(Endpoint, Endpoint), SynWaits>,
}

/// When SYNs of a connection left.
#[derive(Clone, Copy, Debug)]
struct SynWaits {
    /// The last of them.
    last: Time,
    /// Between the first two, and between the last two.
    gaps: Option<(Span, Span)>,
}

type EndStates = BTreeMap<(HostId, Endpoint, Endpoint), EndState>;

/// How one end of a connection stands.
#[derive(Clone, Copy, Debug)]
struct EndState {
    state: TcpState,
    /// When its kernel first said so.
    since: Time,
}

impl EndState {
    /// Nothing is left to be done at this end: TIME-WAIT passes by itself.
    const fn is_over(self) -> bool {
        matches!(self.state, TcpState::Closed | TcpState::TimeWait)
    }

    /// Its own side was open: nothing had closed it.
    const fn is_open(self) -> bool {
        matches!(
            self.state,
            TcpState::SynSent | TcpState::SynReceived | TcpState::Established | TcpState::CloseWait
        )
    }
}

impl Endings {
    pub fn kind(&mut self, kind: RunKind) {
        self.programs = kind == RunKind::Lab;
    }

    pub fn state(&mut self, change: &StateChange) {
        if let Some(remote) = change.remote {
            let standing = EndState {
                state: change.now,
                since: change.at,
            };
            self.now
                .insert((change.host, change.local, remote), standing);
        }
    }

    pub fn program(&mut self, end: &ProgramEnd) {
        if matches!(end.by, EndedBy::Run(_)) && self.stood.is_none() {
            self.stood = Some(self.now.clone());
        }
        self.ended.entry(end.host).or_insert(end.by);
    }

    /// A note of how long nothing had happened before this row, unless it is a timer's, whose sentence says how long it ran.
    pub fn silence(&mut self, moment: &Moment) -> Option<Note> {
        let (mut last, mut timers) = (moment.at, false);
        if let What::Transit(transit) = &moment.what {
            last = last.max(transit.arrived.unwrap_or(last));
            let segment = transit.followed.segment.as_ref();
            timers = segment.is_some_and(|segment| segment.why.recovery.is_some());
        }
        let before = self
            .last
            .replace(self.last.map_or(last, |at| at.max(last)))?;
        let silent = moment.at.since(before);
        (self.programs && !timers && silent >= SILENCE).then(|| {
            let span = format!("{:.1}", silent.as_ms() / 1000.0);
            Note::new(
                NoteKind::What,
                Message::new("note-silence").text("span", span),
            )
        })
    }

    /// A note at a FIN or RST that left after the run had ended its host's program, where that side was open until then.
    fn caused(&self, transit: &Transit) -> Option<HostId> {
        let host = transit.from?;
        let (from, to) = transit.followed.ends?;
        let by_run = matches!(self.ended.get(&host), Some(EndedBy::Run(_)));
        let closes = matches!(transit.kind, FrameKind::Fin | FrameKind::Reset);
        let stood = self.stood.as_ref()?.get(&(host, from, to));
        (by_run && closes && stood.is_some_and(|stood| stood.is_open())).then_some(host)
    }

    fn syn_left(&mut self, transit: &Transit) {
        if let (FrameKind::Syn, Some(ends), Some(at)) =
            (transit.kind, transit.followed.ends, transit.sent)
        {
            let gaps = self.syns.get(&ends).map(|before| {
                let gap = at.since(before.last);
                (before.gaps.map_or(gap, |(first, _)| first), gap)
            });
            self.syns.insert(ends, SynWaits { last: at, gaps });
        }
    }

    /// The kernel forgot this connection when the time for one more SYN had come, which is twice the last wait (RFC 6298
    /// §5.5; or the same, as long as all were equal, as Linux's first are), and its program had not ended. How long that
    /// was.
    fn gave_up(&self, change: &StateChange) -> Option<Span> {
        let waits = self.syns.get(&(change.local, change.remote?))?;
        let (first, last) = waits.gaps?;
        let waited = change.at.since(waits.last);
        let given_up = (change.before, change.now) == (Some(TcpState::SynSent), TcpState::Closed)
            && (is_about(waited, Span::from_ns(last.ns().saturating_mul(2)))
                || is_about(last, first) && is_about(waited, last))
            && !self.ended.contains_key(&change.host);
        given_up.then_some(waited)
    }
}

/// A time that a kernel's timer took, and we saw within some milliseconds.
fn is_about(seen: Span, wanted: Span) -> bool {
    let off = seen.ns().saturating_sub(wanted.ns());
    let tenth = wanted.ns() / 10;
    (-tenth..=tenth.saturating_add(200_000_000)).contains(&off)
}

impl Narrator {
    /// What is to be said of a departure in view of the run's own ending.
    pub(super) fn ending_leaves(&mut self, transit: &Transit, notes: &mut Vec<Note>) {
        self.endings.syn_left(transit);
        if let Some(host) = self.endings.caused(transit) {
            let said = Message::new("note-our-ending").text("from", self.name(Some(host), None));
            notes.push(Note::new(NoteKind::Caution, said));
        }
    }

    /// Why a connection that never opened is CLOSED, where its kernel had waited for the answer to the end.
    pub(super) fn gave_up(&self, flow: Option<u32>, change: &StateChange) -> Option<Note> {
        let conn = self.conns.get(&flow?)?;
        let side = &conn.sides[conn.side_of(change.host)?];
        let (_, count) = side.syn.filter(|_| side.came_at.is_none())?;
        let waited = self.endings.gave_up(change)?;
        let said = Message::new("note-gave-up")
            .text("from", self.name(Some(change.host), None))
            .int("count", count)
            .text("ms", ms(waited));
        Some(Note::new(NoteKind::Caution, said))
    }

    /// How the connections stand at the end that are not over at both ends, and who is to act.
    pub(super) fn left_open(&self) -> Vec<Note> {
        let stood = self.endings.stood.as_ref().unwrap_or(&self.endings.now);
        let at = self.endings.last.unwrap_or_default();
        let mut notes = Vec::new();
        let mut more = 0u64;
        for (flow, conn) in &self.conns {
            let standing = |side: usize| {
                let key = (conn.hosts[side]?, conn.ends[side], conn.ends[1 - side]);
                stood.get(&key).copied()
            };
            let said: Vec<Note> = [0, 1]
                .into_iter()
                .filter_map(|side| {
                    let own = standing(side).filter(|own| !own.is_over())?;
                    let peer = standing(1 - side);
                    // Scripts that close nothing say so themselves.
                    let both = own.state == TcpState::Established
                        && peer.is_some_and(|peer| peer.state == TcpState::Established);
                    if both && !self.endings.programs {
                        return None;
                    }
                    let closed = self.calls.then_some(conn.sides[side].closed.is_some());
                    let key = key(own.state, peer, closed);
                    let said = Message::new(key)
                        .text("flow", self.numbered(*flow))
                        .text("from", self.name(conn.hosts[side], Some(conn.ends[side])))
                        .text(
                            "to",
                            self.name(conn.hosts[1 - side], Some(conn.ends[1 - side])),
                        )
                        .text("state", own.state.name())
                        .text(
                            "span",
                            format!("{:.1}", at.since(own.since).as_ms() / 1000.0),
                        );
                    Some(Note::new(NoteKind::Caution, said))
                })
                .collect();
            if said.is_empty() {
                continue;
            }
            if notes.len() < 2 * TOLD {
                notes.extend(said);
            } else {
                more += 1;
            }
        }
        if more > 0 {
            let said = Message::new("note-end-more").int("n", more);
            notes.push(Note::new(NoteKind::Caution, said));
        }
        notes
    }

    /// Which connection, once there are several.
    fn numbered(&self, flow: u32) -> String {
        if self.flows.len() > 1 {
            format!("#{} ", flow + 1)
        } else {
            String::new()
        }
    }
}

/// What is said of an end that is not over. `closed`: whether its program called close or shutdown, where calls are known.
fn key(own: TcpState, peer: Option<EndState>, closed: Option<bool>) -> &'static str {
    let peer_is_gone = peer.is_some_and(|peer| peer.state == TcpState::Closed);
    match own {
        TcpState::SynSent => "note-end-syn-sent",
        TcpState::SynReceived => "note-end-syn-received",
        TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck => "note-end-fin-unacked",
        _ if peer_is_gone => "note-end-half-open",
        TcpState::FinWait2 => "note-end-fin-wait-2",
        _ if closed == Some(false) => "note-end-not-called",
        _ => "note-end-not-closed",
    }
}
