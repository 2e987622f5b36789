//! Headers that are passed on the way to what is followed: a few of their fields, and the rest as it stands.

use super::super::passed::{Carried, Passed, Read};
use super::super::{bridge, gre, overlay, rare_link, wireless};
use super::{Dissect, Layer, Meaning, NextLayer, link};
use crate::model::LinkType;

/// The header behind an ethertype that is a bridge's.
pub(super) fn bridge(d: &mut Dissect<'_>, ethertype: u16) -> Option<NextLayer> {
    let Some(read) = bridge::header(ethertype, d.ahead()) else {
        return Some(NextLayer::Done);
    };
    let layer = match ethertype {
        bridge::E_TAG => Layer::ETag,
        bridge::VN_TAG => Layer::VnTag,
        bridge::CISCO_METADATA => Layer::MetaData,
        bridge::HSR => Layer::Hsr,
        bridge::BACKBONE_SERVICE => Layer::Backbone,
        bridge::FABRIC_PATH => Layer::FabricPath,
        bridge::TRILL => Layer::Trill,
        bridge::NSH => Layer::ServiceHeader,
        _ => Layer::Macsec,
    };
    passed(d, layer, read, |d| {
        if layer == Layer::Backbone {
            d.hex("bytes-tunnel-flags", 8)?;
            d.number("bytes-tag-service", 24)?;
        }
        Some(())
    })
}

/// The header of a link type that is seldom met.
pub(super) fn rare_link(d: &mut Dissect<'_>, link: LinkType) -> Option<NextLayer> {
    let Some(read) = rare_link::header(link, d.ahead()) else {
        return Some(NextLayer::Done);
    };
    let layer = match link.0 {
        6 => Layer::TokenRing,
        7 | 129 => Layer::Arcnet,
        10 => Layer::Fddi,
        105 => Layer::Wireless,
        107 => Layer::FrameRelay,
        109 => Layer::Enc,
        117 => Layer::PfLog,
        239 => Layer::NfLog,
        _ => Layer::Radio,
    };
    passed(d, layer, read, no_more)
}

/// What stands behind GRE's own header before what that carries. `key` is the first half of its key.
pub(super) fn gre(
    d: &mut Dissect<'_>,
    flags: u16,
    ethertype: u16,
    key: Option<u16>,
) -> Option<NextLayer> {
    let read = gre::inside(flags, ethertype, key, d.ahead());
    let layer = match ethertype {
        gre::ERSPAN | gre::ERSPAN_3 => Layer::Erspan,
        _ => Layer::Gre,
    };
    passed(d, layer, read, |d| {
        if layer == Layer::Erspan {
            d.number("bytes-ip-version", 4)?;
            d.number("bytes-vlan-id", 12)?;
        }
        Some(())
    })
}

/// The tunnel that a datagram between these ports carries, if it is one.
pub(super) fn overlay(d: &mut Dissect<'_>, sport: u16, dport: u16) -> Option<NextLayer> {
    let port = overlay::port(sport, dport);
    let found = port.and_then(|port| Some((port, overlay::header(port, d.ahead())?)));
    let Some((port, found)) = found else {
        return Some(NextLayer::Done);
    };
    let layer = match port {
        overlay::MPLS => return link::mpls(d),
        overlay::VXLAN | overlay::VXLAN_GPE => Layer::Vxlan,
        overlay::GENEVE => Layer::Geneve,
        overlay::L2TP => Layer::L2tp,
        overlay::TEREDO => Layer::Teredo,
        _ => Layer::GtpU,
    };
    passed(d, layer, Ok(found), |d| {
        match layer {
            Layer::Vxlan => {
                d.hex("bytes-tunnel-flags", 8)?;
                d.hex("bytes-tunnel-policy", 24)?;
                d.number("bytes-tunnel-network", 24)?;
                d.hex("bytes-reserved", 8)?;
            }
            Layer::Geneve => {
                d.number("bytes-ip-version", 2)?;
                let words = d.number("bytes-tunnel-options", 6)?;
                let bytes = i64::try_from(words * 4).unwrap_or_default();
                d.means(Meaning::new("bytes-means-words").int("bytes", bytes));
                d.hex("bytes-tunnel-flags", 8)?;
                d.hex("bytes-gre-protocol", 16)?;
                d.number("bytes-tunnel-network", 24)?;
                d.hex("bytes-reserved", 8)?;
            }
            Layer::L2tp | Layer::GtpU => {
                let bits = if layer == Layer::L2tp { 16 } else { 8 };
                d.hex("bytes-gre-flags", bits)?;
            }
            _ => {}
        }
        Some(())
    })
}

/// A frame in IP (RFC 3378).
pub(super) fn ether_ip(d: &mut Dissect<'_>) -> Option<NextLayer> {
    if d.ahead().first()? >> 4 != 3 {
        return Some(NextLayer::Done);
    }
    let header = Passed::new(2, Carried::Frame);
    passed(d, Layer::EtherIp, Ok(header), |d| {
        d.number("bytes-ip-version", 4)?;
        d.hex("bytes-reserved", 12)?;
        Some(())
    })
}

/// A header of this layer: what `begins` tells of it, then its rest, then what it carries.
fn passed(
    d: &mut Dissect<'_>,
    layer: Layer,
    read: Read,
    begins: impl FnOnce(&mut Dissect<'_>) -> Option<()>,
) -> Option<NextLayer> {
    let header = read.ok()?;
    if let Carried::Nothing = header.carries {
        return Some(NextLayer::Done);
    }
    let start = d.place();
    d.enter(layer)?;
    // What was not captured may be all of what stands behind.
    let lacks = d.lacks;
    d.end = header.end(start, d.end + lacks).min(d.end);
    if header.len > 0 {
        begins(d)?;
    }
    let told = d.place() - start;
    d.span("bytes-header", header.len.saturating_sub(told))?;
    match header.carries {
        Carried::Frame => link::ethernet(d),
        Carried::Ip => Some(NextLayer::Ip),
        Carried::Ethertype(ethertype) => Some(NextLayer::Ethertype(ethertype)),
        Carried::Llc => link::llc(d),
        Carried::Ppp => link::ppp(d),
        Carried::Session => link::pppoe(d),
        Carried::Wireless { padded } => {
            let read = wireless::frame(d.ahead(), padded);
            passed(d, Layer::Wireless, read, no_more)
        }
        Carried::Nothing => Some(NextLayer::Done),
    }
}

/// Nothing of a header is told apart.
#[expect(
    clippy::unnecessary_wraps,
    reason = "stands where fields are told that may be cut"
)]
const fn no_more(_: &mut Dissect<'_>) -> Option<()> {
    Some(())
}
