//! What bridges put around frames, by its ethertype: tags before the frame's own ethertype, or a header before a whole frame.

use etherparse::{EtherType, MacsecHeaderSlice};

use super::packet::Body;
use super::{NextHeader, Walk, be16, link};

/// Cisco FabricPath: the outer frame's addresses name switches (IANA's ethertype list has the number).
const FABRIC_PATH: u16 = 0x8903;
/// IEEE 802.1BR: which port of a bridge's extension.
const E_TAG: u16 = 0x893f;
/// What was to become 802.1Qbh, as Cisco has it.
const VN_TAG: u16 = 0x8926;
/// Cisco MetaData: the security group that sent it.
const CISCO_METADATA: u16 = 0x8909;
/// IEC 62439-3: two ways around a ring.
const HSR: u16 = 0x892f;
/// IEEE 802.1ah: a customer's frame in a provider's.
const BACKBONE_SERVICE: u16 = 0x88e7;
/// RFC 6325.
const TRILL: u16 = 0x22f3;
/// Service function chains (RFC 8300).
const NSH: u16 = 0x894f;

/// Length of MACsec's check value behind the payload (IEEE 802.1AE's default cipher suites).
const CHECK_VALUE: usize = 16;

/// Goes on behind an ethertype that is a bridge's, or that nothing here reads.
#[cold]
pub(super) fn by_ethertype(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    match ethertype {
        E_TAG | CISCO_METADATA => tag(walk, 6),
        VN_TAG | HSR => tag(walk, 4),
        BACKBONE_SERVICE => frame_behind(walk, 4),
        FABRIC_PATH => {
            // Two bytes of tree number and hop limit, then a whole frame, check sequence included: as in Wireshark, whose
            // lengths are the measure, its last four bytes are taken for that.
            walk.end = walk.end.saturating_sub(4);
            frame_behind(walk, 2)
        }
        TRILL => {
            let Some(flags) = be16(walk.rest(), 0) else {
                return walk.cut("tag-cut", 6);
            };
            // Its options' length in words.
            frame_behind(walk, 6 + usize::from(flags >> 6 & 0x1f) * 4)
        }
        NSH => service_header(walk),
        _ if EtherType(ethertype) == EtherType::MACSEC => macsec(walk),
        _ => other(walk, ethertype),
    }
}

/// An ethertype that is not read further.
pub(super) fn other(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    walk.packet.body = Body::OtherEther(ethertype);
    NextHeader::Done
}

/// `len` bytes, then an ethertype.
fn tag(walk: &mut Walk<'_, '_>, len: usize) -> NextHeader {
    let Some(ethertype) = be16(walk.rest(), len) else {
        return walk.cut("tag-cut", len + 2);
    };
    walk.at += len + 2;
    within(walk, ethertype)
}

/// Behind a tag: the frame's own ethertype, which its Ethernet header is said to have.
fn within(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    if let Some(ether) = &mut walk.packet.ether {
        ether.ethertype = ethertype;
    }
    NextHeader::Ethertype(ethertype)
}

/// `len` bytes, then a frame.
fn frame_behind(walk: &mut Walk<'_, '_>, len: usize) -> NextHeader {
    walk.at += len;
    link::ethernet(walk)
}

/// Its second byte has its length in words, its fourth the number of what follows.
fn service_header(walk: &mut Walk<'_, '_>) -> NextHeader {
    let Some(&[_, words, _, next]) = walk.rest().first_chunk::<4>() else {
        return walk.cut("tag-cut", 8);
    };
    let len = usize::from(words & 0x3f) * 4;
    if len < 8 {
        return other(walk, NSH);
    }
    walk.at += len;
    match next {
        1 | 2 => NextHeader::Ip,
        3 => link::ethernet(walk),
        4 => NextHeader::Ethertype(NSH),
        5 => NextHeader::Ethertype(0x8847),
        _ => other(walk, NSH),
    }
}

/// IEEE 802.1AE, where it signs and does not hide: the ethertype, the payload, a check value.
fn macsec(walk: &mut Walk<'_, '_>) -> NextHeader {
    walk.packet.body = Body::OtherEther(EtherType::MACSEC.0);
    let Ok(header) = MacsecHeaderSlice::from_slice(walk.rest()) else {
        return NextHeader::Done;
    };
    let Some(EtherType(ethertype)) = header.next_ether_type() else {
        return NextHeader::Done;
    };
    walk.at += header.slice().len();
    walk.end = match header.expected_payload_len() {
        Some(short) => walk.end.min(walk.at + short),
        None => walk.end.saturating_sub(CHECK_VALUE),
    };
    within(walk, ethertype)
}
