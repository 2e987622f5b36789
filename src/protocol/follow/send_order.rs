//! In which order one side's segments were sent, as far as they say so themselves, and which of them is a copy.
//!
//! A segment that the network overtook has an older send stamp than what was seen before it; one that was sent again has a newer one; and a copy
//! that was made on the way is the same to the last bit, where a sender would have used a new send stamp.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::{SHORTEST_TIMEOUT, SHORTEST_TIMER, TOO_SOON_FOR_A_RESEND};

use super::incoming::{HopFields, IncomingSegment, SendStamp};
use super::why::{Earlier, HopChanges, SamePacket};

/// So many segments back a copy is known.
const REMEMBERED: usize = 8;
/// A counter of packets that also counts those of other connections skips at most so far.
const STRIDE: u16 = 1_000;

/// An identification that went on a little so often is a counter.
const SURELY: u8 = 32;

/// Timestamps further apart than this are of two hosts, or of two clocks: at a tick a millisecond, it is longer than a segment lives.
const SAME_CLOCK: u32 = 120_000;

/// One side's last segments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SendOrder {
    last: [SentSegment; REMEMBERED],
    /// Their identifications alone: mostly none is the same, and all stand together.
    ids: [u16; REMEMBERED],
    at: u8,
    /// The newest send stamp, and the frame that bore it first.
    newest: SendStamp,
    newest_frame: u32,
    /// How often the identification went on a little, and how often it did something else.
    counted: u8,
    strayed: u8,
    /// How often it was the same in packets that are none.
    stood: u8,
    /// What it sends again has a new identification, as was seen.
    renumbers: bool,
    /// The same came again with the same identification, so late that a timer may have sent it.
    may_keep: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SentSegment {
    seq: Seq,
    ack: Seq,
    len: u32,
    frame: u32,
    send_stamp: SendStamp,
    hop: HopFields,
    at: Time,
}

impl SentSegment {
    /// They are the same but for what hops change.
    fn is(&self, segment: &IncomingSegment) -> bool {
        self.frame != 0
            && (self.seq, self.ack, self.len, self.send_stamp)
                == (segment.seq, segment.ack, segment.len, segment.send_stamp)
    }
}

impl SendOrder {
    /// A segment of this side was seen.
    #[inline]
    pub(super) fn enter(&mut self, segment: &IncomingSegment) {
        let at = usize::from(self.at) % REMEMBERED;
        let send_stamp = segment.send_stamp;
        let other = |sent: &SentSegment| {
            sent.frame != 0 && sent.send_stamp.id == send_stamp.id && !sent.is(segment)
        };
        // Who has counted so long goes on to.
        let unsure = send_stamp.id != 0 && self.counted < SURELY;
        if unsure && self.ids.contains(&send_stamp.id) && self.last.iter().any(other) {
            self.stood = self.stood.saturating_add(1);
        }
        self.ids[at] = send_stamp.id;
        self.last[at] = SentSegment {
            seq: segment.seq,
            ack: segment.ack,
            len: segment.len,
            frame: segment.number,
            send_stamp,
            hop: segment.hop,
            at: segment.at,
        };
        self.at = self.at.wrapping_add(1);
        let known = self.newest;
        match send_stamp.id.wrapping_sub(self.newest.id) {
            0 => {}
            1..STRIDE => {
                self.counted = self.counted.saturating_add(1);
                self.newest.id = send_stamp.id;
            }
            // A little back is what was overtaken: as much a sign of a counter as a little forward.
            back if back > u16::MAX - STRIDE => self.counted = self.counted.saturating_add(1),
            _ => {
                self.strayed = self.strayed.saturating_add(1);
                self.newest.id = send_stamp.id;
            }
        }
        if send_stamp.stamped && send_stamp.stamped_before(self.newest) != Some(true) {
            self.newest.timestamp = send_stamp.timestamp;
            self.newest.stamped = true;
        }
        if self.newest != known {
            self.newest_frame = segment.number;
        }
    }

    /// The identification counts packets. The first segment always strays from nothing.
    fn counts(&self) -> bool {
        self.counted > self.strayed.saturating_mul(2).saturating_sub(1)
    }

    /// The packet that this one is the same as. `rtt`: much sooner than this nothing is sent again.
    ///
    /// Common stacks give what they send again a new identification, and a new timestamp once their clock has moved. But a host may keep the
    /// identification (RFC 1122 §3.2.1.5, §4.2.2.15): where a timer can have run out in between, it alone shows nothing.
    #[cold]
    pub(super) fn same_as(&mut self, segment: &IncomingSegment, rtt: Span) -> Option<SamePacket> {
        let stamp = segment.send_stamp;
        let renumbered = |sent: &SentSegment| {
            (sent.frame, sent.len) != (0, 0)
                && (sent.seq, sent.len) == (segment.seq, segment.len)
                && sent.send_stamp.id != stamp.id
        };
        self.renumbers |= segment.len > 0 && stamp.id != 0 && self.last.iter().any(renumbered);
        let same = self.last.iter().filter(|sent| sent.is(segment));
        let same = same.max_by_key(|sent| sent.at)?;
        let ago = segment.at.since(same.at);
        let soon = ago
            < if self.may_keep {
                SHORTEST_TIMER
            } else {
                TOO_SOON_FOR_A_RESEND.max(Span::from_ns(rtt.ns() / 2))
            };
        let numbered =
            stamp.id != 0 && self.stood == 0 && (self.counts() || self.differs(stamp.id));
        // What was stamped before the newest that was seen was sent before that; and a clock that ticks so fast would have moved on.
        let stamped = stamp.is_stamped()
            && (stamp.stamped_before(self.newest) == Some(true) || self.ticks_within(same, ago));
        let hop = segment.hop.changes(same.hop);
        // Two acknowledgements may be the same to the last bit without being copies, but for their identification: none is sent again.
        let elsewhere = soon && hop.intersects(HopChanges::TTL | HopChanges::VLAN);
        let new_if_again =
            !segment.occupies() || self.renumbers || (ago < SHORTEST_TIMEOUT && !self.may_keep);
        let copied =
            elsewhere || (numbered && new_if_again) || (segment.occupies() && (soon || stamped));
        let frame = same.frame;
        self.may_keep |= numbered && !copied;
        (copied || numbered).then_some(SamePacket {
            of: Earlier { frame, ago },
            hop,
            copied,
        })
    }

    /// By the timestamps before `sent`, their clock ticks twice in this time at least.
    fn ticks_within(&self, sent: &SentSegment, ago: Span) -> bool {
        let earlier =
            |one: &&SentSegment| one.frame != 0 && one.at < sent.at && one.send_stamp.is_stamped();
        let Some(first) = self.last.iter().filter(earlier).min_by_key(|one| one.at) else {
            return false;
        };
        let ticks = sent.send_stamp.ticks_since(first.send_stamp);
        let passed = sent.at.since(first.at).ns();
        ticks <= SAME_CLOCK && i128::from(ticks) * i128::from(ago.ns()) >= 2 * i128::from(passed)
    }

    /// The frame of its last segments that holds where this one begins.
    #[cold]
    pub(super) fn holding(&self, segment: &IncomingSegment) -> Option<u32> {
        let holds = |sent: &&SentSegment| {
            sent.frame != 0
                && sent.seq.up_to(segment.seq)
                && segment.data_end().up_to(sent.seq.plus(sent.len))
        };
        let frames = self.last.iter().filter(holds).map(|sent| sent.frame);
        frames.max()
    }

    /// It uses more than one identification.
    fn differs(&self, id: u16) -> bool {
        let other = |sent: &SentSegment| sent.frame != 0 && sent.send_stamp.id != id;
        self.last.iter().any(other)
    }

    /// `one` was sent before `other`, by their send stamps. None: they do not say, or the same.
    pub(super) fn sent_before(&self, one: SendStamp, other: SendStamp) -> Option<bool> {
        if self.counts() && one.id != 0 && other.id != 0 && one.id != other.id {
            return Some(one.id.wrapping_sub(other.id).cast_signed() < 0);
        }
        let apart = one.timestamp.wrapping_sub(other.timestamp).cast_signed();
        if apart.unsigned_abs() > SAME_CLOCK {
            return None;
        }
        let (first, second) = (one.stamped_before(other)?, other.stamped_before(one)?);
        (first || second).then_some(first)
    }

    /// Something that stands behind where this one begins was sent before it: so it was not sent for the first time.
    #[cold]
    pub(super) fn follows(&self, segment: &IncomingSegment) -> bool {
        // A SYN's number is its own.
        let same = |sent: &SentSegment| segment.has(TcpFlags::SYN) && sent.seq == segment.seq;
        self.last.iter().any(|sent| {
            sent.frame != 0
                && (segment.seq.before(sent.seq.plus(sent.len)) || same(sent))
                && self.sent_before(sent.send_stamp, segment.send_stamp) == Some(true)
        })
    }

    /// When a segment was seen here first that bears this timestamp, if it was one of the last.
    #[cold]
    pub(super) fn stamped_at(&self, timestamp: u32) -> Option<Time> {
        let bears =
            |sent: &&SentSegment| sent.send_stamp.stamped && sent.send_stamp.timestamp == timestamp;
        self.last.iter().filter(bears).map(|sent| sent.at).min()
    }

    /// The newest send stamp that was seen.
    pub(super) const fn newest(&self) -> SendStamp {
        self.newest
    }

    /// The frame that bore it first.
    pub(super) const fn newest_frame(&self) -> u32 {
        self.newest_frame
    }

    /// It was sent before something that was seen already.
    pub(super) fn overtaken(&self, send_stamp: SendStamp) -> bool {
        self.sent_before(send_stamp, self.newest) == Some(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segment(seq: u32, id: u16, timestamp: Option<u32>, ms: i64) -> IncomingSegment {
        IncomingSegment {
            number: 1,
            at: Time::from_ns(1 + ms * 1_000_000),
            flags: TcpFlags::ACK,
            seq: Seq(seq),
            ack: Seq(1),
            len: 100,
            window: 1,
            multipath: 0,
            send_stamp: SendStamp::new(id, 77, timestamp),
            hop: HopFields::NONE,
            echo: 0,
            options: 0,
            begins: false,
            spoiled: false,
            compressed: false,
            asked: false,
        }
    }

    fn after(all: &[IncomingSegment]) -> SendOrder {
        let mut send_order = SendOrder::default();
        all.iter().for_each(|segment| send_order.enter(segment));
        send_order
    }

    #[test]
    fn a_copy_has_its_originals_mark_and_a_resend_a_new_one() {
        let rtt = Span::from_ms(40);
        let sent = [0, 1, 2].map(|n| segment(n * 100, 500 + n as u16, None, i64::from(n)));
        let send_order = after(&sent);
        let copied = |order: &SendOrder, id, ms| {
            let mut order = *order;
            let same = order.same_as(&segment(100, id, None, ms), rtt);
            same.is_some_and(|same| same.copied)
        };
        assert!(copied(&send_order, 501, 190));
        assert!(!copied(&send_order, 501, 300));
        assert!(!copied(&send_order, 503, 300));
        // Without any send stamp only time can tell.
        let bare = after(&[segment(100, 0, None, 0)]);
        assert!(copied(&bare, 0, 10));
        assert!(!copied(&bare, 0, 41));
        // Of a sender whose identification never changes it says nothing.
        let constant = after(&[0, 1, 2].map(|n| segment(n * 100, 501, None, i64::from(n))));
        assert!(!copied(&constant, 501, 300));
    }

    #[test]
    fn what_was_sent_after_something_behind_it_was_sent_again() {
        let sent = [0, 1, 3].map(|n| segment(n * 100, 500 + n as u16, None, i64::from(n)));
        let send_order = after(&sent);
        // The third was overtaken, and comes for the first time; with a newer send stamp it was sent again.
        assert!(!send_order.follows(&segment(200, 502, None, 4)));
        assert!(send_order.follows(&segment(200, 504, None, 4)));
    }

    #[test]
    fn what_was_overtaken_shows_a_counter_as_well() {
        // Behind the SYN the last of a flight came first.
        let sent = [40_000, 40_008, 40_001].map(|id| segment(u32::from(id), id, None, 0));
        let send_order = after(&sent);
        assert!(send_order.overtaken(segment(2, 40_002, None, 1).send_stamp));
        assert!(!after(&sent[..2]).overtaken(sent[2].send_stamp));
    }

    #[test]
    fn a_timestamp_tells_when_its_bearer_was_seen_first() {
        let sent =
            [(7, 1), (8, 2), (8, 3)].map(|(timestamp, ms)| segment(0, 0, Some(timestamp), ms));
        let send_order = after(&sent);
        assert_eq!(send_order.stamped_at(8), Some(sent[1].at));
        assert_eq!(send_order.stamped_at(9), None);
    }

    #[test]
    fn marks_tell_who_was_sent_first_where_they_count() {
        let sent = [9, 10, 11].map(|id| segment(u32::from(id), id, None, 0));
        let send_order = after(&sent);
        assert_eq!(
            send_order.sent_before(sent[0].send_stamp, sent[2].send_stamp),
            Some(true)
        );
        assert!(
            send_order.overtaken(sent[1].send_stamp) && !send_order.overtaken(sent[2].send_stamp)
        );
        // Identifications that are drawn by lot say nothing; a timestamp does.
        let lots = [40_000, 90, 23_000].map(|id| segment(0, id, None, 0));
        assert_eq!(
            after(&lots).sent_before(lots[0].send_stamp, lots[1].send_stamp),
            None
        );
        let (old, new) = (
            SendStamp::new(0, 1, Some(u32::MAX)),
            SendStamp::new(0, 1, Some(3)),
        );
        assert_eq!(send_order.sent_before(old, new), Some(true));
        assert!(new.echoed_before(u32::MAX) && !new.echoed_before(3) && !new.echoed_before(0));
    }
}
