//! What is known of one UDP conversation.

use crate::model::Endpoint;

use super::followed::Way;

/// The datagrams between two endpoints. UDP knows no connection: this is who talked with whom, and how much.
#[derive(Clone, Debug)]
pub struct Datagrams {
    pub(super) ends: [Endpoint; 2],
    pub(super) packets: [u32; 2],
    pub(super) bytes: [u64; 2],
    pub(super) number: u32,
}

impl Datagrams {
    pub(super) const fn new(number: u32, opener: Endpoint, acceptor: Endpoint) -> Self {
        Self {
            ends: [opener, acceptor],
            packets: [0; 2],
            bytes: [0; 2],
            number,
        }
    }

    #[inline]
    pub(super) fn is_between(&self, one: Endpoint, other: Endpoint) -> bool {
        self.ends == [one, other] || self.ends == [other, one]
    }

    pub(super) fn way(&self, from: Endpoint) -> Way {
        if self.ends[0] == from {
            Way::FromOpener
        } else {
            Way::FromAcceptor
        }
    }

    pub(super) fn count(&mut self, way: Way, len: u32) {
        self.packets[way as usize] = self.packets[way as usize].saturating_add(1);
        self.bytes[way as usize] += u64::from(len);
    }

    /// Its number, from 0 (`udp.stream`).
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The endpoint that sends in this direction; the opener is who sent first.
    pub const fn end(&self, way: Way) -> Endpoint {
        self.ends[way as usize]
    }

    /// Datagrams sent in this direction.
    pub const fn packets(&self, way: Way) -> u32 {
        self.packets[way as usize]
    }

    /// Payload bytes in them.
    pub const fn bytes(&self, way: Way) -> u64 {
        self.bytes[way as usize]
    }
}
