//! One TCP connection as the narrator knows it: both sides, what they sent, what reached them, how it opens
//! and closes. Unlike `follow`, which sees one vantage, this sees departures and arrivals, and the calls.
//!
//! Numbers are relative: 0 is the SYN, 1 the first byte of data.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::explain::Sample;
use crate::model::{Call, CallName, Endpoint, HostId, Span, TcpState, Time};
use crate::protocol::decode::TcpFlags;
use crate::protocol::follow::{Recovery, Segment};

use super::prompts::{Prompts, SeenTtl};
use super::ranges::{Ranges, behind};

/// What is known of a connection.
#[derive(Debug)]
pub(in crate::explain) struct Conn {
    /// Endpoints: the opener's, the acceptor's.
    pub ends: [Endpoint; 2],
    /// Their hosts, where known.
    pub hosts: [Option<HostId>; 2],
    /// The sides in the same order.
    pub sides: [ConnSide; 2],
    /// Segments of the handshake that left.
    pub opening: u32,
    /// When the connect() began that made the kernel send the SYN and waits for the answer.
    pub connect: Option<Time>,
    /// The opener's round trip: SYN out, SYN ACK in (with one SYN only: Karn's rule, RFC 6298 §3).
    pub rtt: Option<Span>,
    /// The ACK that answers the SYN ACK has left.
    pub acked: bool,
    /// That ACK has arrived.
    pub opened: bool,
    /// When its last packet was seen, and how often the clock had stepped back from one to the next.
    pub before: Option<Time>,
    pub steps: u32,
    /// How it closes.
    pub close: Closing,
    /// A RST was seen.
    pub reset: bool,
    /// That RST answered something of an older connection: this one goes on opening.
    pub still_opens: bool,
}

impl ConnSide {
    /// The number of its FIN, once that has left.
    pub fn fin_number(&self) -> Option<u32> {
        self.fin.as_ref().map(|fin| fin.number)
    }
}

/// How a connection closes.
#[derive(Debug, Default)]
pub(in crate::explain) struct Closing {
    /// The side whose FIN left first.
    pub first: Option<usize>,
    /// The first segment that covered that FIN.
    pub answer: Option<FinAnswer>,
    /// The second FIN left before the first had arrived.
    pub crossed: bool,
    /// It had arrived by then, but waited behind a gap.
    pub held: bool,
    /// The FIN that was seen first acknowledges the other: the file has them in another order.
    pub out_of_order: bool,
    /// The other side sent data after the first FIN had arrived.
    pub data_after: bool,
    /// A note has told it already: it is told once.
    pub told: bool,
}

/// The first segment that covered the first FIN.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct FinAnswer {
    /// It was the other FIN.
    pub fin: bool,
    /// How long after the FIN's arrival it left.
    pub after: Option<Span>,
    /// What made it leave.
    pub by: FinAnswerBy,
}

/// What made the first FIN's acknowledgement leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum FinAnswerBy {
    /// setsockopt(TCP_QUICKACK) after the FIN had arrived.
    Quickack,
    /// Data that the passive side sent.
    Data,
    /// The passive side's own FIN.
    Fin,
    /// The kernel by itself.
    Kernel,
}

/// One side of a connection.
#[derive(Debug, Default)]
pub(in crate::explain) struct ConnSide {
    /// The number behind the last that left.
    pub next: u32,
    /// What arrived from the other side.
    pub came: ReceivedStream,
    /// What of that arrived last, where it came before its turn: from, up to.
    pub early: Option<(u32, u32)>,
    /// When something arrived last.
    pub came_at: Option<Time>,
    /// The window that it announced last.
    pub window: Option<u32>,
    /// What its latest acknowledgement says selectively.
    pub reports: Ranges,
    /// What of its own data the other side's acknowledgements have told it selectively.
    pub heard: Ranges,
    /// Its kernel's last word while it took nothing for lost.
    pub unhurt: Option<Sample>,
    /// Its kernel's word when it was told that it slows down for a loss.
    pub slowed: Option<Sample>,
    /// Its SYN has a Fast Open cookie.
    pub fast_open: bool,
    /// Its last window probe with a byte: the byte's number, and the packet's.
    pub probe_byte: Option<(u32, u32)>,
    /// What arrived last was a SYN that had arrived before.
    pub syn_again: bool,
    /// What arrived last was a FIN that had arrived before.
    pub fin_again: bool,
    /// What arrived last was a RST: its number, and when.
    pub met_reset: Option<(u32, Time)>,
    /// What arrived last was a copy that the wire had made.
    pub copy_came: bool,
    /// What arrived since its last acknowledgement filled a gap, all or a part of it.
    pub filled: bool,
    /// When an ICMP message last told it that a packet of its was too big for the way, and whether by IPv6.
    pub too_big: Option<(Time, bool)>,
    /// The highest acknowledgement that left.
    pub acked: u32,
    /// What happened here last.
    pub last: Last,
    /// Its FIN.
    pub fin: Option<Fin>,
    /// Its FIN was acknowledged by something that arrived.
    pub fin_acked: bool,
    /// Bytes handed over by send calls so far.
    pub handed: u64,
    /// Data segments since the last send call began.
    pub parts: u32,
    /// Bytes that recv calls gave the program.
    pub read: u64,
    /// Its program closed the socket or its own direction, when, and how far.
    pub closed: Option<(CallName, Time)>,
    /// So far only its own direction: it still reads.
    pub shut_write: bool,
    /// Calls on its socket are recorded.
    pub called: bool,
    /// Its program has shut down both directions.
    pub shut_both: bool,
    /// Its kernel's last word of its state.
    pub state: Option<TcpState>,
    /// Its kernel's last word.
    pub word: Option<Sample>,
    /// The last one before something arrived.
    pub word_before: Option<Sample>,
    /// The last one before its congestion state became what it is.
    pub word_before_state: Option<Sample>,
    /// Bytes that its SYN carried.
    pub syn_data: u32,
    /// What arrived before its turn since its last acknowledgement.
    pub early_since: Ranges,
    /// In how many segments.
    pub early_count: u32,
    /// Its program has set TCP_NODELAY or TCP_CORK: Nagle's algorithm does not say when a small segment leaves.
    pub no_nagle: bool,
    /// What it has heard and not answered.
    pub prompts: Prompts,
    /// It has sent a RST, in this packet (0 in a recording of ours); taken once that is contradicted.
    pub broken_off: Option<u32>,
    /// The TTL of its packets.
    pub ttl: SeenTtl,
    /// TCP_QUICKACK was set since the last arrival.
    pub quickack: bool,
    /// The probe of the other side that arrived last, while nothing has answered it.
    pub probed: Option<Recovery>,
    /// Keep-alives of its own since anything arrived.
    pub keep_alives: u32,
    /// Its kernel reported TIME-WAIT.
    pub time_wait: bool,
    /// Its maximum segment size, from its SYN.
    pub mss: Option<u16>,
    /// The window scale of its SYN.
    pub scale: Option<u8>,
    /// When its last SYN left, with or without ACK, and how many did.
    pub syn: Option<(Time, u32)>,
    /// How often the clock had stepped back by then.
    pub syn_steps: u32,
    /// Its SYN was made by a program: its kernel knows nothing of the connection.
    pub by_hand: bool,
    /// Its last timestamp (TSval), where its segments have one.
    pub stamp: Option<u32>,
    /// It sent a SYN ACK.
    pub syn_ack: bool,
    /// And another one, with another number.
    pub syn_ack_another: bool,
    /// Its SYN ACK arrived.
    pub syn_ack_came: bool,
}

/// What happened last at a side.
#[derive(Clone, Debug, Default)]
pub(in crate::explain) enum Last {
    /// Nothing was heard or done yet.
    #[default]
    Nothing,
    /// A call on its socket began.
    Call(Rc<Call>),
    /// A segment arrived.
    Arrival,
    /// A segment left, for the same reason as the one that is kept here.
    Departure(Rc<Last>),
}

impl Last {
    /// The call, when the last thing was one, or what left since was caused by one.
    pub fn call(&self) -> Option<&Rc<Call>> {
        match self {
            Self::Call(call) => Some(call),
            Self::Departure(before) => before.call(),
            Self::Nothing | Self::Arrival => None,
        }
    }

    /// A segment has just arrived, and nothing was done since but answering it.
    pub fn is_arrival(&self) -> bool {
        match self {
            Self::Arrival => true,
            Self::Departure(before) => before.is_arrival(),
            Self::Nothing | Self::Call(_) => false,
        }
    }

    /// The same cause, after a departure.
    #[must_use]
    pub fn departed(self) -> Self {
        match self {
            Self::Departure(_) => self,
            other => Self::Departure(Rc::new(other)),
        }
    }
}

/// A FIN.
#[derive(Clone, Debug)]
pub(in crate::explain) struct Fin {
    /// Its relative sequence number.
    pub number: u32,
    /// When it left first.
    pub left: Time,
    /// What it acknowledges, as a relative number.
    pub acks: Option<u32>,
    /// It has reached the other host, perhaps behind a gap.
    pub reached: bool,
    /// When it had arrived, and all before it.
    pub arrived: Option<Time>,
    /// What made the kernel send it.
    pub by: FinBy,
}

/// What made a kernel send a FIN: the last descriptor of the socket was closed, or its direction shut down, or the program ended.
/// Other calls never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum FinBy {
    /// This call, close() or a shutdown() of both directions.
    Call(CallName),
    /// shutdown(SHUT_WR): the program still reads.
    ShutWrite,
    /// The program ended: calls are recorded, and none of these is among them.
    End,
    /// Nobody recorded.
    Unknown,
}

impl FinBy {
    /// The program neither writes nor reads any more.
    pub const fn gave_up(self) -> bool {
        matches!(self, Self::Call(_) | Self::End)
    }
}

impl Conn {
    /// A connection of which nothing is known but its ends.
    pub fn new(ends: [Endpoint; 2], hosts: [Option<HostId>; 2]) -> Self {
        Self {
            ends,
            hosts,
            sides: [ConnSide::default(), ConnSide::default()],
            opening: 0,
            connect: None,
            rtt: None,
            acked: false,
            opened: false,
            before: None,
            steps: 0,
            close: Closing::default(),
            reset: false,
            still_opens: false,
        }
    }

    /// This acknowledgement of the acceptor is none of this connection's: it has sent no SYN, and covers nothing of the opener's.
    pub fn is_of_another(&self, way: usize, segment: &Segment) -> bool {
        let [opener, acceptor] = &self.sides;
        let covers = segment.rel_ack.wrapping_sub(1) < opener.next;
        way == 1
            && opener.syn.is_some()
            && acceptor.syn.is_none()
            // Its ACK would show that a SYN ACK came, seen here or not.
            && opener.acked == 0
            && segment.flags.contains(TcpFlags::ACK)
            && !segment.flags.intersects(TcpFlags::SYN | TcpFlags::RST)
            && !covers
    }

    /// The side at this host with this remote endpoint.
    pub fn side_of(&self, host: HostId) -> Option<usize> {
        self.hosts.iter().position(|h| *h == Some(host))
    }
}

/// What arrived at a side: how far it is without a gap, and what stands beyond.
#[derive(Debug, Default)]
pub(in crate::explain) struct ReceivedStream {
    /// The number that is waited for: all before it has arrived. None before anything did.
    pub next: Option<u32>,
    /// Beyond a gap.
    pub beyond: Ranges,
    /// When the first of that arrived.
    gap: Option<Time>,
    /// Arrivals that moved `next` on and that no acknowledgement has answered yet: where to, and when. Oldest first.
    unanswered: VecDeque<(u32, Time)>,
}

/// What an arrival was to its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::explain) enum ArrivalKind {
    /// All of it had come before.
    Old,
    /// What was waited for, and nothing had come before its turn.
    Next,
    /// It came before its turn: from, up to.
    Early(u32, u32),
    /// It filled a gap.
    Fills {
        /// What had come before its turn and is in order now.
        held: Ranges,
        /// Since when the first of it had been held.
        since: Option<Time>,
    },
}

/// Arrivals that are remembered.
const REMEMBERED: usize = 64;

impl ReceivedStream {
    /// Numbers from `from` up to (not including) `to` arrived.
    pub fn arrive(&mut self, from: u32, to: u32, at: Time) -> ArrivalKind {
        let next = *self.next.get_or_insert(from);
        if behind(from, next) {
            self.beyond.add(from, to);
            self.gap.get_or_insert(at);
            return ArrivalKind::Early(from, to);
        }
        if !behind(to, next) {
            return ArrivalKind::Old;
        }
        let since = self.gap;
        let held = self.reach(to);
        if let Some(next) = self.next.filter(|_| self.unanswered.len() < REMEMBERED) {
            self.unanswered.push_back((next, at));
        }
        if held.is_empty() {
            return ArrivalKind::Next;
        }
        ArrivalKind::Fills { held, since }
    }

    /// All before `to` is there. Gives what stood beyond and is in order now.
    fn reach(&mut self, to: u32) -> Ranges {
        let (next, held) = self.beyond.passed(to);
        self.next = Some(next);
        if self.beyond.is_empty() {
            self.gap = None;
        }
        held
    }

    /// How long the oldest arrival has waited that `ack` answers, at `at`.
    pub fn waited(&self, ack: u32, at: Time) -> Option<Span> {
        let (next, since) = self.unanswered.front()?;
        (!behind(*next, ack)).then(|| at.since(*since))
    }

    /// `ack` left: the receiver has all before it, whatever was seen of its arrival.
    pub fn answered(&mut self, ack: u32) {
        self.unanswered.retain(|(next, _)| behind(*next, ack));
        if self.next.is_none_or(|next| behind(ack, next)) {
            self.reach(ack);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_beyond_a_gap_waits_for_the_gap_not_for_its_own_arrival() {
        let at = |ms: i64| Time::from_ns(ms * 1_000_000);
        let mut came = ReceivedStream::default();
        came.arrive(1, 1001, at(0));
        came.answered(1001);
        came.arrive(2001, 3001, at(1));
        assert_eq!(
            came.arrive(3001, 4001, at(2)),
            ArrivalKind::Early(3001, 4001)
        );
        assert_eq!(came.waited(1001, at(3)), None);
        let ArrivalKind::Fills { held, since } = came.arrive(1001, 2001, at(50)) else {
            panic!("it fills the gap");
        };
        assert_eq!((held.text().as_str(), since), ("2001–4000", Some(at(1))));
        assert_eq!(came.arrive(1001, 2001, at(51)), ArrivalKind::Old);
        assert_eq!(came.next, Some(4001));
        assert_eq!(came.waited(4001, at(51)), Some(Span::from_ms(1)));
    }

    #[test]
    fn numbers_go_around_the_circle() {
        let mut came = ReceivedStream::default();
        came.arrive(u32::MAX - 1, 3, Time::from_ns(1));
        assert_eq!(came.next, Some(3));
        assert!(behind(3, u32::MAX - 1));
    }
}
