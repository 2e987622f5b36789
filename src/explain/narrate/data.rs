//! Data and acknowledgements (RFC 9293 §3.4, §3.8.6.3).

use crate::model::{CallName, Span};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Analysis, Recovery};
use crate::text::Message;

use super::segment::{Leaving, is_resend};
use super::{Narrator, Note, NoteKind, ms};

/// From here on an acknowledgement counts as kept back. The kernel's timer is 40 ms at least, a busy machine's
/// scheduling is over before.
const KEPT_BACK: Span = Span::from_ms(30);
/// Up to here it counts as sent at once.
const AT_ONCE: Span = Span::from_ms(4);

impl Narrator {
    pub(super) fn data_leaves(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        if is_resend(leaving) {
            self.resend_leaves(leaving, notes);
            return;
        }
        let segment = leaving.segment;
        let message = Message::new("note-data")
            .int("len", segment.len)
            .int("first", segment.rel_seq)
            .int("last", leaving.end.wrapping_sub(1));
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.4"));
        if leaving.has(TcpFlags::URG) {
            let message = Message::new("note-urgent").text("to", leaving.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.5"));
        }
        self.data_why(leaving, notes);
        carries_ack(leaving, notes);
        self.covers_what_was_held(leaving, notes);
        let message = Message::new("note-data-next")
            .int("next", leaving.end)
            .text("to", leaving.to.clone());
        if self.first_time("note-data-next") {
            notes.push(Note::new(NoteKind::Next, message));
        }
        self.push_flag(leaving, notes);
        self.after_fin(leaving, false);
    }

    /// Why data left now: the call that handed it over, or the acknowledgement that let it go.
    fn data_why(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        if !self.calls {
            return;
        }
        let Some(side) = self.conns.get(&leaving.flow).map(|c| &c.sides[leaving.way]) else {
            return;
        };
        let segment = leaving.segment;
        let sends = side
            .last
            .call()
            .filter(|call| super::calls::sends(call.name));
        let why = if let Some(call) = sends {
            let reached = u64::from(leaving.end.wrapping_sub(1));
            let more = side.handed > reached;
            let name = super::spelt(call.name);
            match (side.parts, more) {
                (0, false) => Message::new("note-data-why-send").text("call", name),
                (0, true) => Message::new("note-data-why-first-part")
                    .text("call", name)
                    .int("len", segment.len),
                (parts, _) => Message::new("note-data-why-part")
                    .text("call", name)
                    .int("part", i64::from(parts) + 1),
            }
        } else if side.last.is_arrival() && side.handed > 0 {
            Message::new("note-data-why-arrival").text("to", leaving.to.clone())
        } else {
            return;
        };
        notes.push(Note::new(NoteKind::Why, why));
    }

    /// Linux's way with PSH, once it shows.
    fn push_flag(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        let reached = u64::from(leaving.end.wrapping_sub(1));
        let ends_a_send = self
            .conns
            .get(&leaving.flow)
            .is_some_and(|conn| conn.sides[leaving.way].handed == reached);
        if leaving.has(TcpFlags::PSH)
            && ends_a_send
            && self.ours()
            && self.first_time("note-linux-psh")
        {
            let message = Message::new("note-linux-psh").text("to", leaving.to.clone());
            notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.9.1.2"));
        }
    }

    pub(super) fn ack_leaves(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        if self.probe(leaving, notes) {
            return;
        }
        if self.closing_ack_leaves(leaving, notes) {
            self.covers_what_was_held(leaving, notes);
            return;
        }
        let segment = leaving.segment;
        if self.asks_for_a_gap(leaving, notes) {
            return;
        }
        if !leaving.acks_new {
            self.ack_of_nothing_new(leaving, notes);
            return;
        }
        let long = self.first_time("note-ack");
        let message = Message::new(if long { "note-ack" } else { "note-ack-short" })
            .int("ack", segment.rel_ack)
            .int("last", segment.rel_ack.wrapping_sub(1))
            .text("from", leaving.from.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.4"));
        if let Some(waited) = leaving.waited {
            self.ack_why(leaving, waited, notes);
        }
        self.twice(leaving, notes);
        self.covers_what_was_held(leaving, notes);
        if segment.window == 0 {
            let message = Message::new("note-zero-window")
                .text("from", leaving.from.clone())
                .text("to", leaving.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.6"));
        }
    }

    /// Why an acknowledgement left now.
    fn ack_why(&mut self, leaving: &Leaving<'_>, waited: Span, notes: &mut Vec<Note>) {
        let side = self.conns.get(&leaving.flow).map(|c| &c.sides[leaving.way]);
        let quickack = side.is_some_and(|side| side.quickack);
        let filled = side.is_some_and(|side| side.filled);
        let time = ms(waited);
        if quickack {
            let message = Message::new("note-ack-quickack").text("ms", time);
            notes.push(Note::new(NoteKind::Why, message));
        } else if waited >= KEPT_BACK {
            let message = Message::new("note-ack-delayed").text("ms", time);
            notes.push(Note::new(NoteKind::Why, message).rfc(9293, "3.8.6.3"));
            if self.ours() && self.first_time("note-linux-delayed-ack") {
                let message = Message::new("note-linux-delayed-ack");
                notes.push(Note::new(NoteKind::Linux, message));
            }
        } else {
            let at_once = waited < Span::from_ms(1);
            let message = if at_once {
                Message::new("note-ack-at-once")
            } else {
                Message::new("note-ack-after").text("ms", time)
            };
            notes.push(Note::new(NoteKind::Why, message));
            if filled && waited <= AT_ONCE {
                let message = Message::new("note-ack-gap");
                notes.push(Note::new(NoteKind::Why, message).rfc(5681, "4.2"));
            } else if waited <= AT_ONCE && self.ours() && self.first_time("note-linux-quick-ack") {
                let message = Message::new("note-linux-quick-ack");
                notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.8.6.3"));
            }
        }
    }

    fn probe(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) -> bool {
        let probes = probe_leaves(leaving, notes);
        let window = leaving.segment.why.recovery == Some(Recovery::WindowProbe);
        if window
            && leaving.segment.len == 0
            && self.ours()
            && self.first_time("note-linux-window-probe")
        {
            let message =
                Message::new("note-linux-window-probe").int("seq", leaving.segment.rel_seq);
            notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.8.6.1"));
        }
        probes
    }

    /// The answer to a probe: by what arrived before it, since on the wire it looks like any other ACK.
    fn answers_probe(&self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) -> bool {
        let probed = self
            .conns
            .get(&leaving.flow)
            .and_then(|conn| conn.sides[leaving.way].probed);
        let (key, section) = match (probed, leaving.segment.window) {
            (Some(Recovery::KeepAlive), _) => ("note-keep-alive-ack", "3.8.4"),
            (Some(Recovery::WindowProbe), 0) => ("note-window-probe-zero", "3.8.6.1"),
            (Some(Recovery::WindowProbe), _) => ("note-window-probe-ack", "3.8.6.1"),
            _ => return false,
        };
        let message = Message::new(key)
            .int("window", leaving.segment.window)
            .text("from", leaving.from.clone())
            .text("to", leaving.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
        true
    }

    /// An acknowledgement that repeats the last one.
    fn ack_of_nothing_new(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        if self.twice(leaving, notes) || self.answers_probe(leaving, notes) {
            return;
        }
        let segment = leaving.segment;
        let recv = self.conns.get(&leaving.flow).is_some_and(|conn| {
            conn.sides[leaving.way]
                .last
                .call()
                .is_some_and(|call| matches!(call.name, CallName::Recv | CallName::Recvmsg))
        });
        let (key, section) = if segment.analysis.contains(Analysis::WINDOW_UPDATE) {
            let key = if recv {
                "note-window-update-recv"
            } else {
                "note-window-update"
            };
            (key, "3.8.6.2.2")
        } else if segment.analysis.contains(Analysis::ZERO_WINDOW) {
            ("note-zero-window", "3.8.6")
        } else {
            ("note-ack-again", "3.4")
        };
        let message = Message::new(key)
            .int("ack", segment.rel_ack)
            .int("window", segment.window)
            .text("from", leaving.from.clone())
            .text("to", leaving.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
    }
}

/// Data that also acknowledges something.
fn carries_ack(leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
    if !leaving.acks_new {
        return;
    }
    let key = match leaving.waited {
        Some(_) => "note-data-acks",
        None => "note-data-acks-untimed",
    };
    let message = Message::new(key)
        .int("ack", leaving.segment.rel_ack)
        .text("ms", leaving.waited.map(ms).unwrap_or_default())
        .text("to", leaving.to.clone());
    notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.6.3"));
}

/// Keep-alives and window probes: told apart by what the connection waits for, which Wireshark does not see.
fn probe_leaves(leaving: &Leaving<'_>, notes: &mut Vec<Note>) -> bool {
    let segment = leaving.segment;
    let (key, section) = match segment.why.recovery {
        Some(Recovery::WindowProbe) => ("note-window-probe", "3.8.6.1"),
        Some(Recovery::KeepAlive) => ("note-keep-alive", "3.8.4"),
        _ if segment.analysis.contains(Analysis::KEEP_ALIVE_ACK) => {
            ("note-keep-alive-ack", "3.8.4")
        }
        _ => return false,
    };
    let message = Message::new(key)
        .text("from", leaving.from.clone())
        .text("to", leaving.to.clone());
    notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
    true
}
