//! A TCP segment on its way into its connection, and what it says of when it was sent.

use crate::model::{Seq, Time};
use crate::protocol::decode::{Ether, Ip, TcpFlags, UsualPacket};

use super::why::HopChanges;

/// A TCP segment as it arrives, with what is needed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct IncomingSegment {
    pub(super) number: u32,
    pub(super) at: Time,
    pub(super) flags: TcpFlags,
    pub(super) seq: Seq,
    pub(super) ack: Seq,
    pub(super) len: u32,
    /// As it stands in the header.
    pub(super) window: u32,
    /// Which Multipath TCP operations its connection has seen before it, one bit per subtype.
    pub(super) multipath: u16,
    /// When it was sent, as far as it says so itself.
    pub(super) send_stamp: SendStamp,
    /// What hops and places of the capture may change of it.
    pub(super) hop: HopFields,
    /// What its timestamps option echoes (TSecr); 0 without one.
    pub(super) echo: u32,
    /// Bytes of options.
    pub(super) options: u8,
    /// Its connection begins with it, and was not announced.
    pub(super) begins: bool,
    /// Its checksum is wrong, or the length of its header cannot be: its receiver will drop it.
    pub(super) spoiled: bool,
    /// Compressed packets go between these hosts: what is missing may be in one of them.
    pub(super) compressed: bool,
    /// All candidate causes of it are wanted.
    pub(super) asked: bool,
}

impl IncomingSegment {
    /// It takes room in sequence space: data, a SYN or a FIN.
    #[inline]
    pub(super) const fn occupies(&self) -> bool {
        self.len > 0 || self.has(TcpFlags::SYN.union(TcpFlags::FIN))
    }

    /// The number after its last, SYN and FIN counted (as one together, as Wireshark does).
    #[inline]
    pub(super) const fn end(&self) -> Seq {
        let phantom = self.has(TcpFlags::SYN.union(TcpFlags::FIN)) as u32;
        self.seq.plus(self.len).plus(phantom)
    }

    /// The number after its last payload byte.
    #[inline]
    pub(super) const fn data_end(&self) -> Seq {
        self.seq.plus(self.len)
    }

    /// It acknowledges everything before `end`.
    #[inline]
    pub(super) const fn acks(&self, end: Seq) -> bool {
        self.has(TcpFlags::ACK) && !self.ack.before(end)
    }

    /// Any of these flags is set.
    #[inline]
    pub(super) const fn has(&self, any: TcpFlags) -> bool {
        self.flags.bits() & any.bits() != 0
    }

    /// None of SYN, FIN and RST is set.
    #[inline]
    pub(super) const fn plain(&self) -> bool {
        !self.has(TcpFlags::SYN.union(TcpFlags::FIN).union(TcpFlags::RST))
    }
}

/// What hops on the way may change of a packet, and by which two places of one capture differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HopFields {
    pub(super) ttl: u8,
    pub(super) traffic_class: u8,
    pub(super) vlan: u16,
    /// Of both MAC addresses the ends, which differ where the addresses do.
    pub(super) stations: u32,
    /// What a SYN says of its MSS; else 0.
    pub(super) mss: u16,
}

impl HopFields {
    pub(super) const NONE: Self = Self {
        ttl: 0,
        traffic_class: 0,
        vlan: 0,
        stations: 0,
        mss: 0,
    };

    #[inline]
    pub(super) fn of(ether: Option<&Ether>, ip: &Ip<'_>) -> Self {
        let (vlan, stations) = ether.map_or((0, 0), |ether| {
            let ([.., a, b], [.., c, d]) = (ether.src, ether.dst);
            (
                ether.vlans[0] ^ ether.vlans[1].rotate_left(4),
                u32::from_be_bytes([a, b, c, d]),
            )
        });
        Self {
            ttl: ip.ttl,
            traffic_class: ip.traffic_class,
            vlan,
            stations,
            mss: 0,
        }
    }

    /// Of a packet without IP.
    #[cold]
    pub(super) fn on_link(ether: Option<&Ether>) -> Self {
        let vlan = ether.map_or(0, |ether| ether.vlans[0] ^ ether.vlans[1].rotate_left(4));
        Self { vlan, ..Self::NONE }
    }

    /// The same of a usual packet, which has one VLAN tag at most, and is no SYN.
    #[inline]
    pub(super) const fn usual(packet: &UsualPacket) -> Self {
        Self {
            ttl: packet.ttl,
            traffic_class: packet.traffic_class,
            vlan: packet.vlan,
            stations: u32::from_be_bytes(packet.stations),
            mss: 0,
        }
    }

    /// In what they differ.
    pub(super) fn changes(self, other: Self) -> HopChanges {
        let pairs = [
            (self.ttl != other.ttl, HopChanges::TTL),
            (
                self.traffic_class != other.traffic_class,
                HopChanges::TRAFFIC_CLASS,
            ),
            (self.vlan != other.vlan, HopChanges::VLAN),
            (self.stations != other.stations, HopChanges::STATIONS),
            (self.mss != other.mss, HopChanges::MSS),
        ];
        pairs
            .into_iter()
            .filter(|(differs, _)| *differs)
            .map(|(_, change)| change)
            .collect()
    }
}

/// What a segment says of when it was sent. A packet carries two clocks of its sender: the timestamps option (RFC 7323 §3)
/// and, over IPv4, the identification field, which common stacks count up with each packet of a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SendStamp {
    /// Timestamp (TSval), when `stamped`.
    pub(super) timestamp: u32,
    pub(super) stamped: bool,
    /// IPv4's identification; 0 where there is none.
    pub(super) id: u16,
    /// The sum of the whole segment: nearly a digest of it.
    pub(super) content: u16,
}

impl SendStamp {
    #[inline]
    pub(super) const fn new(id: u16, content: u16, timestamp: Option<u32>) -> Self {
        let (timestamp, stamped) = match timestamp {
            Some(timestamp) => (timestamp, true),
            None => (0, false),
        };
        Self {
            timestamp,
            stamped,
            id,
            content,
        }
    }

    /// Nearly a digest of what it carries.
    pub(super) const fn content(self) -> u16 {
        self.content
    }

    /// The same without this word of the segment.
    pub(super) const fn without(self, word: u16) -> Self {
        let (sum, carry) = self.content.overflowing_add(!word);
        Self {
            content: sum + carry as u16,
            ..self
        }
    }

    /// Its timestamp lies before `other`'s; none where one of them has none.
    pub(super) fn stamped_before(self, other: Self) -> Option<bool> {
        (self.stamped && other.stamped).then(|| ticked_before(self.timestamp, other.timestamp))
    }

    /// By how many ticks its timestamp lies behind `other`'s.
    pub(super) const fn ticks_since(self, other: Self) -> u32 {
        self.timestamp.wrapping_sub(other.timestamp)
    }

    /// It has a timestamp.
    pub(super) const fn is_stamped(self) -> bool {
        self.stamped
    }

    /// This echo of a timestamp is older than its own.
    pub(super) const fn echoed_before(self, echo: u32) -> bool {
        self.stamped && echo != 0 && ticked_before(echo, self.timestamp)
    }
}

/// A timestamp lies before another one: their clock wraps around, too (RFC 7323 §5.2).
const fn ticked_before(one: u32, other: u32) -> bool {
    one.wrapping_sub(other).cast_signed() < 0
}
