//! A connection of which nothing but its SYN was seen: in a scan, or a flood, there are very many.

use crate::model::{Seq, Time};
use crate::protocol::decode::{SynOptions, TcpFlags};

use super::incoming::{HopFields, IncomingSegment, SendStamp};
use super::packed::{NumberPacker, PackedNumbers};

/// The SYN, with all by which it was followed and can be followed anew.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoneSyn {
    pub(super) segment: IncomingSegment,
    pub(super) offer: SynOptions,
    /// An earlier connection had the same endpoints.
    pub(super) reused: bool,
}

impl LoneSyn {
    /// All of it, if there is room. What may be missing before a SYN is nothing: whether it may be in a compressed packet is left out.
    pub(super) fn pack(&self) -> Option<PackedNumbers> {
        let Self { segment, offer, .. } = self;
        let (stamp, hop) = (&segment.send_stamp, &segment.hop);
        let flags = [
            self.reused,
            segment.begins,
            segment.spoiled,
            stamp.stamped,
            offer.sack_permitted,
            offer.scale.is_some(),
        ];
        let flags = flags
            .iter()
            .rev()
            .fold(0, |all, flag| all << 1 | u8::from(*flag));
        let mut packer = NumberPacker::new();
        packer.fixed([flags, offer.scale.unwrap_or(0), hop.ttl, hop.traffic_class]);
        packer.fixed(segment.at.ns().to_le_bytes());
        packer.fixed(segment.seq.0.to_le_bytes());
        packer.fixed(stamp.timestamp.to_le_bytes());
        packer.fixed(stamp.id.to_le_bytes());
        packer.fixed(stamp.content.to_le_bytes());
        packer.fixed(hop.stations.to_le_bytes());
        packer.number(segment.number);
        packer.number(segment.ack.0);
        packer.number(segment.flags.bits());
        packer.number(segment.len);
        packer.number(segment.window);
        packer.number(segment.echo);
        packer.number(segment.options);
        packer.number(hop.vlan);
        packer.number(hop.mss);
        packer.number(offer.multipath);
        packer.packed()
    }

    /// What was packed.
    pub(super) fn unpack(packed: &PackedNumbers) -> Self {
        let mut numbers = packed.unpack();
        let [flags, scale, ttl, traffic_class] = numbers.fixed();
        let flag = |bit: u8| flags >> bit & 1 == 1;
        let at = Time::from_ns(i64::from_le_bytes(numbers.fixed()));
        let seq = Seq(u32::from_le_bytes(numbers.fixed()));
        let send_stamp = SendStamp {
            timestamp: u32::from_le_bytes(numbers.fixed()),
            stamped: flag(3),
            id: u16::from_le_bytes(numbers.fixed()),
            content: u16::from_le_bytes(numbers.fixed()),
        };
        let stations = u32::from_le_bytes(numbers.fixed());
        let number = numbers.number();
        let ack = Seq(numbers.number());
        let flags = TcpFlags::from_bits_retain(numbers.number());
        let (len, window, echo) = (numbers.number(), numbers.number(), numbers.number());
        let [options] = [numbers.number::<u16>()].map(|len| (len & 0xff) as u8);
        let (vlan, mss) = (numbers.number(), numbers.number());
        Self {
            segment: IncomingSegment {
                number,
                at,
                flags,
                seq,
                ack,
                len,
                window,
                multipath: 0,
                send_stamp,
                hop: HopFields {
                    ttl,
                    traffic_class,
                    vlan,
                    stations,
                    mss,
                },
                echo,
                options,
                begins: flag(1),
                spoiled: flag(2),
                compressed: false,
                asked: false,
            },
            offer: SynOptions {
                mss: (mss > 0).then_some(mss),
                scale: flag(5).then_some(scale),
                sack_permitted: flag(4),
                multipath: numbers.number(),
            },
            reused: flag(0),
        }
    }
}
