//! Which transmission a frame is: what units its sender sees in it, and whether they were sent before.
//!
//! A rule says "data 3" and means the third piece of data that the program's calls made, not the third frame
//! with data: so a resend must be known as one. TCP's sequence numbers tell it exactly, whatever the resend
//! looks like (cut differently, with a FIN behind it): a segment whose first byte was sent before is a resend
//! of the piece that this byte was in.

use std::collections::BTreeMap;

use crate::model::Endpoint;
use crate::protocol::decode::{Body, Packet, Tcp, TcpFlags};
use crate::script::rule::UnitKind;

/// So many pieces of data of one direction are remembered; the oldest are forgotten first. A resend of
/// data older than that counts as a new piece.
const REMEMBERED: usize = 65_536;
/// So many directions of connections are remembered.
const DIRECTIONS: usize = 4_096;

/// One thing that a frame is to its sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its kind, as rules count them.
    pub kind: UnitKind,
    /// Which one: the same number for a resend, never the same for two different ones of a kind.
    pub id: u64,
}

/// What a frame is: at most data with SYN or FIN, sent once more, a datagram with its first fragment, and any frame.
pub type Units = [Option<Unit>; 5];

type FlowDirection = (Endpoint, Endpoint);

/// Remembers what was sent.
#[derive(Debug, Default)]
pub struct Transmissions {
    directions: BTreeMap<FlowDirection, SenderHistory>,
    next_id: u64,
}

/// What one direction of a connection has sent.
#[derive(Debug)]
struct SenderHistory {
    /// The sequence number that offsets are counted from.
    base: u32,
    /// One past the highest offset sent so far.
    end: u64,
    /// Pieces of data by the offset of their first byte.
    pieces: BTreeMap<u64, u64>,
    /// The SYN's and the FIN's ids.
    syn: Option<u64>,
    fin: Option<u64>,
}

impl Transmissions {
    /// What this frame is.
    pub fn of(&mut self, packet: &Packet<'_>) -> Units {
        let frame = Unit {
            kind: UnitKind::Frame,
            id: self.fresh(),
        };
        let mut units: Units = [Some(frame), None, None, None, None];
        let mut put = |unit: Option<Unit>| {
            if let (Some(unit), Some(free)) = (unit, units.iter_mut().find(|slot| slot.is_none())) {
                *free = Some(unit);
            }
        };
        let fragment = packet.ip.and_then(|ip| ip.fragment);
        if fragment.is_some() {
            put(Some(Unit {
                kind: UnitKind::Fragment,
                id: self.fresh(),
            }));
        }
        match packet.body {
            Body::Tcp(tcp) => {
                let before = self.next_id;
                let sent = self.segment(packet, &tcp);
                let again = sent.iter().any(|unit| unit.id <= before);
                sent.into_iter().for_each(|unit| put(Some(unit)));
                put(again.then(|| Unit {
                    kind: UnitKind::Resend,
                    id: self.fresh(),
                }));
            }
            Body::Udp(udp) => {
                put(Some(Unit {
                    kind: UnitKind::Datagram,
                    id: self.fresh(),
                }));
                put((udp.len > 0).then(|| Unit {
                    kind: UnitKind::Data,
                    id: self.fresh(),
                }));
            }
            // 133 to 137 are neighbour discovery (RFC 4861 §4): address resolution, as ARP is.
            Body::Icmp(icmp) if icmp.v6 && (133..=137).contains(&icmp.kind) => {
                put(Some(Unit {
                    kind: UnitKind::Arp,
                    id: self.fresh(),
                }));
            }
            Body::Icmp(_) => put(Some(Unit {
                kind: UnitKind::Icmp,
                id: self.fresh(),
            })),
            Body::Arp(_) => put(Some(Unit {
                kind: UnitKind::Arp,
                id: self.fresh(),
            })),
            _ => {}
        }
        units
    }

    fn fresh(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    fn segment(&mut self, packet: &Packet<'_>, tcp: &Tcp<'_>) -> Vec<Unit> {
        let Some(direction) = packet.endpoints() else {
            return Vec::new();
        };
        if self.directions.len() >= DIRECTIONS && !self.directions.contains_key(&direction) {
            self.directions.pop_first();
        }
        let syn = tcp.flags.contains(TcpFlags::SYN);
        let again = self
            .directions
            .get(&direction)
            .is_some_and(|sent| sent.base == tcp.seq.0 && sent.syn.is_some());
        if syn && !again {
            // A new incarnation of the connection.
            self.directions
                .insert(direction, SenderHistory::from(tcp.seq.0));
        }
        let mut ids = self.next_id;
        let sent = self
            .directions
            .entry(direction)
            .or_insert_with(|| SenderHistory::from(tcp.seq.0));
        let units = sent.units(tcp, &mut || {
            ids += 1;
            ids
        });
        self.next_id = ids;
        units
    }
}

impl SenderHistory {
    fn from(base: u32) -> Self {
        Self {
            base,
            end: 0,
            pieces: BTreeMap::new(),
            syn: None,
            fin: None,
        }
    }

    /// The offset of a sequence number: the one nearest to what was sent last.
    fn offset(&self, seq: u32) -> Option<u64> {
        let last = self.base.wrapping_add((self.end & 0xffff_ffff) as u32);
        let from_last = i64::from(seq.wrapping_sub(last).cast_signed());
        u64::try_from(
            i64::try_from(self.end)
                .unwrap_or(i64::MAX)
                .saturating_add(from_last),
        )
        .ok()
    }

    fn units(&mut self, tcp: &Tcp<'_>, fresh: &mut dyn FnMut() -> u64) -> Vec<Unit> {
        let mut units = Vec::with_capacity(3);
        let flags = tcp.flags;
        if flags.contains(TcpFlags::RST) {
            units.push(Unit {
                kind: UnitKind::Rst,
                id: fresh(),
            });
            return units;
        }
        if flags.contains(TcpFlags::SYN) {
            let kind = if flags.contains(TcpFlags::ACK) {
                UnitKind::SynAck
            } else {
                UnitKind::Syn
            };
            units.push(Unit {
                kind,
                id: *self.syn.get_or_insert_with(&mut *fresh),
            });
        }
        let begin = self
            .offset(tcp.seq.0)
            .map(|at| at + u64::from(flags.contains(TcpFlags::SYN)));
        if let (Some(begin), true) = (begin, tcp.len > 0) {
            units.push(Unit {
                kind: UnitKind::Data,
                id: self.piece(begin, fresh),
            });
        }
        if flags.contains(TcpFlags::FIN) {
            units.push(Unit {
                kind: UnitKind::Fin,
                id: *self.fin.get_or_insert_with(&mut *fresh),
            });
        }
        if units.is_empty() {
            units.push(Unit {
                kind: UnitKind::Ack,
                id: fresh(),
            });
        }
        let taken = u64::from(tcp.len) + u64::from(flags.contains(TcpFlags::FIN));
        self.end = self.end.max(begin.unwrap_or(0) + taken);
        units
    }

    /// The id of the piece of data that begins at `begin`, or that this byte was sent in before.
    fn piece(&mut self, begin: u64, fresh: &mut dyn FnMut() -> u64) -> u64 {
        if begin < self.end
            && let Some((_, id)) = self.pieces.range(..=begin).next_back()
        {
            return *id;
        }
        if self.pieces.len() >= REMEMBERED {
            self.pieces.pop_first();
        }
        let id = fresh();
        self.pieces.insert(begin, id);
        id
    }
}
