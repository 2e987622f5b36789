//! The bytes of a frame: in the page itself header by header with the first bytes of its payload; and, to be unfolded, every
//! field with its bits, its value and what that means, the kernel's TCP_INFO, and the rest of the payload.

use maud::{Markup, html};

use crate::explain::{Sample, Transit};
use crate::model::Frame;
use crate::protocol::decode::fields::{Field, Layer, fields};
use crate::views::bytes::{bits, hex, printable, said};
use crate::views::wording;

use super::tongues::Tongues;

/// Bytes of payload that stand in the page itself.
const HEAD: usize = 64;
/// Bytes of payload that are unfolded: no frame of an Ethernet has more.
const MOST: usize = 2_048;
/// Bytes of payload in a row.
const ROW: usize = 16;

/// A run of bytes of one header.
struct LayerBytes {
    layer: Layer,
    from: usize,
    to: usize,
}

fn layers(all: &[Field]) -> Vec<LayerBytes> {
    let mut found: Vec<LayerBytes> = Vec::new();
    for field in all {
        let bytes = field.bytes();
        match found.last_mut() {
            Some(last) if last.layer == field.layer => last.to = last.to.max(bytes.end),
            _ => found.push(LayerBytes {
                layer: field.layer,
                from: bytes.start,
                to: bytes.end,
            }),
        }
    }
    found
}

/// Each header's bytes, and the first of the payload.
#[must_use]
pub fn dump(frame: &Frame<'_>, tongues: &Tongues) -> Markup {
    let all = fields(frame.link, &frame.bytes, frame.orig_len);
    html! {
        div.hx {
            @for part in layers(&all) {
                @let bytes = frame.bytes.get(part.from..part.to).unwrap_or_default();
                @match part.layer.name() {
                    Some(name) => { i { (name) } code data-o=(part.from) { (hex(bytes)) } }
                    None => {
                        i { (tongues.word(if part.layer == Layer::Padding { "page-padding" } else { "page-payload" })) }
                        code data-o=(part.from) { (hex(&bytes[..bytes.len().min(HEAD)])) @if bytes.len() > HEAD { " …" } }
                        i {} code.tx { (printable(&bytes[..bytes.len().min(HEAD)])) @if bytes.len() > HEAD { "…" } }
                    }
                }
            }
        }
    }
}

/// What is unfolded; `packed`: by the script, which sets the payload in rows itself.
#[must_use]
pub fn detail(transit: &Transit, tongues: &Tongues, packed: bool) -> Markup {
    let frame = &transit.frame;
    let all = fields(frame.link, &frame.bytes, frame.orig_len);
    let mut before = None;
    html! {
        table.fd {
            thead { tr { th scope="col" { (tongues.word("page-byte")) } th scope="col" { (tongues.word("page-bits")) }
                th scope="col" { (tongues.word("page-field")) } th scope="col" { (tongues.word("page-value")) } } }
            @for field in &all {
                @if before.replace((field.layer, field.quoted)) != Some((field.layer, field.quoted)) {
                    @if let Some(name) = field.layer.name() {
                        tr { th colspan="4" scope="colgroup" { (name) @if field.quoted { " " (tongues.word("bytes-quoted")) } } }
                    }
                }
                (row(field, frame, tongues))
            }
        }
        (rest(frame, &all, packed))
        @for (key, sample) in [("page-info-sender", &transit.sender_info), ("page-info-receiver", &transit.receiver_info)] {
            @if let Some(sample) = sample { h4 { (tongues.word(key)) } (info(sample)) }
        }
    }
}

fn row(field: &Field, frame: &Frame<'_>, tongues: &Tongues) -> Markup {
    let range = field.bytes();
    let bytes = frame.bytes.get(range.clone()).unwrap_or_default();
    let shown = if field.whole_bytes() {
        let cut = &bytes[..bytes.len().min(ROW)];
        hex(cut) + if cut.len() < bytes.len() { " …" } else { "" }
    } else {
        bits(field, bytes)
    };
    html! {
        tr data-o=(range.start) data-l=(range.len()) {
            td { (range.start) } td { code { (shown) } }
            th { (tongues.word(field.name)) }
            td { (tongues.both(|catalogue| said(field, bytes, catalogue))) }
        }
    }
}

/// The payload behind what stands in the page itself.
fn rest(frame: &Frame<'_>, all: &[Field], packed: bool) -> Markup {
    let payload = all.iter().find(|field| field.layer == Layer::Payload);
    let from = payload.map_or(0, |field| field.bytes().start + HEAD);
    let bytes = payload
        .and_then(|field| frame.bytes.get(from..field.bytes().end.min(from + MOST)))
        .unwrap_or_default();
    html! {
        @if packed && !bytes.is_empty() {
            pre.pl data-o=(from) data-h=(hex(bytes).replace(' ', "")) {}
        } @else if !bytes.is_empty() {
            pre.pl {
                @for (at, row) in bytes.chunks(ROW).enumerate() {
                    (format!("{:>5}  {:<48} {}\n", from + at * ROW, hex(row), printable(row)))
                }
            }
        }
    }
}

/// The kernel's own numbers, by the names that it has for them.
fn info(sample: &Sample) -> Markup {
    let info = &sample.info;
    let threshold = info
        .threshold()
        .map_or_else(|| "–".to_owned(), |n| n.to_string());
    let pairs = [
        ("cwnd", info.cwnd.to_string()),
        ("ssthresh", threshold),
        ("rtt", wording::duration(info.srtt)),
        ("rttvar", wording::duration(info.rttvar)),
        ("rto", wording::duration(info.rto)),
        ("unacked", info.unacked.to_string()),
        ("sacked", info.sacked.to_string()),
        ("lost", info.lost.to_string()),
        (
            "retrans",
            format!("{}/{}", info.retrans, info.total_retrans),
        ),
        ("ca_state", info.ca_state.to_string()),
        ("backoff", info.backoff.to_string()),
        ("snd_mss", info.snd_mss.to_string()),
        ("snd_wnd", info.snd_wnd.to_string()),
        ("notsent", info.notsent.to_string()),
    ];
    html! { dl.ti { @for (name, value) in pairs { div { dt { (name) } dd { (value) } } } } }
}
