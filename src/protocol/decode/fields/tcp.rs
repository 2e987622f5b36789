//! TCP with its options.

use super::super::options::SackBlocks;
use super::super::{Body, mptcp_subtype_name, tcp_option_name};
use super::{Dissect, Layer, Meaning, NextLayer};
use crate::model::number::signed;

pub(super) fn tcp(d: &mut Dissect<'_>) -> Option<NextLayer> {
    let start = d.place();
    d.enter(Layer::Tcp)?;
    let bits = d.ahead().get(13).copied().unwrap_or(0);
    let (syn, ack) = (bits & 2 != 0, bits & 0x10 != 0);
    d.u16("bytes-port-src")?;
    d.u16("bytes-port-dst")?;
    d.number("bytes-tcp-seq", 32)?;
    d.means(Meaning::new(if syn {
        "bytes-means-isn"
    } else {
        "bytes-means-seq"
    }));
    d.number("bytes-tcp-ack", 32)?;
    d.means(Meaning::new(if ack {
        "bytes-means-ack"
    } else {
        "bytes-means-ack-not"
    }));
    let header_words: u8 = d.narrow("bytes-tcp-data-offset", 4)?;
    let header_len = usize::from(header_words) * 4;
    d.means(Meaning::new("bytes-means-words").int("bytes", signed(header_len)));
    d.number("bytes-reserved", 3)?;
    flags(d)?;
    let window = d.u16("bytes-tcp-window")?;
    let key = if syn {
        "bytes-means-window-syn"
    } else {
        "bytes-means-window"
    };
    d.means(Meaning::new(key).int("window", i64::from(window)));
    d.hex("bytes-checksum", 16)?;
    d.transport_verdict(start);
    let urgent = d.u16("bytes-tcp-urgent")?;
    if bits & 0x20 != 0 {
        d.means(Meaning::new("bytes-means-urgent").int("bytes", i64::from(urgent)));
    }
    if header_len < 20 {
        return None;
    }
    options(d, start + header_len)?;
    if let (false, Body::Tcp(tcp)) = (d.quoted, d.packet.body) {
        d.end = d.end.min(d.place() + tcp.len as usize).max(d.place());
    }
    Some(NextLayer::Done)
}

/// The nine control bits, one by one.
fn flags(d: &mut Dissect<'_>) -> Option<()> {
    let flags = [
        ("bytes-tcp-ae", "bytes-means-ae"),
        ("bytes-tcp-cwr", "bytes-means-cwr"),
        ("bytes-tcp-ece", "bytes-means-ece"),
        ("bytes-tcp-urg", "bytes-means-urg"),
        ("bytes-tcp-ack-flag", "bytes-means-ack-flag"),
        ("bytes-tcp-psh", "bytes-means-psh"),
        ("bytes-tcp-rst", "bytes-means-rst"),
        ("bytes-tcp-syn", "bytes-means-syn"),
        ("bytes-tcp-fin", "bytes-means-fin"),
    ];
    for (name, meaning) in flags {
        if d.flag(name)? {
            d.means(Meaning::new(meaning));
        }
    }
    Some(())
}

/// Options up to the header's end; none when they do not fit.
fn options(d: &mut Dissect<'_>, end: usize) -> Option<()> {
    while d.place() < end {
        let kind = d.narrow("bytes-option-kind", 8)?;
        if let Some(name) = tcp_option_name(kind) {
            d.show(name);
        }
        match kind {
            0 => {
                d.rest("bytes-option-padding", end.min(d.end));
                break;
            }
            1 => {
                d.means(Meaning::new("bytes-means-nop"));
                continue;
            }
            _ => {}
        }
        let len: u8 = d.narrow("bytes-option-length", 8)?;
        let body = usize::from(len)
            .checked_sub(2)
            .filter(|body| d.place() + body <= end)?;
        option(d, kind, body)?;
    }
    (d.place() == end).then_some(())
}

/// The body of an option, by kind and the length that this kind has.
fn option(d: &mut Dissect<'_>, kind: u8, body: usize) -> Option<()> {
    match (kind, body) {
        (2, 2) => {
            let mss = d.u16("bytes-tcp-mss")?;
            d.means(Meaning::new("bytes-means-mss").int("bytes", i64::from(mss)));
        }
        (3, 1) => {
            let shift = d.number("bytes-tcp-scale", 8)?.min(14);
            d.means(Meaning::new("bytes-means-scale").int("factor", 1_i64 << shift));
        }
        (34, 0) => d.means(Meaning::new("bytes-means-cookie-asked")),
        (4, 0) => d.means(Meaning::new("bytes-means-sack-permitted")),
        (5, _) if body.is_multiple_of(8) => {
            let blocks = SackBlocks::new(d.ahead().get(..body)?);
            for (left, right) in blocks {
                let meaning = Meaning::new("bytes-means-sack");
                d.number("bytes-tcp-sack-left", 32)?;
                d.number("bytes-tcp-sack-right", 32)?;
                d.means(meaning.int("bytes", right.relative_to(left)));
            }
        }
        (8, 8) => {
            d.number("bytes-tcp-tsval", 32)?;
            d.means(Meaning::new("bytes-means-tsval"));
            d.number("bytes-tcp-tsecr", 32)?;
            d.means(Meaning::new("bytes-means-tsecr"));
        }
        (19, 16) => {
            d.span("bytes-tcp-signature", body)?;
            d.means(Meaning::new("bytes-means-signature"));
        }
        (29, 2..) => {
            d.number("bytes-tcp-ao-key", 8)?;
            d.means(Meaning::new("bytes-means-ao-key"));
            d.number("bytes-tcp-ao-next", 8)?;
            d.means(Meaning::new("bytes-means-ao-next"));
            d.span("bytes-tcp-ao-code", body - 2)?;
        }
        (172 | 174, 0..=9) if body.is_multiple_of(3) => {
            let mut names = [
                ("bytes-tcp-ect0", "bytes-means-ect0"),
                ("bytes-tcp-ce", "bytes-means-ce"),
                ("bytes-tcp-ect1", "bytes-means-ect1"),
            ];
            if kind == 174 {
                names.reverse();
            }
            for (name, meaning) in names.into_iter().take(body / 3) {
                d.number(name, 24)?;
                d.means(Meaning::new(meaning));
            }
        }
        (28, 2) => {
            d.flag("bytes-tcp-timeout-unit")?;
            d.number("bytes-tcp-timeout", 15)?;
        }
        (30, 1..) => {
            let subtype = d.narrow("bytes-tcp-mptcp", 4)?;
            if let Some(name) = mptcp_subtype_name(subtype) {
                d.show(name);
            }
            d.number("bytes-option-body", 4)?;
            d.span("bytes-option-body", body - 1)?;
        }
        (34, _) => {
            d.span("bytes-tcp-cookie", body)?;
            if body > 0 {
                d.means(Meaning::new("bytes-means-cookie"));
            }
        }
        _ => {
            d.span("bytes-option-body", body)?;
        }
    }
    Some(())
}
