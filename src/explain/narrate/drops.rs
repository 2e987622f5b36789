//! What a host's kernel dropped of what had reached the host.

use crate::explain::{FrameKind, Note, NoteKind};
use crate::model::{DropReason, HostDrop};
use crate::text::Message;

use super::{Narrator, ms};

impl Narrator {
    /// Remembers what is to be told with the next row: its own has been told.
    pub fn drops_later(&mut self, drop: HostDrop) {
        self.drops.push(drop);
    }

    /// That it was dropped, and why; where it is not certain which packet it was, how many of how many, and since when.
    pub(super) fn drop_note(&self, drop: &HostDrop, at: Option<FrameKind>) -> Note {
        let certain = at.is_some() && drop.is_certain();
        let key = match (drop.reason, certain) {
            (DropReason::AcceptQueueFull, true) => "note-drop-accept-queue",
            (DropReason::AcceptQueueFull, false) => "note-drops-accept-queue",
            (DropReason::SynQueueFull, true) => "note-drop-syn-queue",
            (DropReason::SynQueueFull, false) => "note-drops-syn-queue",
            (DropReason::ReceiveBufferFull, true) => "note-drop-receive-buffer",
            (DropReason::ReceiveBufferFull, false) => "note-drops-receive-buffer",
            (DropReason::Checksum, true) => "note-drop-checksum",
            (DropReason::Checksum, false) => "note-drops-checksum",
            (DropReason::Paws, true) => "note-drop-paws",
            (DropReason::Paws, false) => "note-drops-paws",
        };
        let (waiting, backlog) = drop.queue.unwrap_or_default();
        let message = Message::new(key)
            .text("to", self.name(Some(drop.host), None))
            .int("port", drop.socket.port)
            .int("count", drop.count)
            .int("among", drop.among)
            .text("ms", ms(drop.at.since(drop.since)))
            .int("waiting", waiting)
            .int("backlog", backlog);
        let note = Note::new(NoteKind::Caution, message);
        match drop.reason {
            DropReason::Paws => note.rfc(7323, "5.3"),
            _ => note,
        }
    }
}
