//! Copying a capture with packet comments added: the same packets and blocks, and nothing else changed.
//!
//! A pcapng file is copied block by block as it stands; a comment of ours comes behind those that a packet has. Only
//! the section's length becomes "not said", because it grows. Simple packets have no room for options and stay as they
//! are. A pcap file becomes pcapng.

use std::io::{self, Read, Write};

use super::error::{ReadError, ReadStop, Warning, WarningKind, Warnings};
use super::input::{Input, Limits};
use super::pcapng::blocks::Blocks;
use super::pcapng::options::{BlockOptions, Order, padded, put};
use super::pcapng::recorder::{interface, packet, section};
use super::pcapng::{Ng, OLD_PACKET, PACKET, SECTION, SIMPLE_PACKET, option};
use super::read::Reader;
use crate::model::Fact;
use crate::model::number::count32;

/// Longest comment; the option's length has 16 bits.
const LONGEST_COMMENT: usize = 60_000;
/// Written at once.
const CHUNK: usize = 64 << 10;

/// Why a copy could not be made.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the texts say it")]
pub enum CommentError {
    #[error("the capture cannot be read")]
    Read(#[source] ReadError),
    #[error("the copy cannot be written")]
    Write(#[source] io::Error),
}

/// Copies the capture of `input` to `output` and adds to packet `n` (from 1, in file order) the comment that `sentence(n)`
/// gives. Input that is compressed comes out plain. Gives what had to be left out: the end of a capture that is cut off.
///
/// # Errors
/// When nothing can be read, when the system fails while reading, and when the output cannot be written.
pub fn comment<R: Read, W: Write>(
    input: R,
    mut output: W,
    mut sentence: impl FnMut(u32) -> Option<String>,
) -> Result<Vec<Warning>, CommentError> {
    let mut input = Input::new(input, Limits::default())
        .map_err(|e| CommentError::Read(ReadError::io(e, 0, 0)))?;
    let is_ng = match input.fill(Ng::HEAD) {
        Ok(enough) => enough && Ng::recognise(input.bytes()).is_some(),
        Err(_) => false,
    };
    if !is_ng {
        return convert(input, output, sentence);
    }
    let mut warnings = Warnings::default();
    let mut blocks = Blocks::new();
    let mut packets = 0;
    let mut out = Vec::new();
    loop {
        let offset = input.offset();
        match copy_block(
            &mut blocks,
            &mut input,
            &mut out,
            &mut packets,
            &mut sentence,
        ) {
            Ok(true) | Err(ReadStop::Dry) => {}
            Ok(false) => break,
            Err(ReadStop::Warn(kind)) => {
                warnings.add(kind, u64::from(packets) + 1, offset);
                break;
            }
            Err(ReadStop::Io(error)) => {
                return Err(CommentError::Read(ReadError::io(
                    error,
                    packets.into(),
                    offset,
                )));
            }
        }
        if out.len() >= CHUNK {
            output.write_all(&out).map_err(CommentError::Write)?;
            out.clear();
        }
    }
    output.write_all(&out).map_err(CommentError::Write)?;
    output.flush().map_err(CommentError::Write)?;
    Ok(warnings.into_list())
}

/// Copies one block; false at the end.
fn copy_block<R: Read>(
    blocks: &mut Blocks,
    input: &mut Input<R>,
    out: &mut Vec<u8>,
    packets: &mut u32,
    sentence: &mut impl FnMut(u32) -> Option<String>,
) -> Result<bool, ReadStop> {
    let Some(head) = blocks.head(input)? else {
        return Ok(false);
    };
    let (place, len) = blocks.body(input, head)?;
    let order = blocks.order;
    let whole = input.at(place - 8, len + 12);
    let is_packet = matches!(head.kind, PACKET | OLD_PACKET | SIMPLE_PACKET);
    *packets = packets.saturating_add(u32::from(is_packet));
    let comment = match head.kind {
        PACKET | OLD_PACKET => sentence(*packets).filter(|text| !text.is_empty()),
        _ => None,
    };
    let start = out.len();
    let Some(comment) = comment else {
        out.extend(whole);
        if head.kind == SECTION && len >= 16 {
            out[start + 16..start + 24].fill(0xff);
        }
        return Ok(true);
    };
    let body = &whole[8..8 + len];
    let damaged = ReadStop::Warn(WarningKind::BlockDamaged { kind: head.kind });
    let captured = body
        .get(12..16)
        .map_or(usize::MAX, |field| order.u32(field) as usize);
    if len < 20 || captured > len - 20 {
        return Err(damaged);
    }
    let behind = (20 + padded(captured)).min(len);
    let mut options = BlockOptions::new(order, &body[behind..]);
    let said = cut(&comment).as_bytes();
    if options
        .by_ref()
        .filter(|(code, value)| *code == option::COMMENT && *value == said)
        .count()
        > 0
    {
        // Told before, and copied: once is enough.
        out.extend(whole);
        return Ok(true);
    }
    let kept = len - options.rest().len();
    out.extend(&whole[..8 + kept]);
    let padding = (8 + kept).next_multiple_of(4) - (8 + kept);
    out.resize(out.len() + padding, 0);
    put(out, order, option::COMMENT, said);
    put(out, order, option::END, &[]);
    let total = order.put32(count32(out.len() - start + 4));
    out[start + 4..start + 8].copy_from_slice(&total);
    out.extend(total);
    Ok(true)
}

/// pcap and snoop: one interface per link type, stamps in nanoseconds.
fn convert<R: Read, W: Write>(
    input: Input<R>,
    mut output: W,
    mut sentence: impl FnMut(u32) -> Option<String>,
) -> Result<Vec<Warning>, CommentError> {
    let mut reader = Reader::over(input).map_err(CommentError::Read)?;
    let mut out = Vec::new();
    let mut packets = 0;
    section(&mut out);
    if let Some(link) = reader.link() {
        interface(&mut out, link, "");
    }
    while let Some(fact) = reader.next().map_err(CommentError::Read)? {
        let Fact::Frame(frame) = fact else { continue };
        packets += 1;
        let text = sentence(packets).filter(|text| !text.is_empty());
        let ticks = frame.at.ns().cast_unsigned();
        packet(&mut out, 0, ticks, frame.orig_len, &frame.bytes, |out| {
            if let Some(text) = &text {
                put(out, Order::default(), option::COMMENT, cut(text).as_bytes());
            }
        });
        if out.len() >= CHUNK {
            output.write_all(&out).map_err(CommentError::Write)?;
            out.clear();
        }
    }
    output.write_all(&out).map_err(CommentError::Write)?;
    output.flush().map_err(CommentError::Write)?;
    Ok(reader.into_warnings())
}

/// As much of a text as a comment holds.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_COMMENT)]
}
