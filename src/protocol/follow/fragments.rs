//! Fragments of IP datagrams, kept until the last one comes: the datagram then stands at that one.
//!
//! Bounded: a datagram may be 64 KiB, at most [`PENDING`] of them wait, and the one that waits longest gives way.

use std::collections::VecDeque;
use std::net::IpAddr;

use crate::protocol::decode::{Fragment, Ip};

use super::followed::DatagramPiece;

/// How many unfinished datagrams are kept.
const PENDING: usize = 64;

/// The most bytes that a datagram's payload can have (RFC 791 §3.1: total length is a 16-bit field).
const LARGEST: u32 = 65_535;

/// What tells the fragments of one datagram from those of others (RFC 791 §3.2, RFC 8200 §4.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DatagramKey {
    src: IpAddr,
    dst: IpAddr,
    id: u32,
    protocol: u8,
}

#[derive(Clone, Debug)]
struct PartialDatagram {
    key: DatagramKey,
    bytes: Vec<u8>,
    /// Which bytes are there: begin and end, sorted, not touching one another.
    there: Vec<(u32, u32)>,
    /// The whole length, once the last fragment was seen.
    whole: Option<u32>,
    frames: u16,
    /// The frame of the piece that was seen first.
    first: u32,
    /// The first four bytes of what has ports.
    ports: Option<(u16, u16)>,
}

/// Datagrams that are not complete yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Fragments {
    pending: VecDeque<PartialDatagram>,
}

impl Fragments {
    /// Takes a fragment, seen in this frame. Gives what it is a piece of, and the datagram's payload when this was the last that was missing; nothing of
    /// what is cut or can't be.
    pub(super) fn add(
        &mut self,
        ip: &Ip<'_>,
        fragment: Fragment,
        number: u32,
    ) -> Option<(DatagramPiece, Option<Vec<u8>>)> {
        let end = fragment.offset + ip.payload_len;
        if ip.payload.len() < ip.payload_len as usize || end > LARGEST || ip.payload_len == 0 {
            return None;
        }
        let key = DatagramKey {
            src: ip.src,
            dst: ip.dst,
            id: ip.id,
            protocol: ip.protocol,
        };
        let at = self.find(key, number);
        let datagram = &mut self.pending[at];
        datagram.enter(ip.payload, fragment, end);
        if fragment.offset == 0
            && matches!(ip.protocol, 6 | 17)
            && let Some([a, b, c, d]) = ip.payload.first_chunk()
        {
            let ports = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
            datagram.ports.get_or_insert(ports);
        }
        let piece = DatagramPiece {
            id: key.id,
            first: datagram.first,
            nth: datagram.frames,
            ports: datagram.ports,
            protocol: key.protocol,
            whole: datagram.whole,
        };
        let complete = datagram.complete();
        let whole = complete.then(|| self.pending.remove(at)).flatten();
        Some((piece, whole.map(|datagram| datagram.bytes)))
    }

    fn find(&mut self, key: DatagramKey, number: u32) -> usize {
        if let Some(at) = self.pending.iter().position(|p| p.key == key) {
            return at;
        }
        if self.pending.len() == PENDING {
            self.pending.pop_front();
        }
        self.pending.push_back(PartialDatagram {
            key,
            bytes: Vec::new(),
            there: Vec::new(),
            whole: None,
            frames: 0,
            first: number,
            ports: None,
        });
        self.pending.len() - 1
    }
}

impl PartialDatagram {
    /// Writes a fragment in. Where fragments overlap, what came first stays.
    fn enter(&mut self, payload: &[u8], fragment: Fragment, end: u32) {
        self.frames = self.frames.saturating_add(1);
        if !fragment.more {
            self.whole.get_or_insert(end);
        }
        if self.bytes.len() < end as usize {
            self.bytes.resize(end as usize, 0);
        }
        let mut from = fragment.offset;
        let mut free = Vec::new();
        for &(begin, stop) in &self.there {
            if from < begin && from < end {
                free.push((from, begin.min(end)));
            }
            from = from.max(stop);
        }
        if from < end {
            free.push((from, end));
        }
        for (begin, stop) in free {
            let of = (begin - fragment.offset) as usize..(stop - fragment.offset) as usize;
            self.bytes[begin as usize..stop as usize].copy_from_slice(&payload[of]);
            self.there.push((begin, stop));
        }
        self.there.sort_unstable();
        self.there.dedup_by(|next, before| {
            let touches = before.1 == next.0;
            if touches {
                before.1 = next.1;
            }
            touches
        });
    }

    fn complete(&mut self) -> bool {
        let Some(whole) = self.whole else {
            return false;
        };
        let done = matches!(self.there.first(), Some(&(0, end)) if end >= whole);
        if done {
            self.bytes.truncate(whole as usize);
        }
        done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(payload: &[u8]) -> Ip<'_> {
        Ip {
            src: [10, 0, 0, 1].into(),
            dst: [10, 0, 0, 2].into(),
            protocol: 6,
            ttl: 64,
            traffic_class: 0,
            dont_fragment: false,
            header_len: 20,
            payload_len: payload.len() as u32,
            fragment: None,
            id: 7,
            offset: 14,
            header: &[],
            payload,
        }
    }

    fn piece(offset: u32, more: bool) -> Fragment {
        Fragment { offset, more }
    }

    #[test]
    fn a_datagram_stands_at_the_fragment_that_completes_it_in_any_order() {
        let mut fragments = Fragments::default();
        let mut add = |bytes: &[u8], piece, frame| {
            let (piece, whole) = fragments.add(&ip(bytes), piece, frame).expect("a piece");
            (piece.nth, piece.first, piece.ports, piece.whole, whole)
        };
        let ports = Some((0x6162, 0x6364));
        assert_eq!(
            add(b"IJKL", piece(16, false), 5),
            (1, 5, None, Some(20), None)
        );
        assert_eq!(
            add(b"abcdefgh", piece(0, true), 6),
            (2, 5, ports, Some(20), None)
        );
        assert_eq!(
            add(b"abcdefgh", piece(0, true), 7),
            (3, 5, ports, Some(20), None)
        );
        let whole = Some(b"abcdefghABCDEFGHIJKL".to_vec());
        assert_eq!(
            add(b"ABCDEFGH", piece(8, true), 8),
            (4, 5, ports, Some(20), whole)
        );
        assert!(fragments.pending.is_empty());
    }

    #[test]
    fn what_came_first_stays_where_fragments_overlap() {
        let mut fragments = Fragments::default();
        fragments.add(&ip(b"aaaaaaaa"), piece(8, true), 1);
        fragments.add(&ip(b"zzzz"), piece(20, false), 2);
        let whole = fragments.add(&ip(b"bbbbbbbbbbbbbbbbbbbbbb"), piece(0, true), 3);
        let whole = whole.and_then(|(_, whole)| whole);
        assert_eq!(whole.expect("complete"), b"bbbbbbbbaaaaaaaabbbbzzzz");
    }

    #[test]
    fn no_more_than_so_many_wait_and_none_that_is_cut_or_too_long() {
        let mut fragments = Fragments::default();
        for id in 0..500 {
            let mut one = ip(b"12345678");
            one.id = id;
            fragments.add(&one, piece(0, true), id);
        }
        assert_eq!(fragments.pending.len(), PENDING);
        let mut cut = ip(b"1234");
        cut.payload_len = 8;
        cut.id = 1000;
        fragments.add(&cut, piece(0, true), 501);
        cut.payload_len = 4;
        fragments.add(&cut, piece(65_533, true), 502);
        assert!(fragments.pending.iter().all(|p| p.key.id != 1000));
    }
}
