//! Reading any capture: facts one by one, and warnings about what could not be read.

use std::borrow::Cow;
use std::io::{self, Read};

use super::input::Input;
use super::pcap::Pcap;
use super::pcapng::Ng;
use super::snoop::Snoop;
use super::{pcap, snoop};
use crate::model::{Direction, Fact, Frame, LinkType, Time, Vantage};

/// Why nothing (more) could be read. Damage to a file is no error but a [`Warning`], as long as something of it was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system would not give the bytes.
    #[error("reading failed behind packet {packets}, at offset {offset}")]
    Io {
        /// Whole packets read before.
        packets: u64,
        /// Offset in the decompressed input.
        offset: u64,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is not a single byte.
    #[error("the input is empty")]
    Empty,
    /// It is no capture that we know.
    #[error("neither pcap nor pcapng")]
    Unknown {
        /// Its first bytes.
        head: Vec<u8>,
    },
    /// It is compressed, but damaged from the first byte on.
    #[error("the compressed data are damaged: {why}")]
    Compressed {
        /// What the decompressor said.
        why: String,
    },
}

impl ReadError {
    pub(super) const fn io(source: io::Error, packets: u64, offset: u64) -> Self {
        Self::Io {
            packets,
            offset,
            source,
        }
    }
}

/// Something that could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// What.
    pub kind: WarningKind,
    /// The packet at which it was met, from 1: the one behind the last that was read whole.
    pub packet: u64,
    /// Where the record or block begins, in bytes from the start of the (decompressed) file.
    pub offset: u64,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// The file ends in the middle of something: cut off, or still being written.
    CutOff,
    /// A record claims more bytes than any frame has.
    PacketTooLong {
        /// What it claims.
        len: u32,
    },
    /// A block claims an impossible length.
    BlockLength {
        /// The block's type.
        kind: u32,
        /// What it claims.
        len: u32,
    },
    /// A block's parts do not fit together.
    BlockDamaged {
        /// The block's type.
        kind: u32,
    },
    /// A packet names an interface that the section does not have.
    NoInterface {
        /// Its index.
        interface: u32,
    },
    /// The compressed data end early or are damaged.
    Compressed(
        /// What the decompressor said.
        String,
    ),
    /// A version that we do not know: of pcapng, or of the facts in our own blocks.
    Version {
        /// Which.
        version: u16,
    },
    /// A fact in a block of our own could not be read, and was left out.
    FactUnreadable,
}

impl WarningKind {
    /// A stable short name, for JSON and as the end of a catalogue key.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::PacketTooLong { .. } => "packet-too-long",
            Self::BlockLength { .. } => "block-length",
            Self::BlockDamaged { .. } => "block-damaged",
            Self::NoInterface { .. } => "no-interface",
            Self::Compressed(_) => "compressed",
            Self::Version { .. } => "version",
            Self::FactUnreadable => "fact-unreadable",
        }
    }
}

/// The warnings so far, each kind once.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
}

impl Warnings {
    /// Adds one, unless there is one of its kind: the first place is the one to look at.
    pub(super) fn add(&mut self, kind: WarningKind, packet: u64, offset: u64) {
        if self
            .list
            .iter()
            .all(|known| known.kind.name() != kind.name())
        {
            self.list.push(Warning {
                kind,
                packet,
                offset,
            });
        }
    }

    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }
}

/// Why reading stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The system failed.
    Io(io::Error),
    /// The file is read as far as it goes.
    Warn(WarningKind),
    /// What is buffered is used up; the same again reads on.
    Dry,
}

/// A frame whose bytes stand in the input's buffer.
#[derive(Clone, Copy, Debug)]
pub(super) struct FrameAt {
    pub(super) at: Time,
    pub(super) vantage: Vantage,
    pub(super) direction: Direction,
    pub(super) link: LinkType,
    pub(super) orig_len: u32,
    pub(super) checksum_offloaded: bool,
    pub(super) place: usize,
    pub(super) len: usize,
}

impl FrameAt {
    /// The frame itself, over its bytes.
    #[inline]
    pub(super) fn over<'a>(&self, bytes: &'a [u8]) -> Frame<'a> {
        Frame {
            at: self.at,
            vantage: self.vantage,
            direction: self.direction,
            link: self.link,
            orig_len: self.orig_len,
            checksum_offloaded: self.checksum_offloaded,
            bytes: Cow::Borrowed(bytes),
        }
    }
}

/// What a format gives.
pub(super) enum Item {
    Frame(FrameAt),
    Fact(Box<Fact<'static>>),
}

enum Format {
    Pcap(Pcap),
    Ng(Box<Ng>),
    Snoop(Snoop),
}

/// Reads the facts of a capture, one by one, in the order of the file.
pub struct Reader<R: Read> {
    pub(super) input: Input<R>,
    format: Format,
    warnings: Warnings,
    /// The frame that was read last.
    pub(super) current: FrameAt,
    packets: u64,
    done: bool,
}

/// What [`Reader::step`] came to.
#[derive(Debug)]
pub enum Step {
    /// A frame: [`Reader::frame`].
    Frame,
    /// Another fact of a recording.
    Fact(Box<Fact<'static>>),
    /// The end.
    End,
}

impl<R: Read> Reader<R> {
    /// Looks at the beginning and recognises compression and format by content.
    ///
    /// # Errors
    /// When the system fails, or when nothing at all can be read.
    pub fn new(inner: R) -> Result<Self, ReadError> {
        let input = Input::new(inner).map_err(|error| ReadError::io(error, 0, 0))?;
        Self::over(input)
    }

    pub(super) fn over(mut input: Input<R>) -> Result<Self, ReadError> {
        let filled = input.fill(pcap::HEADER);
        if input.bytes().len() < Ng::HEAD {
            match filled.map_err(Stop::from) {
                Err(Stop::Io(error)) => return Err(ReadError::io(error, 0, 0)),
                Err(Stop::Warn(WarningKind::Compressed(why))) => {
                    return Err(ReadError::Compressed { why });
                }
                _ => {}
            }
        }
        let head = input.bytes();
        let (format, header) = if let Some(ng) = Ng::recognise(head) {
            (Format::Ng(Box::new(ng)), 0)
        } else if let Some(pcap) = Pcap::recognise(head) {
            (Format::Pcap(pcap), pcap::HEADER)
        } else if let Some(snoop) = Snoop::recognise(head) {
            (Format::Snoop(snoop), snoop::HEADER)
        } else if head.is_empty() {
            return Err(ReadError::Empty);
        } else {
            return Err(ReadError::Unknown {
                head: head[..head.len().min(16)].to_vec(),
            });
        };
        input.consume(header);
        let mut reader = Self {
            input,
            format,
            warnings: Warnings::default(),
            current: FrameAt {
                at: Time::default(),
                vantage: Vantage::File(0),
                direction: Direction::Unknown,
                link: LinkType::NULL,
                orig_len: 0,
                checksum_offloaded: false,
                place: 0,
                len: 0,
            },
            packets: 0,
            done: false,
        };
        if let Format::Ng(ng) = &mut reader.format
            && let Err(stop) = ng.begin(&mut reader.input, &mut reader.warnings)
        {
            reader.stop(stop, 0)?;
        }
        Ok(reader)
    }

    /// The next fact; none at the end, or where the file cannot be read any further (then there is a warning).
    ///
    /// # Errors
    /// When the system fails. What is wrong with the file itself is a warning.
    #[inline]
    #[expect(
        clippy::should_implement_trait,
        reason = "a fact borrows from the reader, which an Iterator's item cannot"
    )]
    pub fn next(&mut self) -> Result<Option<Fact<'_>>, ReadError> {
        Ok(match self.step()? {
            Step::Frame => Some(Fact::Frame(self.frame())),
            Step::Fact(fact) => Some(*fact),
            Step::End => None,
        })
    }

    /// Goes on by one fact. As [`Self::next`], but a frame stays in the reader until it is asked for with [`Self::frame`]:
    /// for who wants frames only, and many of them.
    ///
    /// # Errors
    /// When the system fails. What is wrong with the file itself is a warning.
    #[inline]
    pub fn step(&mut self) -> Result<Step, ReadError> {
        loop {
            // Dry is nothing, unless a batch is being made.
            if let Some(step) = self.go()? {
                return Ok(step);
            }
        }
    }

    /// One step; none where what is buffered is used up and the input was told not to read on.
    #[inline]
    pub(super) fn go(&mut self) -> Result<Option<Step>, ReadError> {
        if self.done {
            return Ok(Some(Step::End));
        }
        let offset = self.input.offset();
        let item = match &mut self.format {
            Format::Pcap(pcap) => match pcap.next(&mut self.input, &mut self.current) {
                Ok(true) => {
                    self.packets += 1;
                    return Ok(Some(Step::Frame));
                }
                Ok(false) => Ok(None),
                Err(stop) => Err(stop),
            },
            Format::Ng(ng) => ng.next(&mut self.input, &mut self.warnings),
            Format::Snoop(snoop) => snoop.next(&mut self.input).map(|f| f.map(Item::Frame)),
        };
        match item {
            Ok(Some(Item::Frame(frame))) => {
                self.packets += 1;
                self.current = frame;
                Ok(Some(Step::Frame))
            }
            Ok(Some(Item::Fact(fact))) => Ok(Some(Step::Fact(fact))),
            Ok(None) => {
                self.done = true;
                Ok(Some(Step::End))
            }
            Err(Stop::Dry) => Ok(None),
            Err(stop) => {
                self.stop(stop, offset)?;
                Ok(Some(Step::End))
            }
        }
    }

    /// The frame that the last [`Self::step`] came to.
    #[inline]
    pub fn frame(&self) -> Frame<'_> {
        let frame = &self.current;
        frame.over(self.input.at(frame.place, frame.len))
    }

    /// Ends reading, with a warning about the record that begins at `offset` or behind it.
    #[cold]
    fn stop(&mut self, stop: Stop, offset: u64) -> Result<(), ReadError> {
        self.done = true;
        match stop {
            Stop::Io(error) => Err(ReadError::io(error, self.packets, self.input.offset())),
            Stop::Dry => Ok(()),
            Stop::Warn(kind) => {
                self.warnings
                    .add(kind, self.packets + 1, self.input.offset().max(offset));
                Ok(())
            }
        }
    }

    /// This is a recording of ours: it has facts beside its packets.
    pub fn is_recording(&self) -> bool {
        matches!(&self.format, Format::Ng(ng) if ng.is_recording())
    }

    /// What could not be read so far.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings.list
    }

    /// The warnings, when reading is over.
    pub fn into_warnings(self) -> Vec<Warning> {
        self.warnings.into_list()
    }

    /// Packets read so far: the number of the last one, as other tools count.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Custom blocks skipped so far: Wireshark numbers them among the frames, so that its numbers run ahead by as many.
    pub fn custom_blocks(&self) -> u64 {
        match &self.format {
            Format::Ng(ng) => ng.customs(),
            Format::Pcap(_) | Format::Snoop(_) => 0,
        }
    }

    /// How much of the input has been taken, in bytes as they stand in the (compressed) file: for progress.
    pub fn taken(&self) -> u64 {
        self.input.taken()
    }

    /// The link type of the whole file, for formats that have one.
    pub(super) fn link(&self) -> Option<LinkType> {
        match &self.format {
            Format::Pcap(pcap) => Some(pcap.link),
            Format::Snoop(snoop) => Some(snoop.link),
            Format::Ng(_) => None,
        }
    }
}
