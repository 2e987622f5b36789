//! Resets (RFC 9293 §3.5.2, §3.5.3): refused, aborted, or the answer to a segment that no connection is there for.

use crate::model::CallName;
use crate::protocol::decode::TcpFlags;
use crate::text::Message;

use super::segment::Departure;
use super::{Narrator, Note, NoteKind, sending_call};

/// What a RST means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    /// Nobody listens: the answer to a SYN.
    Refused,
    /// close() with SO_LINGER on and no time.
    Linger,
    /// close() with so many bytes unread.
    Unread(u64),
    /// The answer to a segment for a socket that is closed.
    Gone,
    /// The answer to a SYN ACK whose SYN a program had made by hand.
    Unknown,
    /// No keep-alive was answered.
    Unanswered,
    /// None of these can be told.
    Abort,
}

impl Narrator {
    pub(super) fn reset_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let means = self.reset_means(departure);
        let port = self
            .flows
            .get(&departure.flow)
            .map_or(0, |known| known.ends[departure.way].port);
        let (key, section) = match means {
            Means::Refused if self.ours() => ("note-reset-refused", "3.5.2"),
            Means::Refused => ("note-reset-refused-seen", "3.5.2"),
            Means::Linger => ("note-reset-linger", "3.9.1.6"),
            Means::Unread(_) => ("note-reset-unread", "3.6.1"),
            Means::Gone => ("note-reset-gone", "3.5.2"),
            Means::Unknown => ("note-reset-unknown", "3.5.2"),
            Means::Unanswered => ("note-reset-unanswered", "3.8.4"),
            Means::Abort => ("note-reset", "3.5.3"),
        };
        let bytes = match means {
            Means::Unread(bytes) => bytes,
            _ => 0,
        };
        let message = Message::new(key)
            .text("from", departure.from.clone())
            .text("to", departure.to.clone())
            .int("port", port)
            .int("bytes", bytes);
        notes.push(Note::new(NoteKind::What, message).rfc(9293, section));
    }

    fn reset_means(&self, departure: &Departure<'_>) -> Means {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return Means::Abort;
        };
        let (side, other) = (&conn.sides[departure.way], &conn.sides[1 - departure.way]);
        if other.syn.is_some() && side.syn.is_none() && departure.has(TcpFlags::ACK) {
            return Means::Refused;
        }
        if side.by_hand && side.last.is_arrival() {
            return Means::Unknown;
        }
        if side.keep_alives > 0 {
            return Means::Unanswered;
        }
        match sending_call(&side.last) {
            Some(call) if call.name == CallName::Close => {
                if self.sockets.of(call).is_some_and(|socket| socket.lingers) {
                    return Means::Linger;
                }
                let fin = u32::from(other.fin.is_some());
                let came = u64::from(side.came.next.unwrap_or(0).saturating_sub(1 + fin));
                if came > side.read {
                    return Means::Unread(came - side.read);
                }
                Means::Abort
            }
            _ if side.last.is_arrival() && (side.closed.is_some() || side.fin.is_some()) => {
                Means::Gone
            }
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
        if conn.close.told {
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
}
