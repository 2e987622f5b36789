//! Opening: SYN, SYN ACK, ACK (RFC 9293 §3.5).

use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Recovery, Segment};
use crate::text::Message;

use super::segment::Leaving;
use super::{Narrator, Note, NoteKind, Transit, TransitPhase, ms};

impl Narrator {
    pub(super) fn syn_leaves(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        let Some(conn) = self.conns.get_mut(&leaving.flow) else {
            return;
        };
        let before = conn.syn.filter(|_| leaving.way == 0);
        let crossing = conn.sides[1 - leaving.way].syn;
        if leaving.way == 0 {
            conn.syn = Some((leaving.at, before.map_or(1, |(_, times)| times + 1)));
        }
        if let Some((earlier, _)) = before {
            self.syn_again(leaving, &ms(leaving.at.since(earlier)), notes);
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
                    .text("from", leaving.from.clone())
                    .text("to", leaving.to.clone()),
            )
            .rfc(9293, "3.5"),
        );
        if self.connecting(leaving) {
            notes.push(Note::new(NoteKind::Why, Message::new("note-syn-why")));
        }
        if !crossing {
            let next = Message::new("note-syn-next").text("to", leaving.to.clone());
            notes.push(Note::new(NoteKind::Next, next));
        }
    }

    /// The host of this segment is in a connect() to its destination.
    fn connecting(&self, leaving: &Leaving<'_>) -> bool {
        let Some(known) = self.flows.get(&leaving.flow) else {
            return false;
        };
        known.hosts[leaving.way]
            .is_some_and(|host| self.connects.contains(&(host, known.ends[1 - leaving.way])))
    }

    fn syn_again(&mut self, leaving: &Leaving<'_>, ago: &str, notes: &mut Vec<Note>) {
        let message = Message::new("note-syn-again")
            .text("from", leaving.from.clone())
            .text("ms", ago.to_owned());
        notes.push(Note::new(NoteKind::What, message).rfc(6298, "5"));
        let linear = matches!(leaving.segment.why.recovery, Some(Recovery::SynRetry(n)) if n >= 2);
        if linear && ago.parse::<f64>().is_ok_and(|ago| ago < 1500.0) && self.ours() {
            let message = Message::new("note-linux-syn-linear").text("ms", ago.to_owned());
            notes.push(Note::new(NoteKind::Linux, message));
        }
    }

    pub(super) fn syn_ack_leaves(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        let again = self
            .conns
            .get(&leaving.flow)
            .is_some_and(|conn| conn.sides[leaving.way].syn);
        if again {
            let message = Message::new("note-syn-ack-again").text("from", leaving.from.clone());
            notes.push(Note::new(NoteKind::What, message).rfc(6298, "5"));
            return;
        }
        notes.push(
            Note::new(
                NoteKind::What,
                Message::new("note-syn-ack")
                    .text("from", leaving.from.clone())
                    .text("to", leaving.to.clone()),
            )
            .rfc(9293, "3.5"),
        );
        if self.calls {
            notes.push(Note::new(NoteKind::Why, Message::new("note-syn-ack-why")));
        }
        let next = Message::new("note-syn-ack-next").text("to", leaving.to.clone());
        notes.push(Note::new(NoteKind::Next, next));
    }

    pub(super) fn handshake_ack_leaves(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        notes.push(
            Note::new(
                NoteKind::What,
                Message::new("note-handshake-ack")
                    .text("from", leaving.from.clone())
                    .text("to", leaving.to.clone()),
            )
            .rfc(9293, "3.5"),
        );
        self.scaled_window(leaving, notes);
        if self.connecting(leaving) {
            notes.push(Note::new(
                NoteKind::Why,
                Message::new("note-handshake-ack-why"),
            ));
        }
        if let Some(conn) = self.conns.get_mut(&leaving.flow) {
            conn.acked = true;
        }
    }

    /// The first window that is scaled: how its bytes come about.
    fn scaled_window(&mut self, leaving: &Leaving<'_>, notes: &mut Vec<Note>) {
        let segment = leaving.segment;
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
            .text("from", leaving.from.clone());
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
        if way == 1 && has(TcpFlags::SYN | TcpFlags::ACK) && whole && conn.rtt.is_none() {
            conn.rtt = match (conn.syn, transit.arrived) {
                (Some((syn, 1)), Some(arrived)) => Some(arrived.since(syn)),
                _ => None,
            };
        }
        let opens = way == 0
            && conn.sides[1].syn
            && conn.sides[0].syn
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
            conn.rtt = conn
                .syn
                .filter(|(_, times)| *times == 1)
                .map(|(syn, _)| transit.frame.at.since(syn));
        }
        let segments = conn.opening;
        let rtt = conn.rtt;
        let connected = self.calls && segments == 3;
        let key = match (rtt, connected) {
            (Some(_), true) => "note-opened-calls",
            (Some(_), false) => "note-opened",
            (None, _) => "note-opened-no-rtt",
        };
        let message = Message::new(key)
            .int("segments", segments)
            .text("ms", rtt.map(ms).unwrap_or_default());
        notes.push(Note::new(NoteKind::Milestone, message));
    }
}
