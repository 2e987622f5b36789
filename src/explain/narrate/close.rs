//! Closing (RFC 9293 §3.6): FINs and what acknowledges them, in which shape, and why in that shape.
//!
//! Judged by what the acknowledgements cover, never by counting segments: data sent just before a FIN gets an
//! acknowledgement of its own, which may arrive after the FIN has left.

use crate::explain::StateChange;
use crate::model::{CallName, HostId, TcpState, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::Segment;
use crate::text::Message;

use super::conn::{Conn, ConnSide, Fin, FinAnswer, FinAnswerBy, FinBy};
use super::ranges::behind;
use super::segment::Departure;
use super::{Narrator, Note, NoteKind, ms, sending_call, spelt};

/// How a FIN meets the other side's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meets {
    /// There is none yet.
    Nothing,
    /// It was acknowledged before.
    Answered,
    /// It stands before this one and yet acknowledges it.
    StandsBefore,
    /// This FIN is the first segment that acknowledges it.
    Unanswered,
    /// It has left, but not been seen here: both are under way.
    Crossing,
    /// It has come, but waits behind a gap: nothing can be done with it yet.
    Held,
}

impl Narrator {
    pub(super) fn fin_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        if departure.is_resend() && self.has_fin(departure) {
            self.resend_leaves(departure, notes);
            return;
        }
        let segment = departure.segment;
        let number = departure.end.wrapping_sub(1);
        let meets = self.take_fin(departure, number);
        let key = match (meets, segment.len > 0) {
            (Meets::Nothing, false) => "note-fin",
            (Meets::Nothing, true) => "note-fin-data",
            (Meets::StandsBefore, _) => "note-fin-answered-before",
            (Meets::Crossing, _) => "note-fin-crossing",
            (Meets::Held, _) => "note-fin-held",
            (_, false) => "note-fin-second",
            (_, true) => "note-fin-second-data",
        };
        let message = Message::new(key)
            .int("number", number)
            .int("len", segment.len)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.6"));
        if meets == Meets::Unanswered {
            let message = Message::new("note-fin-acks")
                .int("ack", segment.rel_ack)
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message));
        }
        self.fin_why(departure, notes);
        let by = self.fin_by(departure);
        if by == FinBy::Call(CallName::Close)
            && meets == Meets::Nothing
            && self.first_time("note-fin-given-up")
        {
            let message = Message::new("note-fin-given-up").text("from", departure.from.clone());
            notes.push(Note::new(NoteKind::Why, message).rfc(9293, "3.6.1"));
        }
        let keeps_reading = by == FinBy::ShutWrite;
        let next = match meets {
            Meets::Nothing if keeps_reading => "note-fin-next",
            Meets::Nothing => "note-fin-next-closed",
            Meets::Crossing | Meets::Held => "note-fin-next-crossing",
            _ => "note-fin-next-last",
        };
        let message = Message::new(next)
            .int("next", departure.end)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::Next, message));
    }

    /// What made this FIN's sender send it.
    fn fin_by(&self, departure: &Departure<'_>) -> FinBy {
        let conn = self.conns.get(&departure.flow);
        conn.map_or(FinBy::Unknown, |conn| conn.sides[departure.way].fin_by())
    }

    fn has_fin(&self, departure: &Departure<'_>) -> bool {
        self.conns
            .get(&departure.flow)
            .is_some_and(|conn| conn.sides[departure.way].fin.is_some())
    }

    /// Remembers a FIN. Gives how it meets the other side's.
    fn take_fin(&mut self, departure: &Departure<'_>, number: u32) -> Meets {
        let Some(conn) = self.conns.get_mut(&departure.flow) else {
            return Meets::Nothing;
        };
        let by = conn.sides[departure.way].fin_by();
        let other = conn.sides[1 - departure.way].fin.clone();
        conn.sides[departure.way].fin = Some(Fin {
            number,
            left: departure.at,
            reached: false,
            arrived: None,
            by,
            acks: Some(departure.segment.rel_ack).filter(|_| departure.has(TcpFlags::ACK)),
        });
        let Some(other) = other else {
            conn.close.first = Some(departure.way);
            return Meets::Nothing;
        };
        if other.acks.is_some_and(|acks| behind(acks, number)) {
            conn.close.first = Some(departure.way);
            conn.close.out_of_order = true;
            conn.sides[departure.way].fin_acked = true;
            return Meets::StandsBefore;
        }
        if !departure.segment.acks(other.number) {
            conn.close.crossed = true;
            let reports = &conn.sides[departure.way].reports;
            conn.close.held = other.reached || reports.fin(Some(other.number)) != 0;
            return if conn.close.held {
                Meets::Held
            } else {
                Meets::Crossing
            };
        }
        if conn.close.answer.is_some() {
            return Meets::Answered;
        }
        conn.close.answer = Some(FinAnswer {
            fin: true,
            after: waited(Some(&other), departure.at),
            by: FinAnswerBy::Fin,
        });
        Meets::Unanswered
    }

    /// A direction was closed whose data have not all left: its kernel's state says so before the FIN does. What is told
    /// is a call, or a frame of that side beside which the state stands.
    pub(super) fn fin_waits(
        &self,
        flow: u32,
        host: HostId,
        states: &[StateChange],
    ) -> Option<Note> {
        let conn = self.conns.get(&flow)?;
        let side = &conn.sides[conn.side_of(host)?];
        let is = |state: &&StateChange| closed_too(state.now) && state.host == host;
        let state = states.iter().find(is)?;
        if side.fin.is_some() || side.next == 0 {
            return None;
        }
        // Numbers count from 1, and for its kernel the FIN that waits is one of those that have not left.
        let handed = side.handed.saturating_sub(u64::from(side.next) - 1);
        let unsent = state.info.map_or(0, |info| u64::from(info.notsent));
        let bytes = handed.max(unsent.saturating_sub(1));
        let key = match (side.called, handed.max(unsent)) {
            (_, 0) => return None,
            (true, _) => "note-fin-waits",
            (false, _) => "note-fin-waits-seen",
        };
        let message = Message::new(key)
            .text("state", state.now.to_string())
            .text("host", self.name(Some(host), None))
            .int("bytes", i64::try_from(bytes).unwrap_or(i64::MAX));
        Some(Note::new(NoteKind::What, message))
    }

    fn fin_why(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return;
        };
        let side = &conn.sides[departure.way];
        let closing = sending_call(&side.last)
            .filter(|call| matches!(call.name, CallName::Close | CallName::Shutdown));
        let message = match (closing, side.closed) {
            (Some(call), _) => Message::new("note-fin-why").text("call", call_text(call)),
            (None, Some((name, _))) => Message::new("note-fin-why-later").text("call", spelt(name)),
            (None, None) if side.called => {
                Message::new("note-fin-why-end").text("from", departure.from.clone())
            }
            (None, None) if self.ours() => {
                Message::new("note-fin-why-program").text("from", departure.from.clone())
            }
            (None, None) => return,
        };
        notes.push(Note::new(NoteKind::Why, message));
    }

    /// Data left: whether it is the sign of a half-closed connection.
    pub(super) fn after_fin(&mut self, departure: &Departure<'_>, alone: bool) {
        let Some(conn) = self.conns.get_mut(&departure.flow) else {
            return;
        };
        let other = conn.sides[1 - departure.way].fin.clone();
        let Some(fin) = other.filter(|_| conn.close.first == Some(1 - departure.way)) else {
            return;
        };
        let covers = departure.segment.acks(fin.number);
        if !alone && covers && conn.sides[departure.way].fin.is_none() {
            conn.close.data_after = true;
        }
        if covers && conn.close.answer.is_none() {
            let by = match (alone, conn.sides[departure.way].quickack) {
                (false, _) => FinAnswerBy::Data,
                (true, true) => FinAnswerBy::Quickack,
                (true, false) => FinAnswerBy::Kernel,
            };
            conn.close.answer = Some(FinAnswer {
                fin: false,
                after: waited(Some(&fin), departure.at),
                by,
            });
        }
    }

    /// An acknowledgement without data of a FIN. Gives whether it was one.
    pub(super) fn closing_ack_leaves(
        &mut self,
        departure: &Departure<'_>,
        notes: &mut Vec<Note>,
    ) -> bool {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return false;
        };
        let Some(fin) = conn.sides[1 - departure.way].fin.clone() else {
            return false;
        };
        let covers = departure.segment.acks(fin.number);
        let newly = !behind(conn.sides[departure.way].acked, fin.number);
        if !covers || !newly {
            return false;
        }
        let last = conn.sides[departure.way].fin.is_some();
        let crossed = conn.close.crossed;
        self.after_fin(departure, true);
        let key = match (last, crossed) {
            (true, false) => "note-last-ack",
            (true, true) => "note-crossed-fin-ack",
            (false, _) => "note-fin-ack",
        };
        let message = Message::new(key)
            .int("ack", departure.segment.rel_ack)
            .int("fin", fin.number)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.6"));
        if !last {
            self.fin_ack_why(departure, notes);
            let state = self.conns[&departure.flow].sides[departure.way].state;
            let key = if state.is_some_and(closed_too) {
                "note-fin-ack-next-waits"
            } else if fin.by.gave_up() {
                "note-fin-ack-next-closed"
            } else {
                "note-fin-ack-next"
            };
            let message = Message::new(key)
                .text("state", state.map(|s| s.to_string()).unwrap_or_default())
                .text("from", departure.from.clone())
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::Next, message).rfc(9293, "3.6.1"));
        }
        true
    }

    /// Why the first FIN's acknowledgement left alone.
    fn fin_ack_why(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let answer = self
            .conns
            .get(&departure.flow)
            .and_then(|conn| conn.close.answer);
        let Some(answer) = answer else { return };
        let Some(after) = answer.after else { return };
        let key = match answer.by {
            FinAnswerBy::Quickack => "note-ack-quickack",
            _ if after.ns() >= 30_000_000 => "note-fin-ack-delayed",
            _ => "note-ack-after",
        };
        let message = Message::new(key)
            .text("ms", ms(after))
            .text("from", departure.from.clone());
        notes.push(Note::new(NoteKind::Why, message));
    }

    /// Something of the closing arrives: FINs, and the acknowledgement that completes it.
    pub(super) fn closing_arrives(
        &mut self,
        flow: u32,
        way: usize,
        segment: &Segment,
        at: Option<Time>,
        notes: &mut Vec<Note>,
    ) {
        let Some(conn) = self.conns.get_mut(&flow) else {
            return;
        };
        if segment.flags.contains(TcpFlags::FIN)
            && at.is_some()
            && let Some(fin) = &mut conn.sides[way].fin
        {
            fin.reached = true;
        }
        // A FIN that comes before its turn closes nothing yet (RFC 9293 §3.10.7.4, the last step).
        let reached = conn.sides[1 - way].came.next;
        if let Some(fin) = &mut conn.sides[way].fin
            && reached.is_some_and(|next| behind(next, fin.number))
        {
            fin.arrived = fin.arrived.or(at);
        }
        let other = &mut conn.sides[1 - way];
        other.fin_acked |= other
            .fin
            .as_ref()
            .is_some_and(|fin| segment.acks(fin.number));
        let complete =
            conn.sides.iter().all(|side| side.fin_acked) && !conn.close.told && !conn.reset;
        if complete {
            conn.close.told = true;
            self.closed(flow, notes);
        }
    }

    /// The connection is closed: in which shape, why, and who waits.
    fn closed(&mut self, flow: u32, notes: &mut Vec<Note>) {
        let Some(conn) = self.conns.get(&flow) else {
            return;
        };
        let Some(first) = conn.close.first else {
            return;
        };
        let name = |at: usize| self.name(conn.hosts[at], Some(conn.ends[at]));
        let (active, passive) = (name(first), name(1 - first));
        let note = |message: Message| Note::new(NoteKind::Milestone, message);
        let with_names = |key| {
            Message::new(key)
                .text("active", active.clone())
                .text("passive", passive.clone())
        };
        let answer = conn.close.answer;
        let linux = match (conn.close.crossed, answer) {
            _ if conn.close.out_of_order => {
                notes.push(note(with_names("note-closed-out-of-order")));
                None
            }
            (true, _) if conn.close.held => {
                notes.push(note(with_names("note-closed-held")));
                None
            }
            (true, _) => {
                notes.push(note(with_names("note-closed-simultaneous")));
                None
            }
            (false, Some(answer)) if answer.fin => {
                notes.push(note(with_names("note-closed-three")));
                self.why_three(conn, &passive)
            }
            (false, Some(_)) if conn.close.data_after => {
                notes.push(note(with_names("note-closed-half")));
                None
            }
            (false, answer) => {
                notes.push(note(with_names("note-closed-four")));
                answer.and_then(|answer| why_four(conn, first, answer, &passive))
            }
        };
        let waits = [conn.sides[0].time_wait, conn.sides[1].time_wait];
        let crossed = conn.close.crossed;
        notes.extend(linux);
        self.time_wait(crossed, waits[first], &active, notes);
    }

    /// Why the acknowledgement rode on the second FIN.
    fn why_three(&self, conn: &Conn, passive: &str) -> Option<Note> {
        let after = conn.close.answer?.after?;
        let key = if self.ours() {
            "note-linux-closed-three"
        } else {
            "note-closed-three-why"
        };
        let message = Message::new(key)
            .text("passive", passive.to_owned())
            .text("ms", ms(after));
        let kind = if self.ours() {
            NoteKind::Linux
        } else {
            NoteKind::Why
        };
        Some(Note::new(kind, message).rfc(9293, "3.8.6.3"))
    }

    fn time_wait(&mut self, both: bool, seen: bool, active: &str, notes: &mut Vec<Note>) {
        let key = match (both, seen) {
            (true, _) => "note-time-wait-both",
            (false, true) => "note-time-wait-seen",
            (false, false) => "note-time-wait",
        };
        let message = Message::new(key).text("active", active.to_owned());
        notes.push(Note::new(NoteKind::Milestone, message).rfc(9293, "3.6.1"));
        if seen && self.ours() && self.first_time("note-linux-time-wait") {
            let message = Message::new("note-linux-time-wait");
            notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.4.2"));
        }
    }
}

/// The program of a side in this state has closed, or shut down, its direction.
const fn closed_too(state: TcpState) -> bool {
    matches!(
        state,
        TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck
    )
}

impl ConnSide {
    /// What makes its kernel send a FIN now, as far as its calls say.
    fn fin_by(&self) -> FinBy {
        match self.closed {
            Some(_) if self.shut_write => FinBy::ShutWrite,
            Some((name, _)) => FinBy::Call(name),
            None if self.called => FinBy::End,
            None => FinBy::Unknown,
        }
    }
}

/// How long after a FIN's arrival something left.
fn waited(fin: Option<&Fin>, at: Time) -> Option<crate::model::Span> {
    fin.and_then(|fin| fin.arrived).map(|came| at.since(came))
}

/// `close()`, `shutdown(SHUT_WR)`.
fn call_text(call: &crate::model::Call) -> String {
    let name = crate::notation::call::name_of(call.name);
    match call.args.first() {
        Some(crate::model::Arg::Word(word)) if call.name == CallName::Shutdown => {
            format!("{name}({})", crate::text::visible::untrusted(word))
        }
        _ => format!("{name}()"),
    }
}

/// Why it left alone.
fn why_four(conn: &Conn, first: usize, answer: FinAnswer, passive: &str) -> Option<Note> {
    let fin = conn.sides[1 - first].fin.as_ref()?;
    let came = conn.sides[first].fin.as_ref()?.arrived?;
    let closed_after = fin.left.since(came);
    let key = match answer.by {
        FinAnswerBy::Quickack => "note-closed-four-quickack",
        _ if answer.after?.ns() >= 30_000_000 => "note-closed-four-busy",
        _ => "note-closed-four-early",
    };
    let message = Message::new(key)
        .text("passive", passive.to_owned())
        .text("ack_ms", ms(answer.after?))
        .text("fin_ms", ms(closed_after));
    Some(Note::new(NoteKind::Why, message).rfc(9293, "3.8.6.3"))
}
