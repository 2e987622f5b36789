//! Resets (RFC 9293 §3.5.2, §3.5.3): refused, aborted, or the answer to a segment that no connection is there for.
//!
//! What calls and numbers do not decide is told as what is certain, with the candidates.

use crate::model::{CallName, Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::Anomaly;
use crate::protocol::timing::BUSY_HOST_LATE_BY;
use crate::text::Message;

use super::conn::{Conn, ConnSide};
use super::prompts::Prompt;
use super::ranges::behind;
use super::segment::Departure;
use super::{Narrator, Note, NoteKind, sending_call};

/// What a RST means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// The answer to a SYN.
    Refused,
    /// close() with SO_LINGER on and no time.
    Linger,
    /// close() with so many bytes unread.
    Unread(u64),
    /// The program ended with so many bytes unread.
    UnreadAtTheEnd(u64),
    /// By its numbers the answer to this segment.
    Answers(Prompt, Standing),
    /// The answer to a SYN ACK whose SYN a program had made by hand.
    Unknown,
    /// The last keep-alives, so many, were not answered.
    Unanswered(u32),
    /// None of these: broken off, and several things do that.
    Abort,
}

/// How a side stands to a connection when it answers a segment of it by a RST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// close() was called.
    Closed,
    /// shutdown of both directions was called, and no close() yet.
    Shut,
    /// Its FIN has left; by which call is not known.
    Finished,
    /// Both FINs are acknowledged.
    Over,
    /// It has sent a RST already.
    Reset,
    /// It has sent a SYN, and this is no SYN ACK: its acknowledgement can't be that of the SYN.
    SynSent,
    /// It has sent a SYN, and does not want the SYN ACK.
    SynAck,
    /// Nothing of it says.
    Open,
}

impl Standing {
    const fn key(self) -> &'static str {
        match self {
            Self::Closed => "note-reset-gone",
            Self::Shut => "note-reset-shut",
            Self::Finished => "note-reset-finished",
            Self::Over => "note-reset-over",
            Self::Reset => "note-reset-again",
            Self::SynSent => "note-reset-syn-sent",
            Self::SynAck => "note-reset-syn-ack",
            Self::Open => "note-reset-answer",
        }
    }
}

impl Means {
    /// Its note, and the section of RFC 9293.
    fn told(self, ours: bool) -> (&'static str, &'static str) {
        match self {
            Self::Refused if ours => ("note-reset-refused", "3.5.2"),
            Self::Refused => ("note-reset-refused-seen", "3.5.2"),
            Self::Linger => ("note-reset-linger", "3.9.1.6"),
            Self::Unread(_) => ("note-reset-unread", "3.6.1"),
            Self::UnreadAtTheEnd(_) => ("note-reset-unread-end", "3.6.1"),
            Self::Answers(prompt, _) if !prompt.flags.contains(TcpFlags::ACK) => {
                ("note-reset-no-ack", "3.10.7.1")
            }
            Self::Answers(_, standing @ (Standing::SynSent | Standing::SynAck)) => {
                (standing.key(), "3.10.7.3")
            }
            Self::Answers(_, standing) => (standing.key(), "3.5.2"),
            Self::Unknown => ("note-reset-unknown", "3.5.2"),
            Self::Unanswered(_) => ("note-reset-unanswered", "3.8.4"),
            Self::Abort => ("note-reset", "3.5.3"),
        }
    }
}

impl Narrator {
    pub(super) fn reset_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let means = self.reset_means(departure);
        let port = self
            .flows
            .get(&departure.flow)
            .map_or(0, |known| known.ends[departure.way].port);
        let (key, section) = means.told(self.ours());
        let bytes = match means {
            Means::Unread(bytes) | Means::UnreadAtTheEnd(bytes) => bytes,
            _ => 0,
        };
        let frame = match means {
            Means::Answers(prompt, _) => prompt.frame,
            _ => 0,
        };
        let times = match means {
            Means::Unanswered(times) => times,
            _ => 0,
        };
        let conn = self.conns.get(&departure.flow);
        let queued = conn.is_some_and(|conn| departure.way == 1 && conn.sides[1].next <= 1);
        let message = Message::new(key)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone())
            .int("port", port)
            .int("frame", frame)
            .int("times", times)
            .int("queued", u32::from(queued))
            .int("bytes", bytes);
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
        let ends_time_wait = matches!(means, Means::Answers(_, Standing::Over))
            && conn.is_some_and(|conn| conn.close.first == Some(1 - departure.way));
        if ends_time_wait {
            let message = Message::new("note-reset-time-wait").text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::Next, message).rfc(1337, ""));
        }
        if !self.ours() {
            let answers = matches!(means, Means::Answers(..) | Means::Refused);
            notes.extend(conn.and_then(|conn| conn.by_another(departure)));
            notes.extend(
                conn.filter(|_| !answers)
                    .and_then(|conn| conn.odd_number(departure)),
            );
        }
        if let Some(conn) = self.conns.get_mut(&departure.flow) {
            conn.still_opens = matches!(means, Means::Answers(_, Standing::SynSent));
            conn.sides[departure.way].broken_off =
                Some(departure.frame).filter(|_| !conn.still_opens);
        }
    }

    fn reset_means(&mut self, departure: &Departure<'_>) -> Means {
        let ours = self.ours();
        let Some(conn) = self.conns.get_mut(&departure.flow) else {
            return Means::Abort;
        };
        let prompt = conn.prompt_of(departure, ours);
        let (side, other) = (&conn.sides[departure.way], &conn.sides[1 - departure.way]);
        if other.syn.is_some() && side.syn.is_none() && departure.has(TcpFlags::ACK) {
            return Means::Refused;
        }
        if side.by_hand && side.last.is_arrival() {
            return Means::Unknown;
        }
        if let Some(prompt) = prompt {
            return Means::Answers(prompt, conn.standing(departure, &prompt));
        }
        if side.keep_alives > 0 {
            return Means::Unanswered(side.keep_alives);
        }
        match sending_call(&side.last) {
            Some(call) if call.name == CallName::Close => {
                if self.sockets.of(call).is_some_and(|socket| socket.lingers) {
                    return Means::Linger;
                }
                side.unread(other).map_or(Means::Abort, Means::Unread)
            }
            _ if side.called && side.closed.is_none() => side
                .unread(other)
                .map_or(Means::Abort, Means::UnreadAtTheEnd),
            _ => Means::Abort,
        }
    }

    /// A RST arrives: the connection is over.
    pub(super) fn reset_arrives(
        &mut self,
        flow: u32,
        way: usize,
        from: &str,
        to: &str,
        notes: &mut Vec<Note>,
    ) {
        let Some(conn) = self.conns.get_mut(&flow) else {
            return;
        };
        if conn.close.told || conn.still_opens {
            return;
        }
        conn.close.told = true;
        let refused = conn.sides[1 - way].syn.is_some() && conn.sides[way].syn.is_none();
        let key = if refused {
            "note-refused"
        } else {
            "note-closed-reset"
        };
        let message = Message::new(key)
            .text("from", from.to_owned())
            .text("to", to.to_owned());
        notes.push(Note::new(NoteKind::Milestone, message));
    }

    /// Something of a side that had broken the connection off: it goes on with it all the same.
    pub(super) fn goes_on(&mut self, departure: &Departure<'_>) -> Option<Note> {
        let segment = departure.segment;
        let late = matches!(segment.why.anomaly, Some(Anomaly::Reordered(_)));
        // Only what it sends for the first time shows that it has not given up.
        let old = departure.is_resend() || segment.len == 0;
        if self.ours() || late || old || segment.why.sighting.is_some() {
            return None;
        }
        let side = &mut self.conns.get_mut(&departure.flow)?.sides[departure.way];
        // Told once.
        let frame = side.broken_off.take()?;
        let message = Message::new("note-reset-goes-on")
            .int("frame", frame)
            .text("from", departure.from.clone());
        Some(Note::new(NoteKind::What, message))
    }
}

impl Conn {
    /// What this RST answers, by its numbers and soon enough. What is broken off without an answer deals with all that came.
    fn prompt_of(&mut self, departure: &Departure<'_>, ours: bool) -> Option<Prompt> {
        let most = match (ours, self.rtt) {
            (true, _) => BUSY_HOST_LATE_BY,
            (false, Some(rtt)) => Span::from_ns(rtt.ns().saturating_add(BUSY_HOST_LATE_BY.ns())),
            (false, None) => Span::from_ms(1_000),
        };
        let since = Time::from_ns(departure.at.ns().saturating_sub(most.ns()));
        let prompts = &mut self.sides[departure.way].prompts;
        let prompt = prompts.take(departure.segment, since);
        if prompt.is_none() {
            prompts.forget();
        }
        prompt
    }

    /// How this side stands to it.
    fn standing(&self, departure: &Departure<'_>, prompt: &Prompt) -> Standing {
        let way = departure.way;
        // The RST's number is the acknowledgement of what it answers.
        let acks_syn = departure.segment.rel_seq.wrapping_sub(1) < self.sides[way].next;
        let (side, other) = (&self.sides[way], &self.sides[1 - way]);
        let syn_ack = prompt.flags.contains(TcpFlags::SYN | TcpFlags::ACK);
        if side.broken_off.is_some() {
            Standing::Reset
        } else if side.fin_acked && other.fin_acked {
            Standing::Over
        } else if matches!(side.closed, Some((CallName::Close, _))) {
            Standing::Closed
        } else if side.shut_both {
            Standing::Shut
        } else if side.fin.is_some() {
            Standing::Finished
        } else if side.syn.is_none() || side.acked > 0 || side.syn_ack {
            Standing::Open
        } else if syn_ack {
            Standing::SynAck
        } else if !acks_syn {
            Standing::SynSent
        } else {
            Standing::Open
        }
    }

    /// What speaks against this RST's being its side's own.
    fn by_another(&self, departure: &Departure<'_>) -> Option<Note> {
        let side = &self.sides[departure.way];
        let (ttl, usual) = (departure.ttl?, side.ttl.steady()?);
        if ttl == usual {
            return None;
        }
        let message = Message::new("note-reset-ttl")
            .int("ttl", ttl)
            .int("usual", usual)
            .text("from", departure.from.clone());
        Some(Note::new(NoteKind::What, message))
    }
}

impl Conn {
    /// It answers nothing, and its number is none that its side would give it.
    fn odd_number(&self, departure: &Departure<'_>) -> Option<Note> {
        let side = &self.sides[departure.way];
        let number = departure.segment.rel_seq;
        if side.syn.is_none() || !behind(side.next, number) {
            return None;
        }
        let message = Message::new("note-reset-number")
            .int("number", number)
            .int("next", side.next)
            .text("from", departure.from.clone());
        Some(Note::new(NoteKind::What, message))
    }
}

impl ConnSide {
    /// How many bytes had arrived in their turn and were not read, where the calls say so and any are.
    fn unread(&self, other: &Self) -> Option<u64> {
        let fin = u32::from(other.fin.is_some());
        let came = u64::from(self.came.next.unwrap_or(0).saturating_sub(1 + fin));
        came.checked_sub(self.read).filter(|bytes| *bytes > 0)
    }
}
