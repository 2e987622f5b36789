//! What bridges put around frames, by its ethertype: tags before the frame's own ethertype, or a header before a whole frame.

use etherparse::{EtherType, MacsecHeaderSlice};

use super::packet::Body;
use super::passed::{Carried, Passed, Read};
use super::{NextHeader, Walk, be16};

/// Cisco FabricPath: the outer frame's addresses name switches (IANA's ethertype list has the number).
pub(super) const FABRIC_PATH: u16 = 0x8903;
/// IEEE 802.1BR: which port of a bridge's extension.
pub(super) const E_TAG: u16 = 0x893f;
/// What was to become 802.1Qbh, as Cisco has it.
pub(super) const VN_TAG: u16 = 0x8926;
/// Cisco MetaData: the security group that sent it.
pub(super) const CISCO_METADATA: u16 = 0x8909;
/// IEC 62439-3: two ways around a ring.
pub(super) const HSR: u16 = 0x892f;
/// IEEE 802.1ah: a customer's frame in a provider's.
pub(super) const BACKBONE_SERVICE: u16 = 0x88e7;
/// RFC 6325.
pub(super) const TRILL: u16 = 0x22f3;
/// Service function chains (RFC 8300).
pub(super) const NSH: u16 = 0x894f;

/// Length of MACsec's check value behind the payload (IEEE 802.1AE's default cipher suites).
const CHECK_VALUE: usize = 16;

/// Goes on behind an ethertype that is a bridge's, or that nothing here reads.
#[cold]
pub(super) fn by_ethertype(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    let Some(read) = header(ethertype, walk.rest()) else {
        return other(walk, ethertype);
    };
    if let Ok(passed) = &read {
        match passed.carries {
            Carried::Nothing => return other(walk, ethertype),
            // The frame's own ethertype, which its Ethernet header is said to have.
            Carried::Ethertype(inner) => {
                if let Some(ether) = &mut walk.packet.ether {
                    ether.ethertype = inner;
                }
            }
            _ => {}
        }
    }
    walk.pass(read, "tag-cut")
}

/// An ethertype that is not read further.
pub(super) fn other(walk: &mut Walk<'_, '_>, ethertype: u16) -> NextHeader {
    walk.packet.body = Body::OtherEther(ethertype);
    NextHeader::Done
}

/// The header behind such an ethertype; none where it is not a bridge's.
pub(super) fn header(ethertype: u16, data: &[u8]) -> Option<Read> {
    Some(match ethertype {
        E_TAG | CISCO_METADATA => tag(data, 6),
        VN_TAG | HSR => tag(data, 4),
        BACKBONE_SERVICE => Ok(Passed::new(4, Carried::Frame)),
        // Two bytes of tree number and hop limit, then a whole frame, check sequence included: as in Wireshark, whose lengths
        // are the measure, its last four bytes are taken for that.
        FABRIC_PATH => Ok(Passed {
            trailer: 4,
            ..Passed::new(2, Carried::Frame)
        }),
        // Bits of the first two bytes are its options' length in words.
        TRILL => be16(data, 0).ok_or(6).map(|flags| {
            let options = usize::from(flags >> 6 & 0x1f) * 4;
            Passed::new(6 + options, Carried::Frame)
        }),
        NSH => service_header(data),
        _ if EtherType(ethertype) == EtherType::MACSEC => Ok(macsec(data)),
        _ => return None,
    })
}

/// `len` bytes, then an ethertype.
fn tag(data: &[u8], len: usize) -> Read {
    let ethertype = be16(data, len).ok_or(len + 2)?;
    Ok(Passed::new(len + 2, Carried::Ethertype(ethertype)))
}

/// Its second byte has its length in words, its fourth the number of what follows.
fn service_header(data: &[u8]) -> Read {
    let &[_, words, _, next] = data.first_chunk::<4>().ok_or(8_usize)?;
    let len = usize::from(words & 0x3f) * 4;
    let carries = match next {
        _ if len < 8 => Carried::Nothing,
        1 | 2 => Carried::Ip,
        3 => Carried::Frame,
        4 => Carried::Ethertype(NSH),
        5 => Carried::Ethertype(0x8847),
        _ => Carried::Nothing,
    };
    Ok(Passed::new(len, carries))
}

/// IEEE 802.1AE, where it signs and does not hide: the ethertype, the payload, a check value.
fn macsec(data: &[u8]) -> Passed {
    let header = MacsecHeaderSlice::from_slice(data).ok();
    let clear = header.and_then(|header| Some((header.next_ether_type()?, header)));
    let Some((EtherType(ethertype), header)) = clear else {
        return Passed::NOTHING;
    };
    let len = header.slice().len();
    let short = header.expected_payload_len();
    Passed {
        bound: short.map(|short| len + short),
        trailer: if short.is_some() { 0 } else { CHECK_VALUE },
        ..Passed::new(len, Carried::Ethertype(ethertype))
    }
}
