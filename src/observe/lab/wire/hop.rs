//! A hop in the middle of the wire whose MTU is smaller than the hosts': what it does with a packet that does
//! not fit. IPv4 that may be fragmented is (RFC 791 §3.2); anything else is answered with ICMP "fragmentation
//! needed" (RFC 792, RFC 1191 §4) or ICMPv6 "packet too big" (RFC 4443 §3.2).

use std::sync::Arc;

use crate::model::number::count32;
use crate::protocol::decode::internet_checksum;

/// What becomes of a frame at the hop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Hop {
    /// It goes on as it is.
    Fits,
    /// It goes on in these pieces.
    Fragments(Vec<Arc<[u8]>>),
    /// It ends here, and this frame goes back to its sender.
    TooBig(Arc<[u8]>),
}

/// The hop's addresses, those of nobody else on the wire.
const MAC: [u8; 6] = [2, 0, 0, 0, 0, 0xfe];
const IPV4: [u8; 4] = [10, 0, 0, 254];
const IPV6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfe];

const ETHERNET: usize = 14;
const DONT_FRAGMENT: u16 = 0x4000;
const MORE_FRAGMENTS: u16 = 0x2000;
/// An ICMP error is as large as it can be within these (RFC 1812 §4.3.2.3, RFC 4443 §3.2).
const MOST_ICMP: usize = 576;
const MOST_ICMPV6: usize = 1_280;

/// What a hop with this MTU does with an Ethernet frame. What is not whole IP passes.
pub(super) fn pass(frame: &[u8], mtu: u32) -> Hop {
    let mtu = mtu as usize;
    let (Some(header), Some(packet)) = (frame.first_chunk::<ETHERNET>(), frame.get(ETHERNET..))
    else {
        return Hop::Fits;
    };
    let answer = match (header[12], header[13]) {
        (0x08, 0x00) => ipv4(header, packet, mtu),
        (0x86, 0xdd) => ipv6(header, packet, mtu),
        _ => None,
    };
    answer.unwrap_or(Hop::Fits)
}

fn ipv4(ether: &[u8; ETHERNET], packet: &[u8], mtu: usize) -> Option<Hop> {
    let header = packet.get(..usize::from(packet.first()? & 0x0f) * 4)?;
    let total = usize::from(u16_at(header, 2)?);
    if total <= mtu || header.len() < 20 {
        return None;
    }
    if u16_at(header, 6)? & DONT_FRAGMENT == 0 {
        return fragments(ether, header, packet.get(header.len()..total)?, mtu);
    }
    let quoted = &packet[..packet.len().min(MOST_ICMP - 28)];
    let mut icmp = vec![3, 4, 0, 0, 0, 0];
    icmp.extend(be16(mtu));
    icmp.extend(quoted);
    let sum = internet_checksum(&[&icmp]);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());

    let mut ip = vec![0x45, 0xc0];
    ip.extend(be16(20 + icmp.len()));
    ip.extend([0, 0, 0x40, 0, 64, 1, 0, 0]);
    ip.extend(IPV4);
    ip.extend(packet.get(12..16)?);
    let sum = internet_checksum(&[&ip]);
    ip[10..12].copy_from_slice(&sum.to_be_bytes());
    Some(Hop::TooBig(to_sender(ether, &[&ip, &icmp])))
}

fn ipv6(ether: &[u8; ETHERNET], packet: &[u8], mtu: usize) -> Option<Hop> {
    let total = 40 + usize::from(u16_at(packet, 4)?);
    if total <= mtu {
        return None;
    }
    let quoted = &packet[..packet.len().min(MOST_ICMPV6 - 48)];
    let mut icmp = vec![2, 0, 0, 0];
    icmp.extend(count32(mtu).to_be_bytes());
    icmp.extend(quoted);
    let sender = packet.get(8..24)?;
    let length = count32(icmp.len()).to_be_bytes();
    let sum = internet_checksum(&[&IPV6, sender, &length, &[0, 0, 0, 58], &icmp]);
    icmp[2..4].copy_from_slice(&sum.to_be_bytes());

    let mut ip = vec![0x60, 0, 0, 0];
    ip.extend(be16(icmp.len()));
    ip.extend([58, 64]);
    ip.extend(IPV6);
    ip.extend(sender);
    Some(Hop::TooBig(to_sender(ether, &[&ip, &icmp])))
}

/// Cuts a packet. A fragment may be cut again: its offset and its more-fragments bit are carried on. Options are
/// repeated in every piece, as those of the hosts here (none) may be.
fn fragments(ether: &[u8; ETHERNET], header: &[u8], payload: &[u8], mtu: usize) -> Option<Hop> {
    let room = mtu.checked_sub(header.len())? / 8 * 8;
    if room == 0 {
        return None;
    }
    let word = u16_at(header, 6)?;
    let last = payload.len().div_ceil(room).checked_sub(1)?;
    let pieces = payload.chunks(room).enumerate().map(|(number, piece)| {
        let more = if number < last {
            MORE_FRAGMENTS
        } else {
            word & MORE_FRAGMENTS
        };
        let offset = (word & 0x1fff) + u16::try_from(number * room / 8).unwrap_or(0x1fff);
        let mut ip = header.to_vec();
        ip[2..4].copy_from_slice(&be16(header.len() + piece.len()));
        ip[6..8].copy_from_slice(&(more | offset).to_be_bytes());
        ip[10..12].fill(0);
        let sum = internet_checksum(&[&ip]);
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        Arc::from([&ether[..], &ip, piece].concat())
    });
    Some(Hop::Fragments(pieces.collect()))
}

/// A length as headers have it.
fn be16(len: usize) -> [u8; 2] {
    u16::try_from(len).unwrap_or(u16::MAX).to_be_bytes()
}

/// An Ethernet frame from the hop to whoever sent the one with this header.
fn to_sender(ether: &[u8; ETHERNET], parts: &[&[u8]]) -> Arc<[u8]> {
    let mut frame = Vec::with_capacity(MOST_ICMPV6 + ETHERNET);
    frame.extend(&ether[6..12]);
    frame.extend(MAC);
    frame.extend(&ether[12..14]);
    parts.iter().for_each(|part| frame.extend(*part));
    frame.into()
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::decode::{Body, Packet};

    /// A UDP datagram over IPv4 of so many payload bytes, with or without DF.
    fn datagram(payload: usize, dont_fragment: bool) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        let total = (28 + payload) as u16;
        let flags = if dont_fragment { 0x40 } else { 0 };
        let mut ip = vec![0x45, 0];
        ip.extend(total.to_be_bytes());
        ip.extend([0, 9, flags, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
        let sum = internet_checksum(&[&ip]);
        ip[10..12].copy_from_slice(&sum.to_be_bytes());
        frame.extend(ip);
        frame.extend([0x1b, 0x9e, 0x1b, 0x9e]);
        frame.extend(((8 + payload) as u16).to_be_bytes());
        frame.extend([0, 0]);
        frame.extend((0..payload).map(|at| at as u8));
        frame
    }

    #[test]
    fn what_fits_passes() {
        assert_eq!(pass(&datagram(972, true), 1_000), Hop::Fits);
        assert_eq!(pass(&[0; 5], 1_000), Hop::Fits);
        assert_eq!(pass(&[0xff; 60], 1_000), Hop::Fits);
    }

    #[test]
    fn dont_fragment_is_answered_with_the_mtu_and_the_packet_it_is_about() {
        let Hop::TooBig(reply) = pass(&datagram(973, true), 1_000) else {
            panic!("it does not fit");
        };
        let packet = Packet::of_ethernet(&reply);
        assert!(packet.problems.is_empty(), "{:?}", packet.problems);
        let ip = packet.ip.expect("an IP packet");
        assert_eq!(ip.dst.to_string(), "10.0.0.1");
        assert_eq!(internet_checksum(&[&reply[14..34]]), 0);
        assert_eq!(internet_checksum(&[&reply[34..]]), 0);
        let Body::Icmp(icmp) = packet.body else {
            panic!("an ICMP message");
        };
        assert_eq!((icmp.kind, icmp.code, icmp.rest), (3, 4, [0, 0, 3, 0xe8]));
        let (protocol, from, to) = icmp.quoted.expect("a quoted flow");
        assert_eq!((protocol, from.port, to.port), (17, 7_070, 7_070));
        assert_eq!(reply[..6], [2, 0, 0, 0, 0, 1]);
    }

    #[test]
    fn ipv6_is_never_fragmented_on_the_way() {
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd];
        frame.extend([0x60, 0, 0, 0, 5, 0xdc, 17, 64]);
        frame.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
        frame.extend([0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
        frame.extend(vec![7; 1_500]);
        let Hop::TooBig(reply) = pass(&frame, 1_280) else {
            panic!("it does not fit");
        };
        let packet = Packet::of_ethernet(&reply);
        let Body::Icmp(icmp) = packet.body else {
            panic!("an ICMPv6 message");
        };
        assert_eq!((icmp.v6, icmp.kind, icmp.rest), (true, 2, [0, 0, 5, 0]));
        let length = (reply.len() as u32 - 54).to_be_bytes();
        let pseudo = [&reply[22..54], &length, &[0, 0, 0, 58], &reply[54..]];
        assert_eq!(internet_checksum(&pseudo), 0);
    }

    #[test]
    fn fragments_hold_the_whole_in_order() {
        let frame = datagram(2_500, false);
        let Hop::Fragments(pieces) = pass(&frame, 1_000) else {
            panic!("it may be cut");
        };
        assert_eq!(pieces.len(), 3);
        let mut whole: Vec<u8> = Vec::new();
        for (number, piece) in pieces.iter().enumerate() {
            assert!(piece.len() <= 1_014);
            assert_eq!(internet_checksum(&[&piece[14..34]]), 0);
            let packet = Packet::of_ethernet(piece);
            let ip = packet.ip.expect("an IP packet");
            let fragment = ip.fragment.expect("a fragment");
            assert_eq!(fragment.offset as usize, whole.len());
            assert_eq!(fragment.more, number < 2);
            whole.extend(ip.payload);
        }
        assert_eq!(whole, frame[34..]);
    }
}
