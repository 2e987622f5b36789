//! Tunnels inside UDP, known by their ports: VXLAN, Geneve, GTP-U, L2TP, Teredo, MPLS. What does not look like one is an
//! ordinary datagram.

use super::encapsulation::ppp_protocol;
use super::packet::Body;
use super::passed::{Carried, Passed};
use super::{MAX_TUNNELS, NextHeader, Walk, be16};

pub(super) const L2TP: u16 = 1701;
const GTP_U: u16 = 2152;
pub(super) const TEREDO: u16 = 3544;
pub(super) const VXLAN: u16 = 4789;
pub(super) const VXLAN_GPE: u16 = 4790;
pub(super) const GENEVE: u16 = 6081;
pub(super) const MPLS: u16 = 6635;

/// Goes into the tunnel that a datagram's payload of `len` bytes is, if it is one. The walk stands at the payload.
#[inline]
pub(super) fn inside(walk: &mut Walk<'_, '_>, sport: u16, dport: u16, len: usize) -> NextHeader {
    match port(sport, dport) {
        None => NextHeader::Done,
        Some(port) => enter(walk, port, len),
    }
}

/// Which of a datagram's ports may mean a tunnel.
#[inline]
pub(super) const fn port(sport: u16, dport: u16) -> Option<u16> {
    match (sport, dport) {
        (_, VXLAN | VXLAN_GPE | GENEVE | MPLS | L2TP | GTP_U | TEREDO) => Some(dport),
        (L2TP | GTP_U | TEREDO, _) => Some(sport),
        _ => None,
    }
}

#[cold]
fn enter(walk: &mut Walk<'_, '_>, port: u16, len: usize) -> NextHeader {
    // What is inside ends with the datagram, whatever else the packet has.
    let end = walk.end.min(walk.at + len);
    let data = walk.rest();
    let data = &data[..data.len().min(end.saturating_sub(walk.at))];
    let Some(found) = header(port, data) else {
        return NextHeader::Done;
    };
    if walk.packet.tunnels >= MAX_TUNNELS {
        walk.problem("tunnels-too-deep", 0, 0);
        return NextHeader::Done;
    }
    walk.packet.tunnels += 1;
    walk.end = end;
    // Until something is read in there, as with tunnels in IP.
    walk.packet.body = Body::OtherIp(17);
    walk.behind(&found)
}

/// The header of the tunnel that a port means; none where a datagram's payload does not look like one.
pub(super) fn header(port: u16, data: &[u8]) -> Option<Passed> {
    match port {
        VXLAN => vxlan(data),
        VXLAN_GPE => vxlan_generic(data),
        GENEVE => geneve(data),
        MPLS => mpls(data),
        L2TP => l2tp(data),
        TEREDO => teredo(data),
        GTP_U => gtp(data),
        _ => None,
    }
}

/// A tunnel's header of this length, which says nothing of the whole; none where nothing is behind it.
fn tunnel(data: &[u8], len: usize, carries: Carried) -> Option<Passed> {
    (data.len() > len).then(|| Passed::new(len, carries))
}

/// RFC 7348: a flag that says that the network's number is valid; all else is reserved, "and ignored on receipt". In some of it
/// a group's policy is told (draft-smith-vxlan-group-policy), which changes nothing of what follows.
fn vxlan(data: &[u8]) -> Option<Passed> {
    let valid = data.first()? & 0x08 != 0;
    tunnel(data, 8, Carried::Frame).filter(|_| valid)
}

/// draft-ietf-nvo3-vxlan-gpe: another flag says that the fourth byte names what follows; otherwise it is a frame.
fn vxlan_generic(data: &[u8]) -> Option<Passed> {
    let &[flags, _, _, next, ..] = data else {
        return None;
    };
    let carries = match next {
        _ if flags & 0x04 == 0 => Carried::Frame,
        1 | 2 => Carried::Ip,
        3 => Carried::Frame,
        4 => Carried::Ethertype(0x894f),
        5 => Carried::Ethertype(0x8847),
        _ => return None,
    };
    tunnel(data, 8, carries).filter(|_| flags & 0x08 != 0)
}

/// RFC 8926: version 0, length of the options, the payload's ethertype.
fn geneve(data: &[u8]) -> Option<Passed> {
    let first = *data.first()?;
    let header_len = 8 + usize::from(first & 0x3f) * 4;
    let carries = match be16(data, 2)? {
        0x6558 => Carried::Frame,
        0x0800 | 0x86dd => Carried::Ip,
        other @ (0x894f | 0x8847) => Carried::Ethertype(other),
        _ => return None,
    };
    tunnel(data, header_len, carries).filter(|_| first >> 6 == 0)
}

/// RFC 7510: labels, of which the last must have a packet behind it.
fn mpls(data: &[u8]) -> Option<Passed> {
    let labels = data.chunks_exact(4).position(|label| label[2] & 1 == 1)? + 1;
    let version = data.get(labels * 4)? >> 4;
    tunnel(data, labels * 4, Carried::Ip).filter(|_| matches!(version, 4 | 6))
}

/// RFC 2661, version 2: flags say which of length, sequence numbers and offset are there; the other bits are reserved "and
/// ignored on incoming messages". A data message's PPP is followed to the packet in it, if that is what it has.
fn l2tp(data: &[u8]) -> Option<Passed> {
    let flags = be16(data, 0)?;
    let (control, version) = (flags & 0x8000 != 0, flags & 0x000f);
    if control || version != 2 {
        return None;
    }
    let mut at = 2;
    let mut len = None;
    if flags & 0x4000 != 0 {
        len = Some(usize::from(be16(data, at)?));
        at += 2;
    }
    at += 4;
    if flags & 0x0800 != 0 {
        at += 4;
    }
    if flags & 0x0200 != 0 {
        at += 2 + usize::from(be16(data, at)?);
    }
    let (protocol_len, protocol) = ppp_protocol(data.get(at..)?)?;
    matches!(protocol, 0x0021 | 0x0057).then(|| Passed {
        bound: len,
        ..Passed::new(at + protocol_len, Carried::Ip)
    })
}

/// RFC 4380: an IPv6 packet; authentication and the origin's address may stand before it.
fn teredo(data: &[u8]) -> Option<Passed> {
    let mut at = 0;
    if let [0, 1, client, secret, ..] = *data {
        at += 13 + usize::from(client) + usize::from(secret);
    }
    if let Some([0, 0, ..]) = data.get(at..) {
        at += 8;
    }
    let header = data.get(at..)?.first_chunk::<40>()?;
    let len = 40 + usize::from(u16::from_be_bytes([header[4], header[5]]));
    let whole = header[0] >> 4 == 6 && at + len == data.len();
    tunnel(data, at, Carried::Ip).filter(|_| whole)
}

/// 3GPP TS 29.281 §5.1: version 1, message type 255 for a user's packet; four more bytes when any of three flags is set,
/// and then extension headers, each with its length in words and the next one's type at its end.
fn gtp(data: &[u8]) -> Option<Passed> {
    let &[flags, 255, ..] = data else {
        return None;
    };
    if flags & 0xf0 != 0x30 {
        return None;
    }
    let mut len = 8;
    if flags & 0x07 != 0 {
        let mut next = *data.get(11)?;
        len = 12;
        while flags & 0x04 != 0 && next != 0 {
            let words = usize::from(*data.get(len)?);
            if words == 0 {
                return None;
            }
            len += words * 4;
            next = *data.get(len - 1)?;
        }
    }
    let version = data.get(len)? >> 4;
    tunnel(data, len, Carried::Ip).filter(|_| matches!(version, 4 | 6))
}
