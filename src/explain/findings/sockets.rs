//! What is remembered of each socket of a program.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::conversed::Conversed;
use super::{Proof, ReturnedCall};
use crate::model::{Call, Endpoint, HostId, Span, Time};

/// Sockets that are remembered at the same time.
const MOST: usize = 4096;

/// A socket, from its calls.
#[derive(Debug, Default)]
pub(super) struct SocketStory {
    pub flow: Option<u32>,
    /// It was made as a stream socket, or by accept.
    pub stream: bool,
    /// It was made as a UDP socket.
    pub datagram: bool,
    pub local: Option<Endpoint>,
    /// The bind that went well.
    pub bound: Option<ReturnedCall>,
    pub listens: Option<ReturnedCall>,
    pub reuses: bool,
    pub lingers: bool,
    /// close, or shutdown of the sending side.
    pub closed: Option<Rc<Call>>,
    /// It is gone: no descriptor stands for it.
    pub gone: bool,
    /// Who used it last, and when.
    pub used: Option<Rc<Call>>,
    /// Bytes that its calls handed over, and took.
    pub sent: u64,
    pub read: u64,
    /// A send that took a part, with the beginning of the rest.
    pub part: Option<(ReturnedCall, Vec<u8>)>,
    /// How often its host's programs had waited for something at its last EAGAIN: who waits in between does not spin.
    pub waited: u64,
    /// EAGAIN in a row: how often, the first, when the last.
    pub again: Option<(u32, ReturnedCall, Time)>,
    /// End of file in a row.
    pub ends: Option<(u32, ReturnedCall, Time)>,
    /// Closed with so many bytes unread, and then a RST.
    pub unread: Option<(u64, Rc<Call>)>,
    /// What it said and heard.
    pub conversed: Conversed,
    /// These were said.
    pub said_again: bool,
    pub said_ends: bool,
    pub said_pipe: bool,
}

impl SocketStory {
    /// Mean time between the calls of a row.
    pub(super) fn pace(row: &(u32, ReturnedCall, Time)) -> Span {
        let (count, first, last) = row;
        Span::from_ns(last.since(first.0.at).ns() / i64::from((*count).max(2) - 1))
    }
}

/// All of them, by host and number.
#[derive(Debug, Default)]
pub(super) struct SocketStories {
    all: BTreeMap<(HostId, u32), SocketStory>,
}

impl SocketStories {
    pub(super) fn get(&self, key: (HostId, u32)) -> Option<&SocketStory> {
        self.all.get(&key)
    }

    /// The socket of a call; none of a call about none.
    pub(super) fn of(&mut self, call: &Call) -> Option<&mut SocketStory> {
        if call.socket == 0 {
            return None;
        }
        self.at((call.host, call.socket))
    }

    pub(super) fn at(&mut self, key: (HostId, u32)) -> Option<&mut SocketStory> {
        if !self.all.contains_key(&key) && self.all.len() >= MOST {
            let oldest = self
                .all
                .iter()
                .find(|(_, story)| story.gone)
                .map(|(key, _)| *key);
            self.all.remove(&oldest?);
        }
        Some(self.all.entry(key).or_default())
    }

    /// Those of a host.
    pub(super) fn of_host(&self, host: HostId) -> impl Iterator<Item = (u32, &SocketStory)> {
        let range = self.all.range((host, 0)..=(host, u32::MAX));
        range.map(|((_, number), story)| (*number, story))
    }

    /// The socket of a host in this conversation.
    pub(super) fn in_flow(&self, host: HostId, flow: u32) -> Option<(u32, &SocketStory)> {
        self.of_host(host)
            .filter(|(_, story)| story.flow == Some(flow))
            .last()
    }
}

/// What the wire showed of a conversation.
#[derive(Debug, Default)]
pub(super) struct Wired {
    /// Its opening SYN, and whether it was answered by one.
    pub syn: Option<Proof>,
    pub opened: bool,
    /// FINs and RSTs that have come, by host; RSTs that left.
    pub fin_came: BTreeMap<HostId, Proof>,
    pub rst_came: BTreeMap<HostId, Proof>,
    /// When data came last, by the host to which it came; and the last ACK that was delayed, by the host to which it went.
    pub data_came: BTreeMap<HostId, Time>,
    pub late_ack: BTreeMap<HostId, (Time, Proof)>,
    /// Payload lengths of datagrams that have come and were not taken, with their beginnings.
    pub datagrams: BTreeMap<HostId, Vec<(Vec<u8>, usize, Proof)>>,
}
