//! What the graphs of one connection show: points over time, computed from its followed segments.
//!
//! Each direction's data is one [`DirectionSeries`]: what was sent when, what the other side acknowledged and selectively
//! acknowledged, the edge that its window allowed, the round-trip times that follow, and what was under way.
//! Numbers are relative and do not wrap: a stream longer than 4 GiB goes on counting.
//!
//! Memory is bounded: a direction that holds [`MOST`] points of a kind joins each two neighbours, so that a long
//! transfer keeps its outline.

mod joined;
mod queue;
mod traced;

use std::collections::{BTreeMap, VecDeque};

use crate::model::number::signed;
use crate::model::{HostId, Seq, Span, TcpInfo, Time};
use crate::protocol::decode::{Tcp, TcpFlags};
use crate::protocol::follow::{Analysis, Segment, Way};

pub use joined::{Joined, Joins, MOST};
pub use queue::QueueSeries;
pub use traced::Traced;

/// The points of one connection.
#[derive(Clone, Debug, Default)]
pub struct Series {
    /// When its first segment was seen.
    pub begun: Option<Time>,
    /// When its last was.
    pub ended: Option<Time>,
    /// Data of the opener and of the acceptor.
    pub directions: [DirectionSeries; 2],
    /// What waits on the wire, by the host that sent it; nothing where the wire has no rate.
    pub queues: BTreeMap<HostId, QueueSeries>,
}

/// One direction's data and what came back about it.
#[derive(Clone, Debug, Default)]
pub struct DirectionSeries {
    /// Segments with data, SYN or FIN.
    pub sent: Joined<SentRange>,
    /// Those of them that the wire took away, or spoilt.
    pub lost: Joined<Range>,
    /// Acknowledgements of them that it did: the next byte expected.
    pub lost_acks: Joined<Level>,
    /// Acknowledgements of them: the next byte expected.
    pub acked: Joined<Level>,
    /// The right edge of the window that the receiver announced.
    pub allowed: Joined<Level>,
    /// Selectively acknowledged ranges.
    pub sacked: Joined<Range>,
    /// Round-trip times in nanoseconds: from a segment's (only) departure to the acknowledgement that covers it,
    /// as this vantage saw both (resent data gives none: RFC 6298 §3, Karn's algorithm).
    pub round_trips: Joined<Level>,
    /// Window that the receiver announced, in bytes.
    pub window: Joined<Level>,
    /// Bytes sent and not acknowledged, after each segment and acknowledgement.
    pub in_flight: Joined<Level>,
    /// The sender's congestion window in bytes, by its kernel's word.
    pub congestion: Joined<Level>,
    /// Its slow-start threshold in bytes; only where it is set.
    pub threshold: Joined<Level>,
    waiting: VecDeque<AwaitingAck>,
    highest: u64,
    lowest: u64,
}

/// A segment that took room in the sequence space.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentRange {
    /// When its frame was seen.
    pub at: Time,
    /// First relative sequence number.
    pub from: u64,
    /// One past its last.
    pub to: u64,
    /// What it was.
    pub kind: SentKind,
    /// It carries SYN or FIN.
    pub control: bool,
}

/// What a segment was to the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SentKind {
    /// Its bytes were not seen before, and nothing behind them.
    New,
    /// Its bytes were seen before, or asked for again.
    Again,
    /// Its bytes were not seen before, but something behind them was.
    Late,
}

/// A value at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// When its frame was seen.
    pub at: Time,
    /// In bytes; a round trip in nanoseconds.
    pub value: u64,
}

/// A range at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// When its frame was seen.
    pub at: Time,
    /// First relative sequence number.
    pub from: u64,
    /// One past its last.
    pub to: u64,
}

#[derive(Clone, Copy, Debug)]
struct AwaitingAck {
    end: u64,
    at: Time,
}

/// So many segments may wait for the acknowledgement that times them.
const MOST_WAITING: usize = 10_000;

impl Series {
    /// Takes the next segment of the connection.
    pub fn segment(&mut self, at: Time, tcp: &Tcp<'_>, segment: &Segment, way: Way) {
        self.begun.get_or_insert(at);
        self.ended = Some(at);
        let (own, other) = self.both(way);
        own.send(at, segment);
        if segment.flags.contains(TcpFlags::ACK) && !segment.flags.contains(TcpFlags::RST) {
            other.acknowledge(at, tcp, segment);
        }
    }

    /// The wire took a segment away, or spoilt it. `segment` may have been seen at the other vantage only.
    pub fn lost(&mut self, at: Time, segment: &Segment, way: Way) {
        let (own, other) = self.both(way);
        let room = room(segment);
        if room > 0 {
            let from = own.unwrapped(segment.rel_seq);
            let to = from + room;
            own.lost.push(Range { at, from, to });
        } else if segment.flags.contains(TcpFlags::ACK) {
            let value = other.unwrapped(segment.rel_ack);
            other.lost_acks.push(Level { at, value });
        }
    }

    /// Takes a sample of the TCP_INFO of the side that sends `way`.
    pub fn sample(&mut self, at: Time, way: Way, info: &TcpInfo) {
        let (own, _) = self.both(way);
        let mss = u64::from(info.snd_mss);
        own.congestion.push_in_time(Level {
            at,
            value: u64::from(info.cwnd) * mss,
        });
        if let Some(threshold) = info.threshold() {
            own.threshold.push_in_time(Level {
                at,
                value: u64::from(threshold) * mss,
            });
        }
    }

    /// The direction that carries more payload.
    #[must_use]
    pub fn busier(&self) -> Way {
        if self.directions[1].highest > self.directions[0].highest {
            Way::FromAcceptor
        } else {
            Way::FromOpener
        }
    }

    /// The direction of the data that goes this way.
    #[must_use]
    pub fn direction(&self, way: Way) -> &DirectionSeries {
        match way {
            Way::FromOpener => &self.directions[0],
            Way::FromAcceptor => &self.directions[1],
        }
    }

    fn both(&mut self, way: Way) -> (&mut DirectionSeries, &mut DirectionSeries) {
        let [opener, acceptor] = &mut self.directions;
        match way {
            Way::FromOpener => (opener, acceptor),
            Way::FromAcceptor => (acceptor, opener),
        }
    }
}

/// Numbers of the sequence space that it takes.
fn room(segment: &Segment) -> u64 {
    u64::from(segment.len)
        + u64::from(segment.flags.contains(TcpFlags::SYN))
        + u64::from(segment.flags.contains(TcpFlags::FIN))
}

impl DirectionSeries {
    /// The relative number as one that does not wrap: the nearest to the highest so far.
    fn unwrapped(&self, relative: u32) -> u64 {
        let highest = Seq((self.highest & 0xffff_ffff) as u32);
        let from_highest = i64::from(Seq(relative).distance_from(highest));
        u64::try_from(
            i64::try_from(self.highest)
                .unwrap_or(i64::MAX)
                .saturating_add(from_highest),
        )
        .unwrap_or(0)
    }

    fn send(&mut self, at: Time, segment: &Segment) {
        let control = segment.flags.intersects(TcpFlags::SYN | TcpFlags::FIN);
        let room = room(segment);
        if room == 0 || segment.flags.contains(TcpFlags::RST) {
            return;
        }
        let from = self.unwrapped(segment.rel_seq);
        let to = from + room;
        // What Wireshark calls out of order may be a resend that came within a round trip: then these bytes were
        // seen before, or asked for.
        let again =
            segment.is_resend() || segment.why.before.is_some() || segment.why.recovery.is_some();
        let kind = if again {
            SentKind::Again
        } else if segment.analysis.contains(Analysis::OUT_OF_ORDER) {
            SentKind::Late
        } else {
            SentKind::New
        };
        self.sent.push(SentRange {
            at,
            from,
            to,
            kind,
            control,
        });
        if kind == SentKind::Again {
            self.waiting
                .retain(|waiting| waiting.end <= from || waiting.end > to);
        } else if self.waiting.len() < MOST_WAITING {
            self.waiting.push_back(AwaitingAck { end: to, at });
        }
        self.highest = self.highest.max(to);
        self.fly(at);
    }

    fn acknowledge(&mut self, at: Time, tcp: &Tcp<'_>, segment: &Segment) {
        let ack = self.unwrapped(segment.rel_ack);
        self.acked.push(Level { at, value: ack });
        self.window.push(Level {
            at,
            value: u64::from(segment.window),
        });
        self.allowed.push(Level {
            at,
            value: ack + u64::from(segment.window),
        });
        let base = segment.ack;
        for (left, right) in tcp.sack_blocks() {
            let offset = |edge: crate::model::Seq| {
                let apart = i64::from(edge.distance_from(base));
                u64::try_from(i64::try_from(ack).unwrap_or(i64::MAX).saturating_add(apart))
                    .unwrap_or(0)
            };
            let (from, to) = (offset(left), offset(right));
            if from < to {
                self.sacked.push(Range { at, from, to });
            }
        }
        let mut timed = None;
        while let Some(waiting) = self.waiting.front().filter(|waiting| waiting.end <= ack) {
            timed = Some(*waiting);
            self.waiting.pop_front();
        }
        if let Some(waiting) = timed {
            let value = u64::try_from(at.since(waiting.at).ns()).unwrap_or(0);
            self.round_trips.push(Level { at, value });
        }
        self.lowest = self.lowest.max(ack);
        self.fly(at);
    }

    fn fly(&mut self, at: Time) {
        let value = self.highest.saturating_sub(self.lowest);
        self.in_flight.push(Level { at, value });
    }

    /// Bytes per second of new data over the time since `before`, in steps of `step`.
    #[must_use]
    pub fn throughput(&self, step: Span) -> Vec<Level> {
        let Some(first) = self.sent.iter().next() else {
            return Vec::new();
        };
        let width = step.ns().max(1);
        let mut bins: Vec<u64> = Vec::new();
        for sent in self.sent.iter().filter(|sent| sent.kind != SentKind::Again) {
            let bin = usize::try_from(sent.at.since(first.at).ns() / width)
                .unwrap_or(0)
                .min(1 << 16);
            if bins.len() <= bin {
                bins.resize(bin + 1, 0);
            }
            bins[bin] += sent.to - sent.from;
        }
        let levels = bins.iter().enumerate().map(|(bin, bytes)| Level {
            at: first
                .at
                .plus(Span::from_ns(width.saturating_mul(signed(bin)))),
            value: u64::try_from(
                u128::from(*bytes) * 1_000_000_000 / u128::from(width.unsigned_abs()),
            )
            .unwrap_or(u64::MAX),
        });
        levels.collect()
    }
}

#[cfg(test)]
mod tests;
