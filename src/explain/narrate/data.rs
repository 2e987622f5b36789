//! Data and acknowledgements (RFC 9293 §3.4, §3.8.6.3).

use crate::model::{CallName, Span};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Analysis, Recovery};
use crate::protocol::timing::{ACK_KEPT_BACK_FROM, ACKED_AT_ONCE_WITHIN, ARRIVAL_CAUSES_WITHIN};
use crate::text::Message;

use super::conn::{Conn, ConnSide, Last};
use super::recover::arrived_twice;
use super::segment::Departure;
use super::{Narrator, Note, NoteKind, ms};

impl Narrator {
    pub(super) fn data_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let segment = departure.segment;
        if self.probe(departure, notes) {
            let key = match segment.why.recovery {
                Some(Recovery::KeepAlive(_)) => "note-probe-byte-old",
                _ if departure.again => "note-probe-byte-again",
                _ => "note-probe-byte",
            };
            let message = Message::new(key)
                .int("first", segment.rel_seq)
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message));
            return;
        }
        if departure.is_resend() {
            self.resend_leaves(departure, notes);
            return;
        }
        let message = Message::new("note-data")
            .int("len", segment.len)
            .int("first", segment.rel_seq)
            .int("last", departure.end.wrapping_sub(1));
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.4"));
        if departure.has(TcpFlags::URG) {
            let message = Message::new("note-urgent").text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.5"));
        }
        self.data_why(departure, notes);
        self.carries_ack(departure, notes);
        self.covers_what_was_held(departure, notes);
        let message = Message::new("note-data-next")
            .int("next", departure.end)
            .text("to", departure.to.clone());
        if self.first_time("note-data-next") {
            notes.push(Note::new(NoteKind::Next, message));
        }
        self.push_flag(departure, notes);
        self.after_fin(departure, false);
    }

    /// Why data left now: the call that handed it over, or the acknowledgement that let it go.
    fn data_why(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        if !self.calls {
            return;
        }
        let Some(side) = self
            .conns
            .get(&departure.flow)
            .map(|c| &c.sides[departure.way])
        else {
            return;
        };
        let segment = departure.segment;
        let sends = side.last.call().filter(|call| call.name.sends());
        let why = if let Some(call) = sends {
            let reached = u64::from(departure.end.wrapping_sub(1));
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
            Message::new("note-data-why-arrival").text("to", departure.to.clone())
        } else {
            return;
        };
        let arrival = side.last.is_arrival();
        let kept = arrival.then(|| kept_back(departure, side)).flatten();
        notes.push(Note::new(NoteKind::Why, why));
        notes.extend(kept);
    }

    /// Linux's way with PSH, once it shows.
    fn push_flag(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let reached = u64::from(departure.end.wrapping_sub(1));
        let ends_a_send = self
            .conns
            .get(&departure.flow)
            .is_some_and(|conn| conn.sides[departure.way].handed == reached);
        if departure.has(TcpFlags::PSH)
            && ends_a_send
            && self.ours()
            && self.first_time("note-linux-psh")
        {
            let message = Message::new("note-linux-psh").text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.9.1.2"));
        }
    }

    pub(super) fn ack_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        if self.challenges(departure, notes) || self.probe(departure, notes) {
            return;
        }
        let nothing_new = !departure.acks_new && departure.dsack.is_none();
        if nothing_new
            && (self.answers_probe(departure, notes) || self.answers_a_fin_again(departure, notes))
        {
            return;
        }
        if self.closing_ack_leaves(departure, notes) {
            self.covers_what_was_held(departure, notes);
            return;
        }
        let segment = departure.segment;
        if self.asks_for_a_gap(departure, notes) {
            return;
        }
        if !departure.acks_new {
            self.ack_of_nothing_new(departure, notes);
            return;
        }
        if self.first_of_its_side(departure, notes) {
            return;
        }
        let long = self.first_time("note-ack");
        let message = Message::new(if long { "note-ack" } else { "note-ack-short" })
            .int("ack", segment.rel_ack)
            .int("last", segment.rel_ack.wrapping_sub(1))
            .text("from", departure.from.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.4"));
        if let Some(waited) = departure.waited {
            self.ack_why(departure, waited, notes);
        }
        arrived_twice(departure, notes);
        self.takes_probe(departure, notes);
        self.covers_what_was_held(departure, notes);
        if segment.window == 0 {
            let message = Message::new("note-zero-window")
                .text("from", departure.from.clone())
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.6"));
        }
    }

    /// Why an acknowledgement left now.
    fn ack_why(&mut self, departure: &Departure<'_>, waited: Span, notes: &mut Vec<Note>) {
        let side = self
            .conns
            .get(&departure.flow)
            .map(|c| &c.sides[departure.way]);
        let quickack = side.is_some_and(|side| side.quickack);
        let filled = side.is_some_and(|side| side.filled);
        let time = ms(waited);
        if quickack {
            let message = Message::new("note-ack-quickack").text("ms", time);
            notes.push(Note::new(NoteKind::Why, message));
        } else if waited >= ACK_KEPT_BACK_FROM {
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
            if filled && waited <= ACKED_AT_ONCE_WITHIN {
                let message = Message::new("note-ack-gap");
                notes.push(Note::new(NoteKind::Why, message).rfc(5681, "4.2"));
            } else if waited <= ACKED_AT_ONCE_WITHIN
                && self.ours()
                && self.first_time("note-linux-quick-ack")
            {
                let message = Message::new("note-linux-quick-ack");
                notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.8.6.3"));
            }
        }
    }

    /// Data that also acknowledges something.
    fn carries_ack(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let other = self.conns.get(&departure.flow);
        let unseen = other.is_some_and(|conn| conn.sides[1 - departure.way].syn.is_none());
        // The number that the other side's are counted from acknowledges nothing that was seen.
        if !departure.acks_new || (unseen && departure.segment.rel_ack == 1) {
            return;
        }
        let key = match departure.waited {
            Some(_) => "note-data-acks",
            None => "note-data-acks-untimed",
        };
        let message = Message::new(key)
            .int("ack", departure.segment.rel_ack)
            .text("ms", departure.waited.map(ms).unwrap_or_default())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.6.3"));
    }

    fn probe(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
        let probes = probe_leaves(departure, notes);
        let window = matches!(
            departure.segment.why.recovery,
            Some(Recovery::WindowProbe { .. })
        );
        if window
            && departure.segment.len == 0
            && self.ours()
            && self.first_time("note-linux-window-probe")
        {
            let message =
                Message::new("note-linux-window-probe").int("seq", departure.segment.rel_seq);
            notes.push(Note::new(NoteKind::Linux, message).rfc(9293, "3.8.6.1"));
        }
        probes
    }

    /// The answer to a probe: by what arrived before it, since on the wire it looks like any other ACK.
    fn answers_probe(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
        let probed = self
            .conns
            .get(&departure.flow)
            .and_then(|conn| conn.sides[departure.way].probed);
        let (key, section) = match (probed, departure.segment.window) {
            (Some(Recovery::KeepAlive(_)), _) => ("note-keep-alive-ack", "3.8.4"),
            (Some(Recovery::WindowProbe { .. }), 0) => ("note-window-probe-zero", "3.8.6.1"),
            (Some(Recovery::WindowProbe { .. }), _) => ("note-window-probe-ack", "3.8.6.1"),
            _ => return false,
        };
        let message = Message::new(key)
            .int("window", departure.segment.window)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
        true
    }

    /// The byte of a window probe is acknowledged: there was room for it.
    fn takes_probe(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let conn = self.conns.get(&departure.flow);
        let probed = conn.and_then(|conn| conn.sides[departure.way].probed);
        if matches!(probed, Some(Recovery::WindowProbe { .. })) {
            let message = Message::new("note-window-probe-taken")
                .int("window", departure.segment.window)
                .text("from", departure.from.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.8.6.1"));
        }
    }

    /// An acknowledgement of the number that all of the other side's are counted from, whose SYN is not in the capture: "everything before it" says nothing.
    fn first_of_its_side(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return false;
        };
        if departure.segment.rel_ack != 1 || conn.sides[1 - departure.way].syn.is_some() {
            return false;
        }
        let (key, section) = match conn.sides[departure.way].syn {
            Some(_) => ("note-ack-unseen-syn", "3.5"),
            None => ("note-ack-begun-before", "3.4"),
        };
        let message = Message::new(key)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
        true
    }

    /// A FIN that came once more is acknowledged once more: what TIME-WAIT is for, where the first to close meets it.
    fn answers_a_fin_again(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return false;
        };
        let side = &conn.sides[departure.way];
        let fin = conn.sides[1 - departure.way].fin_number();
        let covers = fin.is_some_and(|fin| departure.segment.acks(fin));
        if !side.fin_again || !covers || !matches!(side.last, Last::Arrival) {
            return false;
        }
        let waits = side.fin_acked && conn.close.first == Some(departure.way);
        let key = if waits {
            "note-fin-again-ack-time-wait"
        } else {
            "note-fin-again-ack"
        };
        let message = Message::new(key)
            .int("ack", departure.segment.rel_ack)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.10.7.4"));
        true
    }

    /// A challenge: what came does not fit the connection that this side has, and is answered with what that expects.
    fn challenges(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return false;
        };
        let side = &conn.sides[departure.way];
        let older = conn.is_of_another(departure.way, departure.segment);
        let (key, section) = if older && side.last.is_arrival() {
            ("note-challenge-ack", "4.2")
        } else if !departure.acks_new && meets_reset(departure, conn) {
            ("note-challenge-ack-reset", "3.2")
        } else {
            return false;
        };
        let message = Message::new(key)
            .int("ack", departure.segment.rel_ack)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(5961, section));
        true
    }

    /// An acknowledgement that repeats the last one.
    fn ack_of_nothing_new(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        if arrived_twice(departure, notes) {
            return;
        }
        let segment = departure.segment;
        let recv = self.conns.get(&departure.flow).is_some_and(|conn| {
            conn.sides[departure.way]
                .last
                .call()
                .is_some_and(|call| call.name.receives() && call.name != CallName::Recvfrom)
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
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
    }
}

/// It answers a RST that lies within the window, and is not exactly the next number.
fn meets_reset(departure: &Departure<'_>, conn: &Conn) -> bool {
    let side = &conn.sides[departure.way];
    let Some((number, at)) = side
        .met_reset
        .filter(|_| matches!(side.last, Last::Arrival))
    else {
        return false;
    };
    let ahead = number.wrapping_sub(departure.segment.rel_ack);
    let since = departure.at.since(at);
    // Where the RST was seen near its sender, what was under way comes first.
    let answers = since < ARRIVAL_CAUSES_WITHIN || conn.rtt.is_some_and(|rtt| since >= rtt);
    answers && ahead > 0 && ahead < side.window.unwrap_or(0)
}

/// Why its kernel had kept back what an arrival let go: by its word before that arrival.
fn kept_back(departure: &Departure<'_>, side: &ConnSide) -> Option<Note> {
    let before = side.word_before?.info;
    let why = |key| Message::new(key).int("mss", before.snd_mss);
    let sent = u64::from(departure.segment.rel_seq.saturating_sub(1));
    let unsent = side.handed.saturating_sub(sent);
    let under_way = u64::from(before.unacked) * u64::from(before.snd_mss);
    let room = u64::from(before.snd_wnd).saturating_sub(under_way);
    let mss = u64::from(before.snd_mss);
    if before.unacked >= before.cwnd {
        let message = why("note-kept-back-cwnd").int("cwnd", before.cwnd);
        return Some(Note::new(NoteKind::Why, message).rfc(5681, "3.1"));
    }
    if room < unsent.min(mss) {
        let message = why("note-kept-back-window").int("window", before.snd_wnd);
        return Some(Note::new(NoteKind::Why, message).rfc(9293, "3.8.6"));
    }
    if unsent < mss && before.unacked > 0 && !side.no_nagle {
        return Some(Note::new(NoteKind::Why, why("note-kept-back-nagle")).rfc(9293, "3.7.4"));
    }
    None
}

/// Keep-alives and window probes: told apart by what the connection waits for, which Wireshark does not see.
fn probe_leaves(departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
    let segment = departure.segment;
    let (key, section) = match segment.why.recovery {
        Some(Recovery::WindowProbe { .. }) => ("note-window-probe", "3.8.6.1"),
        Some(Recovery::KeepAlive(_)) => ("note-keep-alive", "3.8.4"),
        _ => return false,
    };
    let message = Message::new(key)
        .text("from", departure.from.clone())
        .text("to", departure.to.clone());
    notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
    true
}
