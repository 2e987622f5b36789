//! One TCP connection as the narrator knows it: both sides, what they sent, what reached them, how it opens
//! and closes. Unlike `follow`, which sees one vantage, this sees departures and arrivals, and the calls.
//!
//! Numbers are relative: 0 is the SYN, 1 the first byte of data.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::model::{Call, CallName, Endpoint, HostId, Span, Time};

/// A connection.
#[derive(Debug)]
pub(in crate::explain) struct Conn {
    /// Endpoints: the opener's, the acceptor's.
    pub ends: [Endpoint; 2],
    /// Their hosts, where known.
    pub hosts: [Option<HostId>; 2],
    /// The sides in the same order.
    pub sides: [Side; 2],
    /// When the opener's last SYN left, and how many did.
    pub syn: Option<(Time, u32)>,
    /// Segments that left until the handshake was complete.
    pub opening: u32,
    /// The opener's round trip: SYN out, SYN ACK in (with one SYN only: Karn's rule, RFC 6298 §3).
    pub rtt: Option<Span>,
    /// The ACK that answers the SYN ACK has left.
    pub acked: bool,
    /// That ACK has arrived.
    pub opened: bool,
    /// How it closes.
    pub close: Close,
    /// A RST was seen.
    pub reset: bool,
}

/// How a connection closes.
#[derive(Debug, Default)]
pub(in crate::explain) struct Close {
    /// The side whose FIN left first.
    pub first: Option<usize>,
    /// The first segment that covered that FIN.
    pub answer: Option<Answer>,
    /// The second FIN left before the first had arrived.
    pub crossed: bool,
    /// The other side sent data after the first FIN had arrived.
    pub data_after: bool,
    /// It was told.
    pub told: bool,
}

/// The first segment that covered the first FIN.
#[derive(Clone, Copy, Debug)]
pub(in crate::explain) struct Answer {
    /// It was the other FIN.
    pub fin: bool,
    /// How long after the FIN's arrival it left.
    pub after: Option<Span>,
    /// What made it leave.
    pub by: AnswerBy,
}

/// What made the first FIN's acknowledgement leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::explain) enum AnswerBy {
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
pub(in crate::explain) struct Side {
    /// The number behind the last that left.
    pub next: u32,
    /// The number behind the last that arrived from the other side, without gaps being looked at.
    pub came: u32,
    /// The highest acknowledgement that left.
    pub acked: u32,
    /// What arrived and no acknowledgement has answered yet: the number behind it, and when. Oldest first.
    pub waiting: VecDeque<(u32, Time)>,
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
    /// Its program closed the socket, and when.
    pub closed: Option<(CallName, Time)>,
    /// TCP_QUICKACK was set since the last arrival.
    pub quickack: bool,
    /// Its kernel reported TIME-WAIT.
    pub time_wait: bool,
    /// Its maximum segment size, from its SYN.
    pub mss: Option<u16>,
    /// The window scale of its SYN.
    pub scale: Option<u8>,
    /// It sent a SYN.
    pub syn: bool,
}

/// What happened last at a side.
#[derive(Clone, Debug, Default)]
pub(in crate::explain) enum Last {
    /// Nothing yet.
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
    /// Its number.
    pub number: u32,
    /// When it left first.
    pub left: Time,
    /// When it arrived first.
    pub arrived: Option<Time>,
    /// The call that made the kernel send it.
    pub by: Option<CallName>,
    /// That call was shutdown(SHUT_WR): the program still reads.
    pub shut: bool,
}

impl Conn {
    /// A connection of which nothing is known but its ends.
    pub fn new(ends: [Endpoint; 2], hosts: [Option<HostId>; 2]) -> Self {
        Self {
            ends,
            hosts,
            sides: [Side::default(), Side::default()],
            syn: None,
            opening: 0,
            rtt: None,
            acked: false,
            opened: false,
            close: Close::default(),
            reset: false,
        }
    }

    /// The side at this host with this remote endpoint.
    pub fn side_of(&self, host: HostId) -> Option<usize> {
        self.hosts.iter().position(|h| *h == Some(host))
    }
}

/// Arrivals without an answer that are remembered.
const WAITING: usize = 64;

impl Side {
    /// A segment up to `end` arrived that has to be acknowledged.
    pub fn owes(&mut self, end: u32, at: Time) {
        if self.waiting.len() < WAITING {
            self.waiting.push_back((end, at));
        }
    }

    /// How long the oldest arrival has waited that `ack` answers, at `at`.
    pub fn waited(&self, ack: u32, at: Time) -> Option<Span> {
        let (end, since) = self.waiting.front()?;
        (!behind(*end, ack)).then(|| at.since(*since))
    }

    /// `ack` left.
    pub fn answered(&mut self, ack: u32) {
        if behind(ack, self.acked) {
            self.acked = ack;
        }
        self.waiting.retain(|(end, _)| behind(*end, ack));
    }
}

/// `a` lies behind `b` on the circle of numbers.
pub(in crate::explain) const fn behind(a: u32, b: u32) -> bool {
    a.wrapping_sub(b).cast_signed() > 0
}
