//! Saving a stream of facts, append-only.
//!
//! Whole blocks go to the writer in one `write` call per commit, and nothing is ever rewritten: when the
//! process is killed, the file holds every committed fact and can be opened. Our own small writer: what others
//! offer buffers, or knows nothing of local-use blocks.

use std::io::{self, Write};

use super::options::{Order, padded, put};
use super::{INTERFACE, MAGIC, ORDER_MAGIC, OURS, PACKET, SECTION, VERSION, flag, option};
use crate::files::dedup::RecentFrames;
use crate::files::stored_fact::{StoredFact, StoredFrame};
use crate::model::number::count32;
use crate::model::{Direction, Fact, Frame, LinkType, Vantage};

/// Always our own machine's usual one.
const LITTLE: Order = Order { big: false };

/// Writes facts into a pcapng file.
pub struct Recorder<W: Write> {
    out: W,
    saved: Vantage,
    interface: String,
    /// Interfaces written so far: one for each link type at the saved vantage, in nearly every run one.
    links: Vec<LinkType>,
    packets: u32,
    recent: RecentFrames,
    /// Blocks that are not committed yet.
    pending: Vec<u8>,
    /// Bytes that were, as whole blocks.
    length: u64,
}

impl<W: Write> Recorder<W> {
    /// Begins a recording: writes the section header, the mark of a recording and the saved vantage's interface.
    ///
    /// Frames of `saved` become the file's packets; `interface` is shown by other tools as the name of where they were
    /// captured, with this link type.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn new(out: W, saved: Vantage, interface: &str, link: LinkType) -> io::Result<Self> {
        let mut recorder = Self {
            out,
            saved,
            interface: interface.to_owned(),
            links: Vec::new(),
            packets: 0,
            recent: RecentFrames::default(),
            pending: Vec::new(),
            length: 0,
        };
        section(&mut recorder.pending);
        recorder.ours(&StoredFact::Recording { saved }, &[]);
        recorder.link(link);
        recorder.commit()?;
        Ok(recorder)
    }

    /// Writes one fact at once: [`Self::push`] and [`Self::commit`].
    ///
    /// # Errors
    /// What the writer gives.
    pub fn write(&mut self, fact: &Fact<'_>) -> io::Result<()> {
        self.push(fact);
        self.commit()
    }

    /// Adds a fact to those that the next commit writes. Gives the number of the packet that it became in the file
    /// (from 1, as other tools count), when it is a frame of the saved vantage.
    pub fn push(&mut self, fact: &Fact<'_>) -> Option<u32> {
        match fact {
            Fact::Frame(frame) if frame.vantage == self.saved => Some(self.packet(frame)),
            Fact::Frame(frame) => {
                self.seen_elsewhere(frame);
                None
            }
            other => {
                self.ours(&StoredFact::of(other), &[]);
                None
            }
        }
    }

    /// Hands everything pushed so far to the writer in one call.
    ///
    /// # Errors
    /// What the writer gives; the blocks are not tried again.
    pub fn commit(&mut self) -> io::Result<()> {
        if self.pending.is_empty() {
            return Ok(());
        }
        let (taken, written) = write_all(&mut self.out, &self.pending);
        self.length += whole_blocks(&self.pending[..taken]) as u64;
        self.pending.clear();
        written
    }

    /// Bytes of all blocks that the writer took whole. After a failed commit a part of one may stand behind them.
    #[must_use]
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The writer, with everything committed.
    ///
    /// # Errors
    /// What the writer gives.
    pub fn finish(mut self) -> io::Result<W> {
        self.commit()?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn packet(&mut self, frame: &Frame<'_>) -> u32 {
        let interface = self.link(frame.link);
        self.packets += 1;
        let mut flags = match frame.direction {
            Direction::Received => flag::INBOUND,
            Direction::Sent => flag::OUTBOUND,
            Direction::Unknown => 0,
        };
        if frame.checksum_offloaded {
            flags |= flag::CHECKSUM_NOT_READY;
        }
        packet(
            &mut self.pending,
            interface,
            frame.at.ns().cast_unsigned(),
            frame.orig_len,
            &frame.bytes,
            |out| {
                if flags != 0 {
                    put(out, LITTLE, option::PACKET_FLAGS, &flags.to_le_bytes());
                }
            },
        );
        if frame.direction == Direction::Sent {
            self.recent.push(self.packets, &frame.bytes);
        }
        self.packets
    }

    /// A frame of another vantage: a reference where the same bytes left the saved one a moment ago.
    fn seen_elsewhere(&mut self, frame: &Frame<'_>) {
        let mut head = StoredFrame::of(frame);
        let mut raw: &[u8] = &[];
        if let Some((packet, differs)) = self.recent.find(&frame.bytes) {
            head.packet = Some(packet);
            head.differs = differs;
        } else {
            head.len = count32(frame.bytes.len());
            raw = &frame.bytes;
        }
        self.ours(&StoredFact::Frame(head), raw);
    }

    fn ours(&mut self, stored: &StoredFact<'_>, raw: &[u8]) {
        block(&mut self.pending, OURS, |out| {
            out.extend(MAGIC);
            out.extend(VERSION.to_le_bytes());
            out.extend([0; 2]);
            let length_at = out.len();
            out.extend([0; 4]);
            serde_json::to_writer(&mut *out, stored)
                .expect("invariant: facts have string keys only, and a vector takes all");
            let length = count32(out.len() - length_at - 4);
            out[length_at..length_at + 4].copy_from_slice(&length.to_le_bytes());
            out.extend(raw);
        });
    }

    /// The interface of this link type, written when it is the first of it.
    fn link(&mut self, link: LinkType) -> u32 {
        if let Some(at) = self.links.iter().position(|known| *known == link) {
            return count32(at);
        }
        interface(&mut self.pending, link, &self.interface);
        self.links.push(link);
        count32(self.links.len() - 1)
    }
}

/// As `write_all`, and says how many bytes went out.
fn write_all(out: &mut impl Write, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut taken = 0;
    while taken < bytes.len() {
        match out.write(&bytes[taken..]) {
            Ok(0) => return (taken, Err(io::ErrorKind::WriteZero.into())),
            Ok(more) => taken += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (taken, Err(error)),
        }
    }
    (taken, Ok(()))
}

/// How many of these bytes of ours are whole blocks.
fn whole_blocks(bytes: &[u8]) -> usize {
    let mut whole = 0;
    while let Some(head) = bytes.get(whole..whole + 8) {
        let block = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        if whole + block > bytes.len() {
            break;
        }
        whole += block;
    }
    whole
}

/// Appends a block: its head, what `body` writes, padding and the length again.
pub(in crate::files) fn block(out: &mut Vec<u8>, kind: u32, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend(kind.to_le_bytes());
    out.extend([0; 4]);
    body(out);
    let len = padded(out.len() - start);
    out.resize(start + len, 0);
    let total = count32(len + 4).to_le_bytes();
    out[start + 4..start + 8].copy_from_slice(&total);
    out.extend(total);
}

/// Appends a section header of unknown length.
pub(in crate::files) fn section(out: &mut Vec<u8>) {
    block(out, SECTION, |out| {
        out.extend(ORDER_MAGIC.to_le_bytes());
        out.extend(1_u16.to_le_bytes());
        out.extend(0_u16.to_le_bytes());
        out.extend(u64::MAX.to_le_bytes());
        let program = concat!("sockscope ", env!("CARGO_PKG_VERSION"));
        put(out, LITTLE, option::USER_APPLICATION, program.as_bytes());
        put(out, LITTLE, option::END, &[]);
    });
}

/// Appends an interface with stamps in nanoseconds and no snap length.
pub(in crate::files) fn interface(out: &mut Vec<u8>, link: LinkType, name: &str) {
    block(out, INTERFACE, |out| {
        out.extend(u16::try_from(link.0).unwrap_or(u16::MAX).to_le_bytes());
        out.extend([0; 2]);
        out.extend(0_u32.to_le_bytes());
        if !name.is_empty() {
            put(out, LITTLE, option::IF_NAME, name.as_bytes());
        }
        put(out, LITTLE, option::IF_TSRESOL, &[9]);
        put(out, LITTLE, option::END, &[]);
    });
}

/// Appends an enhanced packet block; `options` writes its options, without the end.
pub(in crate::files) fn packet(
    out: &mut Vec<u8>,
    interface: u32,
    ticks: u64,
    orig_len: u32,
    bytes: &[u8],
    options: impl FnOnce(&mut Vec<u8>),
) {
    block(out, PACKET, |out| {
        out.extend(interface.to_le_bytes());
        out.extend(((ticks >> 32) as u32).to_le_bytes());
        out.extend(((ticks & 0xffff_ffff) as u32).to_le_bytes());
        out.extend(count32(bytes.len()).to_le_bytes());
        out.extend(orig_len.to_le_bytes());
        out.extend(bytes);
        out.resize(out.len() + padded(bytes.len()) - bytes.len(), 0);
        let before = out.len();
        options(out);
        if out.len() > before {
            put(out, LITTLE, option::END, &[]);
        }
    });
}
