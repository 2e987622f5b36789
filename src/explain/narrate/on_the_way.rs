//! What the way did to a segment, as one vantage shows it: copied, overtaken; and what the capture lacks.

use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Anomaly, HopChanges, Overtaken};
use crate::text::Message;

use super::segment::Departure;
use super::{Note, NoteKind};

impl Departure<'_> {
    /// What happened to a segment on its way to the vantage, where that is its whole story: its sender sent it once.
    pub(super) fn on_the_way(&self) -> Option<Note> {
        let segment = self.segment;
        let controls = TcpFlags::SYN | TcpFlags::FIN | TcpFlags::RST;
        let frame = match segment.why.anomaly? {
            Anomaly::Duplicated { of, .. } | Anomaly::Twin { of } => of.frame,
            Anomaly::Reordered(Overtaken::Resend(frame)) => frame,
            _ => 0,
        };
        let apart = match segment.why.anomaly? {
            Anomaly::OtherNumbers { apart } => apart,
            _ => 0,
        };
        let key = match segment.why.anomaly? {
            Anomaly::Duplicated { hop, .. } if hop.intersects(HopChanges::TTL) => {
                "note-came-copied-ttl"
            }
            Anomaly::Duplicated { hop, .. } if hop.intersects(HopChanges::VLAN) => {
                "note-came-copied-vlan"
            }
            Anomaly::Duplicated { hop, .. } if !hop.is_empty() => "note-came-copied-hop",
            Anomaly::Duplicated { .. } => "note-came-copied",
            Anomaly::Twin { .. } if segment.flags.contains(TcpFlags::SYN | TcpFlags::ACK) => {
                "note-came-twin"
            }
            Anomaly::Twin { .. } => "note-came-twin-numbered",
            Anomaly::Reordered(Overtaken::Resend(_)) => "note-came-late-original",
            Anomaly::Reordered(_) if segment.flags.intersects(controls) => return None,
            Anomaly::Reordered(_) if segment.len > 0 => "note-came-late",
            Anomaly::Reordered(_) => "note-came-late-ack",
            Anomaly::OtherNumbers { .. } => "note-came-other-numbers",
            Anomaly::Spurious(_) => return None,
        };
        let message = Message::new(key)
            .int("len", segment.len)
            .int("first", segment.rel_seq)
            .int("last", self.end.wrapping_sub(1))
            .int("frame", frame)
            .int("apart", apart)
            .int("ack", segment.rel_ack);
        let note = Note::new(NoteKind::What, message);
        Some(match key {
            "note-came-twin-numbered" => note.rfc(1122, "3.2.1.5"),
            "note-came-other-numbers" => note.rfc(7323, "2.3"),
            _ => note,
        })
    }

    /// What a segment shows to be missing in the capture: before it, or acknowledged by it.
    pub(super) fn not_here(&self, notes: &mut Vec<Note>) {
        let segment = self.segment;
        if segment.why.missing > 0 && !self.has(TcpFlags::RST) {
            let message = Message::new("note-numbers-missing")
                .int("len", segment.why.missing)
                .int("first", segment.rel_seq.wrapping_sub(segment.why.missing))
                .int("last", segment.rel_seq.wrapping_sub(1));
            notes.push(Note::new(NoteKind::Caution, message));
        }
        if let Some(unseen) = segment.why.unseen.filter(|_| !self.has(TcpFlags::RST)) {
            let base = segment.peer_isn();
            let message = Message::new("note-acks-unseen")
                .int("len", unseen.count)
                .int("first", unseen.from.relative_to(base))
                .int("last", unseen.to.minus(1).relative_to(base));
            notes.push(Note::new(NoteKind::Caution, message));
        }
    }
}
