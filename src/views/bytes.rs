//! Bytes: every byte of a frame with its field, the field's value and what that means.
//!
//! ```text
//!   IPv4
//!     14  0100 ....                version: 4
//!     14  .... 0101                header length: 5 (20 bytes)
//!     26  0a 00 00 01              source address: 10.0.0.1
//! ```
//!
//! A field that is part of a byte shows its bits, the others of that byte as dots.

use crate::explain::{Moment, MomentSink, Summary, TransitPhase, What};
use crate::model::Frame;
use crate::protocol::decode::fields::{Field, FieldValue, Layer, Meaning, MeaningArg, fields};
use crate::text::{Catalogue, Message};

use super::lines::Lines;
use super::options::Options;
use super::styled::{Line, Role, columns, take, wrap};
use crate::text::visible;

/// Bytes in one row of hexadecimal.
const IN_A_ROW: usize = 8;
/// Bytes in one row of payload, where no name stands beside them.
const IN_A_PAYLOAD_ROW: usize = 16;
/// Columns before the hexadecimal: the offset.
const OFFSET: usize = 8;
/// Columns of the hexadecimal, and the blanks behind it.
const HEX: usize = IN_A_ROW * 3 + 1;

/// Tells moments as lines, and every frame byte by byte.
#[derive(Debug)]
pub struct Bytes {
    options: Options,
    lines: Lines,
}

impl Bytes {
    /// A view with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            lines: Lines::new(options.clone()),
            options,
        }
    }
}

impl MomentSink for Bytes {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let mut lines = self.lines.moment(moment);
        if let What::Transit(transit) = &moment.what
            && transit.phase != TransitPhase::CopyLost
            && (transit.phase != TransitPhase::Arrived || transit.sent.is_none())
        {
            lines.extend(frame(&transit.frame, &self.options));
            lines.push(Line::new());
        }
        lines
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        self.lines.end(summary)
    }
}

/// One frame, byte by byte.
#[must_use]
pub fn frame(frame: &Frame<'_>, options: &Options) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut before: Option<(Layer, bool)> = None;
    for field in fields(frame.link, &frame.bytes, frame.orig_len) {
        if before != Some((field.layer, field.quoted)) {
            before = Some((field.layer, field.quoted));
            if let Some(name) = field.layer.name() {
                let mut line = Line::of(Role::Title, format!("  {name}"));
                if field.quoted {
                    let word = options.catalogue.word("bytes-quoted");
                    line.push(Role::Faint, format!("  {word}"));
                }
                lines.push(line);
            }
        }
        let bytes = frame.bytes.get(field.bytes()).unwrap_or_default();
        lines.extend(rows(&field, bytes, options));
    }
    lines
}

/// A field's rows.
fn rows(field: &Field, bytes: &[u8], options: &Options) -> Vec<Line> {
    let width = options.width.clamp(80, 140);
    let name = options.catalogue.word(field.name);
    if matches!(field.layer, Layer::Payload | Layer::Padding) && bytes.len() > IN_A_ROW {
        return payload(field, bytes, &name);
    }
    let shown: Vec<String> = if field.whole_bytes() {
        bytes.chunks(IN_A_ROW).map(hex).collect()
    } else {
        vec![bits(field, bytes)]
    };
    let room = width - OFFSET - HEX;
    let said = said(field, bytes, &options.catalogue);
    let told = wrap(&format!("{name}: {said}"), room);
    let label = columns(&name) + 1;
    (0..shown.len().max(told.len()))
        .map(|at| {
            let mut line = Line::new();
            let offset = field.bytes().start + at * IN_A_ROW;
            let offset = if at < shown.len() {
                offset.to_string()
            } else {
                String::new()
            };
            line.push(Role::Time, format!("{offset:>6}  "));
            let piece = shown.get(at).map_or("", String::as_str);
            line.push(Role::Data, format!("{piece:<HEX$}"));
            if let Some(text) = told.get(at) {
                // The name stands at the beginning of the first row, when it is whole there.
                let head = if at == 0 { take(text, label) } else { "" };
                line.push(Role::Faint, head);
                line.push(Role::Plain, &text[head.len()..]);
            }
            line
        })
        .collect()
}

/// What the program sent or received: 16 bytes a row, beside them as text.
fn payload(field: &Field, bytes: &[u8], name: &str) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Title, format!("  {name}: {}", bytes.len()))];
    for (at, chunk) in bytes.chunks(IN_A_PAYLOAD_ROW).enumerate() {
        let offset = field.bytes().start + at * IN_A_PAYLOAD_ROW;
        let mut line = Line::of(Role::Time, format!("{offset:>6}  "));
        let width = IN_A_PAYLOAD_ROW * 3 + 1;
        line.push(Role::Data, format!("{:<width$}", hex(chunk)));
        line.push(Role::Plain, printable(chunk));
        lines.push(line);
    }
    lines
}

/// One column per byte: printable ASCII as it is, all else a dot, so that text stands below its bytes.
pub(super) fn printable(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|byte| match byte {
            0x20..=0x7e => char::from(*byte),
            _ => '.',
        })
        .collect()
}

/// `0a 00 00 01`.
pub(super) fn hex(bytes: &[u8]) -> String {
    let pairs: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    pairs.join(" ")
}

/// `.... 0101`: the field's bits where they stand, nibble by nibble.
pub(super) fn bits(field: &Field, bytes: &[u8]) -> String {
    let first = field.start / 8 * 8;
    let mut out = String::new();
    for (at, byte) in (0_u32..).zip(bytes).take(2) {
        for bit in 0..8_u32 {
            if bit == 4 || at > 0 && bit == 0 {
                out.push(' ');
            }
            let place = first + at * 8 + bit;
            let own = place >= field.start && place < field.start + field.len;
            out.push(match (own, byte >> (7 - bit) & 1) {
                (false, _) => '.',
                (true, 0) => '0',
                (true, _) => '1',
            });
        }
    }
    out
}

/// The value and what it means.
pub(super) fn said(field: &Field, bytes: &[u8], catalogue: &Catalogue) -> String {
    let value = match &field.value {
        FieldValue::Text(text) => visible::text(text),
        FieldValue::Bytes if bytes.len() <= 64 => visible::bytes(bytes),
        FieldValue::Bytes => bytes.len().to_string(),
    };
    match &field.meaning {
        None => value,
        Some(meaning) if value.is_empty() => worded(meaning, catalogue),
        Some(meaning) => format!("{value} ({})", worded(meaning, catalogue)),
    }
}

fn worded(meaning: &Meaning, catalogue: &Catalogue) -> String {
    let message =
        meaning.args.iter().fold(
            Message::new(meaning.key),
            |message, (name, arg)| match arg {
                MeaningArg::Text(text) => message.text(name, visible::text(text)),
                MeaningArg::Int(number) => message.int(name, *number),
            },
        );
    catalogue.say(&message)
}
