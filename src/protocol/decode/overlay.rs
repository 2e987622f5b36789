//! Tunnels inside UDP, known by their ports: VXLAN, Geneve, GTP-U. What does not look like one is an ordinary datagram.

use super::packet::Body;
use super::{MAX_TUNNELS, NextHeader, Walk, be16};

const VXLAN: u16 = 4789;
const GENEVE: u16 = 6081;
const GTP_U: u16 = 2152;

/// Goes into the tunnel that a datagram's payload is, if it is one. The walk stands at the payload.
#[inline]
pub(super) fn inside(walk: &mut Walk<'_, '_>, sport: u16, dport: u16) -> NextHeader {
    if !matches!(dport, VXLAN | GENEVE | GTP_U) && sport != GTP_U {
        return NextHeader::Done;
    }
    enter(walk, dport)
}

fn enter(walk: &mut Walk<'_, '_>, dport: u16) -> NextHeader {
    let data = walk.rest();
    let found = match dport {
        VXLAN => vxlan(data),
        GENEVE => geneve(data),
        _ => gtp(data),
    };
    let Some((header_len, next)) = found else {
        return NextHeader::Done;
    };
    if walk.packet.tunnels >= MAX_TUNNELS {
        walk.problem("tunnels-too-deep", 0, 0);
        return NextHeader::Done;
    }
    walk.packet.tunnels += 1;
    walk.at += header_len;
    // Until something is read in there, as with tunnels in IP.
    walk.packet.body = Body::OtherIp(17);
    match next {
        TunnelPayload::Frame => super::link::ethernet(walk),
        TunnelPayload::Ip => NextHeader::Ip,
    }
}

enum TunnelPayload {
    Frame,
    Ip,
}

/// RFC 7348 §5: a flag that says that the network's number is valid, all else reserved.
fn vxlan(data: &[u8]) -> Option<(usize, TunnelPayload)> {
    (data.len() > 8 && data[0] == 0x08).then_some((8, TunnelPayload::Frame))
}

/// RFC 8926 §3.4: version 0, length of the options, the payload's ethertype.
fn geneve(data: &[u8]) -> Option<(usize, TunnelPayload)> {
    let first = *data.first()?;
    let header_len = 8 + usize::from(first & 0x3f) * 4;
    let carried = match be16(data, 2)? {
        0x6558 => TunnelPayload::Frame,
        0x0800 | 0x86dd => TunnelPayload::Ip,
        _ => return None,
    };
    (first >> 6 == 0 && data.len() > header_len).then_some((header_len, carried))
}

/// 3GPP TS 29.281 §5.1: version 1, message type 255 for a user's packet; four more bytes when any of three flags is set,
/// and then extension headers, each with its length in words and the next one's type at its end.
fn gtp(data: &[u8]) -> Option<(usize, TunnelPayload)> {
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
    matches!(version, 4 | 6).then_some((len, TunnelPayload::Ip))
}
