//! Messages about groups: who wants what goes to which.

use crate::protocol::decode::{GroupWish, Membership, MembershipKind};
use crate::text::Message;

use super::{Narrator, Note, NoteKind, Transit};

/// So many records of one report are told.
const TOLD: usize = 4;

impl Narrator {
    /// A message about groups, if the frame carries one. Gives whether it did.
    pub(super) fn about_groups(&self, transit: &Transit, notes: &mut Vec<Note>) -> bool {
        let packet = transit.frame.packet();
        let Some(said) = Membership::of(&packet) else {
            return false;
        };
        let source = packet.ip.map(|ip| ip.src.to_string()).unwrap_or_default();
        let from = match transit.from {
            Some(_) => self.name(transit.from, None),
            None => source,
        };
        let what = |key, group: String| {
            let message = Message::new(key)
                .text("from", from.clone())
                .text("group", group);
            Note::new(NoteKind::What, message).rfc(said.rfc, "")
        };
        let key = match said.kind {
            MembershipKind::Query if said.group.is_unspecified() => "note-group-query-all",
            MembershipKind::Query => "note-group-query",
            MembershipKind::Report => "note-group-report",
            MembershipKind::Leave => "note-group-leave",
            MembershipKind::Records => {
                let told = said.records().take(TOLD).map(|record| {
                    let key = match record.wants {
                        GroupWish::All => "note-group-report",
                        GroupWish::Nothing => "note-group-leave",
                        GroupWish::Senders(_) => "note-group-senders",
                    };
                    what(key, record.group.to_string())
                });
                notes.extend(told);
                let more = said.records().skip(TOLD).count();
                if more > 0 {
                    let message = Message::new("note-group-more").int("n", more);
                    notes.push(Note::new(NoteKind::What, message));
                }
                return true;
            }
        };
        notes.push(what(key, said.group.to_string()));
        true
    }
}
