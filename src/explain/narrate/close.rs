//! Closing (RFC 9293 §3.6): FINs and what acknowledges them, in which shape, and why in that shape.
//!
//! Judged by what the acknowledgements cover, never by counting segments: data sent just before a FIN gets an
//! acknowledgement of its own, which may arrive after the FIN has left.

use crate::explain::narrate::sockets::has_word;
use crate::explain::{CallMoment, StateChange};
use crate::model::{CallName, TcpState, Time};
use crate::protocol::follow::Segment;
use crate::text::Message;

use super::conn::{Conn, Fin, FinAnswer, FinAnswerBy};
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
    /// This FIN is the first segment that acknowledges it.
    Unanswered,
    /// It has left, but not been seen here: both are under way.
    Crossing,
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
            (Meets::Crossing, _) => "note-fin-crossing",
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
        if self.closed_it(departure)
            && meets == Meets::Nothing
            && self.first_time("note-fin-given-up")
        {
            let message = Message::new("note-fin-given-up").text("from", departure.from.clone());
            notes.push(Note::new(NoteKind::Why, message).rfc(9293, "3.6.1"));
        }
        let keeps_reading = self.only_shut_down(departure);
        let next = match meets {
            Meets::Nothing if keeps_reading => "note-fin-next",
            Meets::Nothing => "note-fin-next-closed",
            Meets::Crossing => "note-fin-next-crossing",
            _ => "note-fin-next-last",
        };
        let message = Message::new(next)
            .int("next", departure.end)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::Next, message));
    }

    /// The program of this FIN's sender has closed the socket.
    fn closed_it(&self, departure: &Departure<'_>) -> bool {
        self.conns
            .get(&departure.flow)
            .and_then(|conn| sending_call(&conn.sides[departure.way].last))
            .is_some_and(|call| call.name == CallName::Close)
    }

    /// The sender of this FIN has shut down one direction and still reads: so far as its calls say.
    fn only_shut_down(&self, departure: &Departure<'_>) -> bool {
        self.conns
            .get(&departure.flow)
            .and_then(|conn| sending_call(&conn.sides[departure.way].last))
            .is_some_and(|call| has_word(call, "SHUT_WR"))
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
        let call = sending_call(&conn.sides[departure.way].last);
        let by = call.map(|call| call.name);
        let shut = call.is_some_and(|call| has_word(call, "SHUT_WR"));
        let other = conn.sides[1 - departure.way].fin.clone();
        conn.sides[departure.way].fin = Some(Fin {
            number,
            left: departure.at,
            arrived: None,
            by,
            shut,
        });
        let Some(other) = other else {
            conn.close.first = Some(departure.way);
            return Meets::Nothing;
        };
        if !departure.segment.acks(other.number) {
            conn.close.crossed = true;
            return Meets::Crossing;
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

    /// A call closed a direction whose data have not all left: its kernel's state says so before the FIN does.
    pub(super) fn fin_waits(&self, flow: u32, moment: &CallMoment) -> Option<Note> {
        let conn = self.conns.get(&flow)?;
        let side = &conn.sides[conn.side_of(moment.call.host)?];
        let is = |state: &&StateChange| {
            matches!(state.now, TcpState::FinWait1 | TcpState::LastAck)
                && state.host == moment.call.host
        };
        let state = moment.states.iter().find(is)?.now;
        // Numbers count from 1.
        let waits = side.fin.is_none() && side.next > 0 && side.handed >= u64::from(side.next);
        waits.then(|| {
            let message = Message::new("note-fin-waits").text("state", state.to_string());
            Note::new(NoteKind::What, message)
        })
    }

    fn fin_why(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return;
        };
        let side = &conn.sides[departure.way];
        let message = match sending_call(&side.last) {
            Some(call) => Message::new("note-fin-why").text("call", call_text(call)),
            None if self.calls && side.closed.is_some() => Message::new("note-fin-why-later").text(
                "call",
                side.closed.map(|(n, _)| spelt(n)).unwrap_or_default(),
            ),
            None if self.ours() && !self.calls => {
                Message::new("note-fin-why-program").text("from", departure.from.clone())
            }
            None => return,
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
            let key = if fin.by == Some(CallName::Close) || fin.by.is_some() && !fin.shut {
                "note-fin-ack-next-closed"
            } else {
                "note-fin-ack-next"
            };
            let message = Message::new(key)
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
            (true, _) => {
                notes.push(note(with_names("note-closed-simultaneous")));
                None
            }
            (false, Some(answer)) if answer.fin => {
                notes.push(note(with_names("note-closed-three")));
                self.why_three(conn, first, &passive)
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
    fn why_three(&self, conn: &Conn, first: usize, passive: &str) -> Option<Note> {
        let after = conn.close.answer?.after?;
        let key = if self.ours() {
            "note-linux-closed-three"
        } else {
            "note-closed-three-why"
        };
        let by = conn.sides[1 - first].fin.as_ref()?.by;
        let message = Message::new(key)
            .text("passive", passive.to_owned())
            .text("call", by.map_or_else(String::new, spelt))
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
