//! Opening: SYN, SYN ACK, ACK (RFC 9293 §3.5).

use crate::model::{CallName, Span};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Analysis, Recovery, Segment};
use crate::protocol::timing::{ARRIVAL_CAUSES_WITHIN, SHORTEST_TIMER};
use crate::text::Message;

use super::conn::{Conn, Last};
use super::segment::Departure;
use super::{Narrator, Note, NoteKind, Transit, TransitPhase, ms, spelt};

/// A SYN that goes again sooner than this after the one before, the third or later, was not doubled.
const SHORTEST_LINEAR: Span = Span::from_ms(1_500);

impl Narrator {
    pub(super) fn syn_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let Some(conn) = self.conns.get_mut(&departure.flow) else {
            return;
        };
        let before = conn.sides[departure.way].syn;
        let crossing = conn.sides[1 - departure.way].syn.is_some();
        if let Some((earlier, _)) = before {
            if conn.steps != conn.sides[departure.way].syn_steps {
                // The clock of the capture stepped back: no time says what made it go again.
                let message = Message::new("note-syn-again-untimed");
                notes.push(Note::new(NoteKind::What, message));
                return;
            }
            let ago = departure.at.since(earlier);
            self.syn_again(departure, ago, notes);
            return;
        }
        let key = if crossing {
            "note-syn-crossing"
        } else {
            "note-syn"
        };
        notes.push(
            Note::new(
                NoteKind::What,
                Message::new(key)
                    .text("from", departure.from.clone())
                    .text("to", departure.to.clone()),
            )
            .rfc(9293, "3.5"),
        );
        notes.extend(self.meets_time_wait(departure));
        syn_carries(departure, self.conns.get(&departure.flow), notes);
        match self.cause(departure) {
            Some(CallName::Connect) => {
                notes.push(Note::new(NoteKind::Why, Message::new("note-syn-why")));
                let waits = self.connect_waits(departure);
                if let Some(conn) = self.conns.get_mut(&departure.flow) {
                    let call = conn.sides[departure.way].last.call();
                    conn.connect = call.map(|call| call.at).filter(|_| waits);
                }
            }
            Some(name) if name.sends() => {
                let message = Message::new("note-syn-why-send").text("call", spelt(name));
                notes.push(Note::new(NoteKind::Why, message));
            }
            _ => {}
        }
        if !crossing && self.first_time("note-syn-next") {
            let next = Message::new("note-syn-next").text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::Next, next));
        }
    }

    /// A SYN whose receiver closed a connection of the same endpoints first, and may still be in TIME-WAIT: with an older timestamp than that
    /// connection's last it is dropped without a word.
    fn meets_time_wait(&self, departure: &Departure<'_>) -> Option<Note> {
        let (flow, way) = (departure.flow, departure.way);
        let conn = self.conns.get(&flow)?;
        let stamp = conn.sides[way].stamp?;
        let ends = [conn.ends[way], conn.ends[1 - way]];
        let before = self.conns.range(..flow).rev().find_map(|(_, before)| {
            let at = before.ends.iter().position(|end| *end == ends[0])?;
            (before.ends[1 - at] == ends[1]).then_some((before, at))
        });
        let (before, at) = before?;
        let last = before.sides[at].stamp?;
        let waits =
            before.close.first == Some(1 - at) && before.sides[at].fin.is_some() && !before.reset;
        let older = stamp.wrapping_sub(last).cast_signed() < 0;
        (waits && older).then(|| {
            let message = Message::new("note-syn-time-wait")
                .text("stamp", stamp.to_string())
                .text("last", last.to_string())
                .text("from", departure.from.clone())
                .text("to", departure.to.clone());
            Note::new(NoteKind::What, message).rfc(6191, "2")
        })
    }

    /// The call that began last on the sender's socket.
    fn cause(&self, departure: &Departure<'_>) -> Option<CallName> {
        let conn = self.conns.get(&departure.flow)?;
        conn.sides[departure.way].last.call().map(|call| call.name)
    }

    /// The connect() behind this SYN has not returned: it waits for the answer.
    fn connect_waits(&self, departure: &Departure<'_>) -> bool {
        let conn = self.conns.get(&departure.flow);
        let call = conn.and_then(|conn| conn.sides[departure.way].last.call());
        call.is_none_or(|call| !self.in_progress.contains(&call.id))
    }

    fn syn_again(&mut self, departure: &Departure<'_>, ago: Span, notes: &mut Vec<Note>) {
        let short = ago < SHORTEST_LINEAR;
        let ago = ms(ago);
        let side = self.conns.get(&departure.flow);
        let carried = side.is_some_and(|conn| conn.sides[departure.way].syn_data > 0);
        let bare = carried && departure.segment.len == 0;
        let cleared = side.is_some_and(|conn| conn.still_opens);
        let key = match (bare, cleared) {
            (true, _) => "note-syn-again-bare",
            (false, true) => "note-syn-again-cleared",
            (false, false) => "note-syn-again",
        };
        let message = Message::new(key)
            .text("from", departure.from.clone())
            .text("ms", ago.clone());
        let note = Note::new(NoteKind::What, message);
        notes.push(if cleared {
            note.rfc(5961, "4.2")
        } else if bare {
            note.rfc(7413, "4.2.2")
        } else {
            note.rfc(6298, "5")
        });
        let first = matches!(
            departure.segment.why.recovery,
            Some(Recovery::SynRetry { tries: 1, .. })
        );
        if first && self.ours() && self.first_time("note-syn-again-why") {
            let message = Message::new("note-syn-again-why");
            notes.push(Note::new(NoteKind::Why, message).rfc(6298, "2"));
        }
        let linear = matches!(
            departure.segment.why.recovery,
            Some(Recovery::SynRetry { tries: 2.., .. })
        );
        if linear && short && self.ours() {
            let message = Message::new("note-linux-syn-linear").text("ms", ago);
            notes.push(Note::new(NoteKind::Linux, message));
        }
    }

    pub(super) fn syn_ack_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let ours = self.ours();
        let Some(conn) = self.conns.get_mut(&departure.flow) else {
            return;
        };
        let side = &conn.sides[departure.way];
        if side.syn_ack {
            let asked = matches!(side.last, Last::Arrival);
            if conn.steps != side.syn_steps {
                let message = Message::new("note-syn-ack-again-untimed");
                notes.push(Note::new(NoteKind::What, message));
                return;
            }
            let before = side.syn.map(|(at, _)| departure.at.since(at));
            // No timer expires so soon.
            let soon = !ours && before.is_some_and(|before| before < SHORTEST_TIMER);
            let before = before.map(ms);
            let another = departure.segment.analysis.contains(Analysis::REUSED_PORTS);
            conn.sides[departure.way].syn_ack_another |= another;
            let side = &conn.sides[departure.way];
            let key = if side.copy_came {
                "note-syn-ack-again-copy"
            } else if another {
                "note-syn-ack-another"
            } else if asked {
                "note-syn-ack-again-asked"
            } else if soon {
                "note-syn-ack-again-soon"
            } else {
                "note-syn-ack-again"
            };
            let message = Message::new(key)
                .text("ms", before.unwrap_or_default())
                .text("isn", departure.segment.seq.0.to_string())
                .text("from", departure.from.clone())
                .text("to", departure.to.clone());
            let note = Note::new(NoteKind::What, message);
            notes.push(if asked || another || soon {
                note
            } else {
                note.rfc(6298, "5")
            });
            return;
        }
        if side.syn.is_some() {
            // Both opened: the last segments of the handshake are the SYN ACKs.
            conn.acked = true;
            let message = Message::new("note-syn-ack-crossing")
                .text("from", departure.from.clone())
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.5"));
            return;
        }
        let data = departure.segment.rel_ack.saturating_sub(1);
        let opener = &conn.sides[1 - departure.way];
        if !ours && opener.syn.is_some() && data > opener.syn_data {
            // It acknowledges what was never sent: numbers of another beginning, or an answer to something else.
            let message = Message::new("note-syn-ack-not-its")
                .int("ack", departure.segment.rel_ack)
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.10.7.3"));
            return;
        }
        let long = self.first_time("note-syn-ack");
        let key = match (data > 0, long) {
            (true, _) => "note-syn-ack-data",
            (false, true) => "note-syn-ack",
            (false, false) => "note-syn-ack-short",
        };
        let message = Message::new(key)
            .int("ack", departure.segment.rel_ack)
            .int("len", data)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(9293, "3.5"));
        syn_carries(departure, self.conns.get(&departure.flow), notes);
        if self.calls && self.first_time("note-syn-ack-why") {
            notes.push(Note::new(NoteKind::Why, Message::new("note-syn-ack-why")));
        }
        if self.conns[&departure.flow].sides[1 - departure.way].by_hand || !long {
            return;
        }
        let next = Message::new("note-syn-ack-next").text("to", departure.to.clone());
        notes.push(Note::new(NoteKind::Next, next));
    }

    pub(super) fn handshake_ack_leaves(
        &mut self,
        departure: &Departure<'_>,
        notes: &mut Vec<Note>,
    ) {
        let key = if self.first_time("note-handshake-ack") {
            "note-handshake-ack"
        } else {
            "note-handshake-ack-short"
        };
        notes.push(
            Note::new(
                NoteKind::What,
                Message::new(key)
                    .text("from", departure.from.clone())
                    .text("to", departure.to.clone()),
            )
            .rfc(9293, "3.5"),
        );
        let conn = self.conns.get(&departure.flow);
        if conn.is_some_and(|conn| conn.sides[1 - departure.way].syn_ack_another) {
            let isn = departure.segment.ack.minus(1).0;
            let message = Message::new("note-handshake-ack-takes")
                .text("isn", isn.to_string())
                .text("to", departure.to.clone());
            notes.push(Note::new(NoteKind::What, message));
        }
        self.scaled_window(departure, notes);
        if self.calls && self.first_time("note-handshake-ack-why") {
            let message = Message::new("note-handshake-ack-why");
            notes.push(Note::new(NoteKind::Why, message));
        }
        if let Some(conn) = self.conns.get_mut(&departure.flow) {
            conn.acked = true;
        }
    }

    /// The first window that is scaled: how its bytes come about.
    fn scaled_window(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let segment = departure.segment;
        let Some(scale) = segment.scale.filter(|scale| *scale > 0) else {
            return;
        };
        if !self.first_time("note-window-scaled") {
            return;
        }
        let message = Message::new("note-window-scaled")
            .int("window", segment.window)
            .int("field", segment.window >> scale)
            .int("factor", 1_i64 << scale)
            .int("shift", scale)
            .text("from", departure.from.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(7323, "2.2"));
    }

    /// Something of the opening arrives.
    pub(super) fn opening_arrives(
        &mut self,
        flow: u32,
        way: usize,
        segment: &Segment,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) {
        let Some(conn) = self.conns.get_mut(&flow) else {
            return;
        };
        let has = |flag| segment.flags.contains(flag);
        let whole = transit.phase != TransitPhase::Seen;
        let once = match conn.sides[0].syn {
            Some((syn, 1)) => Some(syn),
            _ => None,
        };
        if has(TcpFlags::SYN | TcpFlags::ACK) {
            conn.sides[way].syn_ack_came = true;
            if way == 1 && whole && conn.rtt.is_none() {
                conn.rtt = once.zip(transit.arrived).map(|(syn, at)| at.since(syn));
            }
        }
        let crossed = conn.sides[0].syn_ack;
        if crossed && !conn.opened && conn.sides.iter().all(|side| side.syn_ack_came) {
            conn.opened = true;
            let message = Message::new("note-opened-simultaneous").int("segments", conn.opening);
            notes.push(Note::new(NoteKind::Milestone, message));
            return;
        }
        let opens = way == 0
            && !crossed
            && conn.sides.iter().all(|side| side.syn.is_some())
            && !conn.opened
            && has(TcpFlags::ACK)
            && !has(TcpFlags::SYN)
            && !has(TcpFlags::RST);
        if !opens {
            return;
        }
        conn.opened = true;
        conn.acked = true;
        if !whole {
            conn.rtt = once.map(|syn| transit.frame.at.since(syn));
        }
        // A clock that stepped back measures nothing.
        conn.rtt = conn.rtt.filter(|rtt| rtt.ns() >= 0);
        let segments = conn.opening;
        let rtt = conn.rtt;
        // What connect() does before its SYN leaves (ask for a hardware address) takes its time too.
        let before = conn
            .connect
            .zip(conn.sides[0].syn)
            .filter(|_| segments == 3);
        let before = before.map(|(began, (syn, _))| syn.since(began));
        let key = match (rtt, before) {
            (Some(_), Some(before)) if before < ARRIVAL_CAUSES_WITHIN => "note-opened-calls",
            (Some(_), Some(_)) => "note-opened-waited",
            (Some(_), None) => "note-opened",
            (None, _) => "note-opened-no-rtt",
        };
        let message = Message::new(key)
            .int("segments", segments)
            .text("before", before.map(ms).unwrap_or_default())
            .text("ms", rtt.map(ms).unwrap_or_default());
        notes.push(Note::new(NoteKind::Milestone, message));
    }
}

/// What a SYN carries beside itself: data (Fast Open), the offer of ECN.
fn syn_carries(departure: &Departure<'_>, conn: Option<&Conn>, notes: &mut Vec<Note>) {
    if departure.segment.len > 0 {
        // With a cookie the opener's, and what answers it.
        let fast_open = conn.is_some_and(|conn| conn.sides.iter().any(|side| side.fast_open));
        let (key, rfc, section) = if fast_open {
            ("note-syn-data", 7413, "2")
        } else {
            ("note-syn-data-plain", 9293, "3.5")
        };
        let message = Message::new(key).int("len", departure.segment.len);
        notes.push(Note::new(NoteKind::What, message).rfc(rfc, section));
    }
    let syn_ack = departure.has(TcpFlags::ACK);
    if !syn_ack && departure.has(TcpFlags::ECE | TcpFlags::CWR) {
        let message = Message::new("note-ecn-offer");
        notes.push(Note::new(NoteKind::What, message).rfc(3168, "6.1.1"));
    } else if syn_ack && departure.has(TcpFlags::ECE) && !departure.has(TcpFlags::CWR) {
        let message = Message::new("note-ecn-accept");
        notes.push(Note::new(NoteKind::What, message).rfc(3168, "6.1.1"));
    }
}
