//! The flow table: from a pair of endpoints, in either order, to the number of its conversation.
//!
//! Open addressing over 8-byte slots: part of the hash and the number. The endpoints themselves stand in the
//! conversation, where a hit reads them anyway, so that a slot costs little and a lookup touches two places in memory.

use std::net::IpAddr;

use crate::model::Endpoint;

/// A slot in use holds its number plus one; 0 is a free slot.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    tag: u32,
    number: u32,
}

/// Numbers by pair of endpoints.
#[derive(Clone, Debug, Default)]
pub(super) struct FlowTable {
    slots: Vec<Slot>,
    used: usize,
}

impl FlowTable {
    /// The number for this hash whose endpoints are right, as `is` says.
    #[inline]
    pub(super) fn find(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<u32> {
        let at = self.place(hash, is)?;
        Some(self.slots[at].number - 1)
    }

    /// Enters a number for this hash, in place of the one that `is` the same pair's. A new pair gets the first slot for its hash, and
    /// who is there moves on: packets come for young conversations, while most of a large table is old ones.
    pub(super) fn insert(&mut self, hash: u64, number: u32, is: impl Fn(u32) -> bool) {
        if self.used * 8 >= self.slots.len() * 7 {
            self.grow();
        }
        let slot = Slot {
            tag: tag(hash),
            number: number + 1,
        };
        match self.place(hash, is) {
            Some(at) => self.slots[at] = slot,
            None => {
                self.push(slot);
                self.used += 1;
            }
        }
    }

    /// Puts a slot where its hash says; the others from there to the next free place move on by one.
    fn push(&mut self, mut slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut at = slot.tag as usize & mask;
        while slot.number != 0 {
            std::mem::swap(&mut self.slots[at], &mut slot);
            at = (at + 1) & mask;
        }
    }

    /// Where the pair stands.
    #[inline]
    fn place(&self, hash: u64, is: impl Fn(u32) -> bool) -> Option<usize> {
        if self.slots.is_empty() {
            return None;
        }
        let mask = self.slots.len() - 1;
        let tag = tag(hash);
        let mut at = tag as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.number == 0 {
                return None;
            }
            if slot.tag == tag && is(slot.number - 1) {
                return Some(at);
            }
            at = (at + 1) & mask;
        }
    }

    /// Twice as many slots. The tag holds enough of the hash to find the new places: 2³² slots would be 32 GiB.
    fn grow(&mut self) {
        let size = (self.slots.len() * 2).max(64);
        let old = std::mem::replace(&mut self.slots, vec![Slot::default(); size]);
        old.into_iter().for_each(|slot| self.push(slot));
    }
}

const fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The hash of a pair of endpoints, the same in either order.
#[inline]
pub(super) fn hash(one: Endpoint, other: Endpoint) -> u64 {
    mix(half(one).wrapping_add(half(other)), 0x9e6c_63d0_676a_9a99)
}

#[inline]
fn half(end: Endpoint) -> u64 {
    let port = u64::from(end.port);
    match end.addr {
        IpAddr::V4(addr) => mix(
            u64::from(u32::from(addr)) << 16 | port,
            0xa076_1d64_78bd_642f,
        ),
        IpAddr::V6(addr) => {
            let bits = u128::from(addr);
            mix(
                mix((bits >> 64) as u64 ^ port, 0xe703_7ed1_a0b4_28db)
                    ^ (bits & 0xffff_ffff_ffff_ffff) as u64,
                0x8ebc_6af0_9c88_c6e3,
            )
        }
    }
}

/// Both halves of the 128-bit product, folded: every bit of `x` reaches every bit of the result.
#[inline]
const fn mix(x: u64, key: u64) -> u64 {
    let product = (x ^ 0x2d35_8dcc_aa6c_78a5) as u128 * (key as u128);
    (product >> 64) as u64 ^ (product & 0xffff_ffff_ffff_ffff) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(addr: [u8; 4], port: u16) -> Endpoint {
        Endpoint::new(addr.into(), port)
    }

    #[test]
    fn a_pair_hashes_alike_in_both_orders_and_finds_its_latest_number() {
        let pairs: Vec<_> = (0..5000_u16)
            .map(|i| {
                let [high, low] = i.to_be_bytes();
                (end([10, 0, high, low], 1000 + i), end([10, 9, 0, 1], 80))
            })
            .collect();
        let mut table = FlowTable::default();
        for (i, &(one, other)) in pairs.iter().enumerate() {
            table.insert(hash(one, other), i as u32, |n| {
                pairs[n as usize] == (one, other)
            });
        }
        for (i, &(one, other)) in pairs.iter().enumerate() {
            assert_eq!(hash(one, other), hash(other, one));
            let is = |n: u32| pairs[n as usize] == (one, other);
            assert_eq!(table.find(hash(other, one), is), Some(i as u32));
        }
        let (one, other) = pairs[7];
        let is = |n: u32| n == 9999 || pairs[n as usize] == (one, other);
        table.insert(hash(one, other), 9999, is);
        assert_eq!(table.find(hash(one, other), |n| n == 9999), Some(9999));
        assert_eq!(table.used, 5000);
    }
}
