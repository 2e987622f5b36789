//! What a kernel makes of a loss: its congestion window and threshold before and after, by its own word (RFC 5681).

use crate::explain::Sample;
use crate::model::TcpInfo;
use crate::text::Message;

use super::conn::ConnSide;
use super::recover::{CA_LOSS, CA_RECOVERY};
use super::segment::Departure;
use super::{Narrator, Note, NoteKind};

impl Narrator {
    /// Where Linux slows down otherwise than RFC 5681, with the RFC's values; once.
    pub(super) fn linux_recovers(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let Some(Sample { info, .. }) = departure.info else {
            return;
        };
        if !self.first_time("note-linux-recovery") {
            return;
        }
        let half = (info.unacked / 2).max(2);
        let message = Message::new("note-linux-recovery")
            .int("flight", info.unacked)
            .int("half", half)
            .int("cwnd", half + 3);
        notes.push(Note::new(NoteKind::Linux, message).rfc(5681, "3.2"));
    }

    /// The data's sender has heard an acknowledgement: its kernel's word, and whether it ends a recovery.
    pub(super) fn congestion_over(
        &mut self,
        flow: u32,
        way: usize,
        sample: Sample,
        name: &str,
        notes: &mut Vec<Note>,
    ) {
        let Some(side) = self.conns.get_mut(&flow).map(|conn| &mut conn.sides[way]) else {
            return;
        };
        side.unhurt(Some(sample));
        let Sample { at, info } = sample;
        let ends = |slowed: &Sample| slowed.at < at && info.ca_state < CA_RECOVERY;
        let Some(slowed) = side.slowed.take_if(|slowed| ends(slowed)) else {
            return;
        };
        // A recovery that was not needed is taken back, threshold and all (tcp_try_undo_recovery).
        let key = if info.ssthresh > slowed.info.ssthresh {
            "note-congestion-undone"
        } else {
            "note-congestion-over"
        };
        let message = Message::new(key)
            .int("cwnd", info.cwnd)
            .int("ssthresh", info.threshold().unwrap_or(0))
            .text("from", name.to_owned());
        notes.push(Note::new(NoteKind::What, message));
    }
}

impl ConnSide {
    /// Takes its kernel's word, unless that is older than what is known.
    pub fn hears_its_kernel(&mut self, sample: Option<Sample>) {
        let Some(sample) = sample.filter(|new| self.word.is_none_or(|known| known.at <= new.at))
        else {
            return;
        };
        if self
            .word
            .is_some_and(|known| known.info.ca_state != sample.info.ca_state)
        {
            self.word_before_state = self.word;
        }
        self.word = Some(sample);
    }

    /// Nothing has left since its SYN.
    pub(super) fn next_after_syn(&self) -> bool {
        self.next == 1 + self.syn_data
    }

    /// Before what arrived last, its kernel counted more as lost than it had sent again.
    pub(super) fn had_lost(&self) -> bool {
        self.word_before
            .is_some_and(|before| before.info.lost > before.info.retrans)
    }

    /// Its kernel's word just before the congestion state became what `info` says.
    fn just_before(&self, info: &TcpInfo) -> Option<TcpInfo> {
        let word = self.word?;
        if word.info.ca_state == info.ca_state {
            return Some(self.word_before_state?.info);
        }
        Some(word.info)
    }

    /// Remembers its kernel's word, unless that takes something for lost or is older than what is known.
    pub fn unhurt(&mut self, sample: Option<Sample>) {
        let newer = |known: Sample| sample.is_none_or(|sample| sample.at < known.at);
        if sample.is_some_and(|sample| sample.info.ca_state < CA_RECOVERY)
            && !self.unhurt.is_some_and(newer)
        {
            self.unhurt = sample;
        }
    }

    /// What was too big counts as lost without a sign of congestion: its kernel's word, where that is new.
    pub(super) fn keeps_its_window(&mut self, sample: Option<Sample>, ipv6: bool) -> Option<Note> {
        let Sample { info, .. } = sample?;
        let new = info.ca_state >= CA_RECOVERY && self.slowed.is_none();
        if !new || info.cwnd != self.unhurt?.info.cwnd {
            return None;
        }
        self.slowed = sample;
        let message = Message::new("note-congestion-too-big").int("cwnd", info.cwnd);
        let note = Note::new(NoteKind::Why, message);
        // RFC 1191 speaks of IPv4.
        Some(if ipv6 { note } else { note.rfc(1191, "6.4") })
    }

    /// What its kernel made of a loss, where its word shows that it has noticed one and that was not told yet.
    pub(super) fn slows_down(&mut self, sample: Option<Sample>) -> Option<Note> {
        let Sample { info, .. } = sample?;
        let told = self
            .slowed
            .is_some_and(|slowed| slowed.info.ca_state == info.ca_state);
        if info.ca_state < CA_RECOVERY || told {
            return None;
        }
        self.slowed = sample;
        let before = self.just_before(&info)?;
        let (key, section) = match (info.ca_state == CA_LOSS, info.lost + info.sacked) {
            // What a SYN carried goes again without a new beginning.
            (true, gone) if gone == 0 || info.cwnd >= before.cwnd => return None,
            (true, gone) if gone < info.unacked => ("note-congestion-loss-part", "3.1"),
            (true, _) => ("note-congestion-loss", "3.1"),
            (false, _) => ("note-congestion-recovery", "3.2"),
        };
        let message = Message::new(key)
            .int("cwnd", info.cwnd)
            .int("ssthresh", info.threshold().unwrap_or(0))
            .int("lost", info.lost)
            .int("unacked", info.unacked)
            .int("sacked", info.sacked)
            .int("before", before.cwnd);
        Some(Note::new(NoteKind::Why, message).rfc(5681, section))
    }
}
