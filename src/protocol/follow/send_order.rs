//! In which order one side's segments were sent, as far as they say so themselves, and which of them is a copy.
//!
//! A segment that the network overtook has an older send stamp than what was seen before it; one that was sent again has a newer one; and a copy
//! that was made on the way is the same to the last bit, where a sender would have used a new send stamp.

use crate::model::{Seq, Span, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::timing::TOO_SOON_FOR_A_RESEND;

use super::incoming::{IncomingSegment, SendStamp};

/// So many segments back a copy is known.
const REMEMBERED: usize = 8;
/// A counter of packets that also counts those of other connections skips at most so far.
const STRIDE: u16 = 1_000;

/// One side's last segments.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct SendOrder {
    last: [SentSegment; REMEMBERED],
    at: u8,
    /// The newest send stamp.
    newest: SendStamp,
    /// How often the identification went on a little, and how often it did something else.
    counted: u8,
    strayed: u8,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct SentSegment {
    seq: Seq,
    len: u32,
    send_stamp: SendStamp,
    at: Time,
}

impl SendOrder {
    /// A segment of this side was seen.
    #[inline]
    pub(super) fn enter(&mut self, segment: &IncomingSegment) {
        let at = usize::from(self.at) % REMEMBERED;
        self.last[at] = SentSegment {
            seq: segment.seq,
            len: segment.len,
            send_stamp: segment.send_stamp,
            at: segment.at,
        };
        self.at = self.at.wrapping_add(1);
        let send_stamp = segment.send_stamp;
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
    }

    /// The identification counts packets. The first segment always strays from nothing.
    fn counts(&self) -> bool {
        self.counted > self.strayed.saturating_mul(2).saturating_sub(1)
    }

    /// The same packet was seen just before. `rtt`: much sooner than this nothing is sent again.
    pub(super) fn is_duplicate(&self, segment: &IncomingSegment, rtt: Span) -> bool {
        let same = self.last.iter().find(|sent| {
            sent.at != Time::default()
                && (sent.seq, sent.len, sent.send_stamp)
                    == (segment.seq, segment.len, segment.send_stamp)
        });
        let Some(same) = same else {
            return false;
        };
        if segment.send_stamp.id != 0 && self.counts() {
            return true;
        }
        // Else two acknowledgements may be the same to the last bit without being copies.
        let soon =
            segment.at.since(same.at) < TOO_SOON_FOR_A_RESEND.max(Span::from_ns(rtt.ns() / 2));
        segment.occupies() && (segment.send_stamp.stamped || soon)
    }

    /// `one` was sent before `other`, by their send stamps. None: they do not say, or the same.
    pub(super) fn sent_before(&self, one: SendStamp, other: SendStamp) -> Option<bool> {
        if self.counts() && one.id != 0 && other.id != 0 && one.id != other.id {
            return Some(one.id.wrapping_sub(other.id).cast_signed() < 0);
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
            sent.at != Time::default()
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
            echo: 0,
            options: 0,
            begins: false,
            spoiled: false,
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
        assert!(send_order.is_duplicate(&segment(100, 501, None, 300), rtt));
        assert!(!send_order.is_duplicate(&segment(100, 503, None, 300), rtt));
        // Without any send stamp only time can tell.
        let bare = after(&[segment(100, 0, None, 0)]);
        assert!(bare.is_duplicate(&segment(100, 0, None, 10), rtt));
        assert!(!bare.is_duplicate(&segment(100, 0, None, 41), rtt));
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
