//! Losses and what repairs them: acknowledgements that ask for a gap, what a receiver holds beyond it, what made
//! its sender send again and by which numbers, and when the stream was whole again.
//!
//! Where both ends were seen, a receiver's arrivals say what it holds. From one vantage only its SACK blocks do.

use crate::explain::Sample;
use crate::model::{Span, TcpInfo, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Analysis, Earlier, Recovery, Repeats, Sighting};
use crate::protocol::timing::ARRIVAL_CAUSES_WITHIN;
use crate::text::Message;

use super::conn::{ArrivalKind, ConnSide, Last};
use super::ranges::span;
use super::segment::Departure;
use super::{Narrator, Note, NoteKind, ms};

/// TCP_INFO's congestion state after a loss that acknowledgements showed (`TCP_CA_Recovery`).
pub(super) const CA_RECOVERY: u8 = 3;
/// And after the retransmission timer has run out (`TCP_CA_Loss`).
pub(super) const CA_LOSS: u8 = 4;

/// What made a kernel send again.
enum Cause {
    /// The retransmission timer ran out; by the kernel's word so often in a row.
    Timer(TcpInfo),
    /// It had run out before, and took this for lost as well.
    AfterTimer,
    /// A timer had sent this frame, and what followed that goes again, too.
    Rest(u32),
    /// The probe timer, which takes nothing for lost (RFC 8985 §7).
    Probe,
    /// Selective acknowledgements; nobody knows how long before.
    Sack,
    /// The same, and one of them had just come.
    SackNow,
    /// The same, once the time to wait for what is only late was over (RFC 8985 §6.2).
    Late,
    /// Duplicate acknowledgements asked for it.
    Duplicates,
    /// An acknowledgement of a part of what was under way when the loss was noticed.
    Partial,
    /// An ICMP message that told of a packet too big for the way; whether by IPv6.
    TooBig(bool),
    /// Its SYN had carried it, and what answered the SYN covered the SYN alone.
    SynData,
    /// It had counted as lost for a while, and the congestion window lets it go only now.
    SackWaited,
    /// A timer, nobody knows which.
    SomeTimer,
    /// What had come in this frame, which it answers.
    Prompted(u32),
}

impl Cause {
    /// By the kernel's word just after, and by how long before it something arrived; else as far as one vantage tells.
    fn of(departure: &Departure<'_>, side: &ConnSide) -> Option<Self> {
        let told = side
            .too_big
            .filter(|(at, _)| departure.at.since(*at) < ARRIVAL_CAUSES_WITHIN);
        if let Some((_, ipv6)) = told {
            return Some(Self::TooBig(ipv6));
        }
        if side.syn_data > 0 && departure.end <= 1 + side.syn_data && side.next_after_syn() {
            return Some(Self::SynData);
        }
        let recovery = departure.segment.why.recovery?;
        // Nothing asked for it but the acknowledgement that uncovered it.
        let partial = departure.segment.why.dup_acks == 0 && side.heard.is_empty();
        let Some(Sample { info, .. }) = departure.info else {
            return match recovery {
                Recovery::Timeout { .. } => Some(Self::SomeTimer),
                Recovery::AfterTimeout { timer, .. } => Some(Self::Rest(timer)),
                Recovery::FastRetransmit(_) => Some(Self::Duplicates),
                Recovery::PartialAck { .. } => Some(Self::Partial),
                Recovery::Prompted { by } => Some(Self::Prompted(by.frame)),
                Recovery::Sack(_) | Recovery::SackWithin(_) => Some(Self::Sack),
                Recovery::TailLossProbe { .. } => Some(Self::Probe),
                _ => None,
            };
        };
        let by_arrival = side
            .came_at
            .is_some_and(|at| departure.at.since(at) < ARRIVAL_CAUSES_WITHIN);
        Some(match (by_arrival, info.backoff, info.ca_state) {
            (false, 1.., _) => Self::Timer(info),
            (false, 0, CA_RECOVERY)
                if matches!(recovery, Recovery::Sack(_) | Recovery::SackWithin(_)) =>
            {
                Self::Late
            }
            (false, 0, CA_RECOVERY | CA_LOSS) => Self::SomeTimer,
            (false, 0, _) => Self::Probe,
            (true, _, CA_LOSS) => Self::AfterTimer,
            (true, _, CA_RECOVERY) if partial => Self::Partial,
            (true, ..) => match recovery {
                Recovery::FastRetransmit(_) => Self::Duplicates,
                Recovery::Sack(_) | Recovery::SackWithin(_) if side.had_lost() => Self::SackWaited,
                Recovery::Sack(_) | Recovery::SackWithin(_) => Self::SackNow,
                Recovery::PartialAck { .. } => Self::Partial,
                Recovery::Timeout { .. }
                | Recovery::AfterTimeout { .. }
                | Recovery::TailLossProbe { .. }
                    if info.ca_state == CA_RECOVERY =>
                {
                    Self::Partial
                }
                _ => return None,
            },
        })
    }
}

impl Narrator {
    /// The same bytes again, or what is first seen behind what followed it.
    pub(super) fn resend_leaves(&mut self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        let segment = departure.segment;
        let decided = segment.why.recovery.is_some() || segment.why.anomaly.is_some();
        if !decided && !self.ours() {
            // Nothing says that it was ever sent before.
            let note = match (segment.why.sighting, segment.why.answered) {
                (Some(Sighting::First { behind }), None) => {
                    Some(first_seen_behind(departure, behind))
                }
                (Some(Sighting::First { .. }) | None, Some(answered)) => {
                    Some(acknowledged_before(departure, answered))
                }
                (None, None) => {
                    let conn = self.conns.get(&departure.flow);
                    let probe = conn.and_then(|conn| conn.sides[departure.way].probe_byte);
                    Some(not_known(departure, probe))
                }
                (Some(Sighting::Whole | Sighting::Part), _) => None,
            };
            if let Some(note) = note {
                notes.push(note);
                return;
            }
        }
        let fin = u32::from(departure.has(TcpFlags::FIN));
        let key = match (segment.len > 0, segment.why.before) {
            (true, Some(_)) => "note-resend",
            (true, None) => "note-resend-unseen",
            (false, _) => "note-resend-fin",
        };
        let before = segment.why.before.map(|before| ms(before.ago));
        let message = Message::new(key)
            .int("len", segment.len)
            .int("first", segment.rel_seq)
            .int("last", departure.end.wrapping_sub(1 + fin))
            .text("ms", before.unwrap_or_default());
        let what = Note::new(NoteKind::What, message);
        let conn = self.conns.get_mut(&departure.flow);
        let Some(side) = conn.map(|conn| &mut conn.sides[departure.way]) else {
            notes.push(what);
            return;
        };
        let cause = Cause::of(departure, side);
        let syn_data = matches!(cause, Some(Cause::SynData));
        // A packet that is too big is no sign of congestion: Linux leaves its window alone (tcp_simple_retransmit).
        let too_big = match cause {
            Some(Cause::TooBig(ipv6)) => Some(ipv6),
            _ => None,
        };
        let cause = cause.and_then(|cause| because(&cause, departure, side));
        // Sections are cited on one line: that of the cause says more.
        notes.push(if cause.is_some() {
            what
        } else {
            what.rfc(9293, "3.8.1")
        });
        if !decided && cause.is_none() && departure.info.is_none() {
            notes.push(Note::new(
                NoteKind::Why,
                Message::new("note-resend-unexplained"),
            ));
        }
        notes.extend(cause);
        let slows = match too_big {
            None if syn_data => None,
            None => side.slows_down(departure.info),
            Some(ipv6) => side.keeps_its_window(departure.info, ipv6),
        };
        let recovers = slows
            .as_ref()
            .is_some_and(|note| note.message.key == "note-congestion-recovery");
        notes.extend(slows);
        if recovers {
            self.linux_recovers(departure, notes);
        }
    }

    /// An acknowledgement that says no more than the last but for what has come beyond a gap. Gives whether it was one.
    pub(super) fn asks_for_a_gap(
        &mut self,
        departure: &Departure<'_>,
        notes: &mut Vec<Note>,
    ) -> bool {
        let Some(conn) = self.conns.get(&departure.flow) else {
            return false;
        };
        let side = &conn.sides[departure.way];
        let segment = departure.segment;
        let duplicate = segment.analysis.contains(Analysis::DUPLICATE_ACK);
        if departure.acks_new || departure.dsack.is_some() {
            return false;
        }
        if side.syn_again && matches!(side.last, Last::Arrival) {
            let message = Message::new("note-ack-syn-again").text("from", departure.from.clone());
            notes.push(Note::new(NoteKind::What, message));
            return true;
        }
        let told = side.reports != departure.reported && !side.reports.is_empty();
        let early = side.early.filter(|_| self.ours());
        let answers = early.is_some() && matches!(side.last, Last::Arrival);
        if !duplicate && !told && !answers {
            return false;
        }
        let held = if self.ours() {
            &side.came.beyond
        } else {
            &side.reports
        };
        let several = side.early_count > 1;
        let key = match (duplicate, early, held.is_empty()) {
            (true, ..) if let Some(Repeats::Old(_)) = segment.why.repeats => "note-dup-ack-old",
            (true, Some(_), false) if several => "note-dup-ack-early-several",
            (true, Some(_), false) => "note-dup-ack-early",
            (true, None, false) => "note-dup-ack-held",
            (true, _, true) if segment.why.repeats.is_none() => "note-dup-ack-bare",
            (true, _, true) => "note-dup-ack",
            (false, ..) => "note-gap-ack",
        };
        let resized = !duplicate && told && side.window.is_some_and(|w| w != segment.window);
        let message = Message::new(key)
            .int("n", segment.dup_ack_num)
            .int("ack", segment.rel_ack)
            .int(
                "frame",
                match segment.why.repeats {
                    Some(Repeats::Old(frame) | Repeats::Beyond(frame)) => frame,
                    None => 0,
                },
            )
            .text("to", departure.to.clone())
            .text(
                "came",
                if several {
                    side.early_since.text()
                } else {
                    early.map(|(from, to)| span(from, to)).unwrap_or_default()
                },
            )
            .int("segments", side.early_count)
            .text("held", held.text())
            .int("fin", held.fin(conn.sides[1 - departure.way].fin_number()))
            .text("from", departure.from.clone());
        notes.push(Note::new(NoteKind::What, message).rfc(5681, "3.2"));
        if resized && self.first_time("note-gap-ack-window") {
            let message = Message::new("note-gap-ack-window").int("window", segment.window);
            notes.push(Note::new(NoteKind::What, message).rfc(5681, "2"));
        }
        if several && self.ours() && self.first_time("note-linux-sack-compression") {
            let message = Message::new("note-linux-sack-compression");
            notes.push(Note::new(NoteKind::Linux, message).rfc(5681, "4.2"));
        }
        if answers && !several && self.first_time("note-dup-ack-why") {
            let message = Message::new("note-dup-ack-why");
            notes.push(Note::new(NoteKind::Why, message).rfc(5681, "4.2"));
        }
        true
    }

    /// From one vantage: an acknowledgement covers what had been reported beyond a gap, and so the gap.
    pub(super) fn covers_what_was_held(&self, departure: &Departure<'_>, notes: &mut Vec<Note>) {
        if self.ours() {
            return;
        }
        let (_, held) = departure.reported.clone().passed(departure.segment.rel_ack);
        if held.is_empty() {
            return;
        }
        let conn = self.conns.get(&departure.flow);
        let fin = conn.and_then(|conn| conn.sides[1 - departure.way].fin_number());
        let message = Message::new("note-gap-covered")
            .text("held", held.text())
            .int("fin", held.fin(fin))
            .text("from", departure.from.clone());
        notes.push(Note::new(NoteKind::What, message));
    }

    /// Something arrived that was missing: how far the stream is whole now.
    pub(super) fn gap_filled(
        &self,
        flow: u32,
        way: usize,
        piece: &ArrivalKind,
        at: Time,
        to: &str,
        notes: &mut Vec<Note>,
    ) {
        let (ArrivalKind::Fills { held, since }, Some(conn)) = (piece, self.conns.get(&flow))
        else {
            return;
        };
        let came = &conn.sides[1 - way].came;
        let (key, named) = if came.beyond.is_empty() {
            ("note-gap-filled", held)
        } else {
            ("note-gap-filled-in-part", &came.beyond)
        };
        let message = Message::new(key)
            .int("last", came.next.unwrap_or_default().wrapping_sub(1))
            .text("held", held.text())
            .text("rest", came.beyond.text())
            .int("fin", named.fin(conn.sides[way].fin_number()))
            .text(
                "ms",
                since.map(|since| ms(at.since(since))).unwrap_or_default(),
            )
            .text("to", to.to_owned());
        notes.push(Note::new(NoteKind::Milestone, message));
    }
}

/// A D-SACK: something has arrived twice.
pub(super) fn arrived_twice(departure: &Departure<'_>, notes: &mut Vec<Note>) -> bool {
    let Some((left, right)) = departure.dsack else {
        return false;
    };
    let message = Message::new("note-dsack")
        .int("first", left)
        .int("last", right.wrapping_sub(1))
        .text("from", departure.from.clone());
    notes.push(Note::new(NoteKind::What, message).rfc(2883, "4"));
    true
}

/// Seen for the first time, behind what followed it: nothing shows whether it was sent before.
fn first_seen_behind(departure: &Departure<'_>, behind: Earlier) -> Note {
    let message = Message::new("note-first-seen-behind")
        .int("len", departure.segment.len)
        .int("first", departure.segment.rel_seq)
        .int("last", departure.end.wrapping_sub(1))
        .int("frame", behind.frame)
        .text("ms", ms(behind.ago));
    Note::new(NoteKind::What, message)
}

/// Not seen before, as far as is known, though the other side had acknowledged it.
fn acknowledged_before(departure: &Departure<'_>, answered: Earlier) -> Note {
    let message = Message::new("note-acknowledged-before-it-came")
        .int("len", departure.segment.len)
        .int("first", departure.segment.rel_seq)
        .int("last", departure.end.wrapping_sub(1))
        .int("frame", answered.frame);
    Note::new(NoteKind::What, message)
}

/// It begins below the highest number, and what was seen there is not known; but for the byte of a window probe.
fn not_known(departure: &Departure<'_>, probe: Option<(u32, u32)>) -> Note {
    let segment = departure.segment;
    if let Some((_, frame)) = probe.filter(|(byte, _)| segment.len == 1 && *byte == segment.rel_seq)
    {
        let message = Message::new("note-probe-byte-sent")
            .int("first", segment.rel_seq)
            .int("frame", frame)
            .text("to", departure.to.clone());
        return Note::new(NoteKind::What, message);
    }
    // Numbers are relative to the first that was seen: what is before that one has none.
    let before = segment.rel_seq.wrapping_neg();
    let key = if before != 0 && before < 1 << 31 {
        "note-before-the-first"
    } else {
        "note-below-the-highest"
    };
    let message = Message::new(key)
        .int("len", segment.len)
        .int("first", segment.rel_seq)
        .int("last", departure.end.wrapping_sub(1))
        .int("before", before);
    Note::new(NoteKind::What, message)
}

/// What made it leave again, and the numbers behind that.
fn because(cause: &Cause, departure: &Departure<'_>, side: &ConnSide) -> Option<Note> {
    let why = |key: &'static str| Message::new(key);
    let note = |message, rfc, section| Some(Note::new(NoteKind::Why, message).rfc(rfc, section));
    let waited = side.came_at.map(|at| ms(departure.at.since(at)));
    match cause {
        Cause::Timer(info) => {
            // The kernel doubles it when it runs out (RFC 6298 §5.5).
            let rto = Span::from_ns(info.rto.ns() / 2);
            let message = why("note-resend-timeout")
                .int("times", info.backoff)
                .text("rto", ms(rto))
                .text("next", ms(info.rto))
                .text("srtt", ms(info.srtt));
            note(message, 6298, "5")
        }
        Cause::SynData => note(why("note-resend-syn-data"), 7413, "4.2.2"),
        Cause::AfterTimer => note(why("note-resend-after-timeout"), 5681, "3.1"),
        Cause::Rest(timer) => note(why("note-resend-rest").int("frame", *timer), 5681, "3.1"),
        Cause::SomeTimer => note(why("note-resend-timer"), 6298, "5"),
        Cause::Probe => {
            let alone = departure
                .info
                .is_some_and(|sample| sample.info.unacked == 1);
            // How soon the retransmission timer of a sender expires that sends no probes, a capture does not tell.
            let key = match (departure.info, alone) {
                (None, _) => "note-resend-probe-likely",
                (Some(_), false) => "note-resend-probe",
                (Some(_), true) => "note-resend-probe-alone",
            };
            let srtt = departure.info.map(|sample| ms(sample.info.srtt));
            note(why(key).text("srtt", srtt.unwrap_or_default()), 8985, "7.2")
        }
        Cause::Sack | Cause::SackNow | Cause::SackWaited | Cause::Late => {
            // What lies below it says nothing of it.
            let heard = side.heard.above(departure.segment.rel_seq);
            let frame = match departure.segment.why.recovery {
                Some(Recovery::Sack(block) | Recovery::SackWithin(block)) => block.frame,
                _ => 0,
            };
            let key = match cause {
                _ if heard.is_empty() => "note-resend-sack-unseen",
                Cause::Late => "note-resend-late",
                Cause::SackNow => "note-resend-sack",
                Cause::SackWaited => "note-resend-sack-waited",
                _ => "note-resend-sack-seen",
            };
            let message = why(key)
                .text("heard", heard.text())
                .int("fin", heard.fin(side.fin_number()))
                .int("frame", frame)
                .text("ms", waited.unwrap_or_default());
            // How Linux decides; which rule another sender follows, a capture does not tell.
            if departure.info.is_some() {
                note(message, 8985, "6.2")
            } else {
                note(message, 2018, "5")
            }
        }
        Cause::Duplicates => {
            let dups = departure.segment.why.dup_acks;
            note(why("note-resend-fast").int("dups", dups), 5681, "3.2")
        }
        Cause::TooBig(false) => note(why("note-resend-too-big"), 1191, "6.4"),
        Cause::TooBig(true) => note(why("note-resend-too-big"), 8201, "5.4"),
        Cause::Prompted(frame) => {
            let message = why("note-resend-prompted").int("frame", *frame);
            Some(Note::new(NoteKind::Why, message))
        }
        Cause::Partial => Some(Note::new(NoteKind::Why, why("note-resend-partial"))),
    }
}
