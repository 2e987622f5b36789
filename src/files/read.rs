//! Reading any capture: facts one by one, and warnings about what could not be read.

use std::io::Read;

use super::error::{ReadError, ReadStop, Warning, WarningKind, Warnings};
use super::input::{Input, Limits};
use super::pcap::Pcap;
use super::pcapng::Ng;
use super::record::{FrameAt, Record};
use super::snoop::Snoop;
use super::{pcap, snoop};
use crate::model::{Direction, Fact, Frame, LinkType, Time, Vantage};

enum CaptureFormat {
    Pcap(Pcap),
    Ng(Box<Ng>),
    Snoop(Snoop),
}

/// Reads the facts of a capture, one by one, in the order of the file.
pub struct Reader<R: Read> {
    pub(super) input: Input<R>,
    format: CaptureFormat,
    warnings: Warnings,
    /// The frame that was read last.
    pub(super) current: FrameAt,
    packets: u64,
    done: bool,
}

/// What [`Reader::step`] came to.
#[derive(Debug)]
pub enum ReadStep {
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
        Self::within(inner, Limits::default())
    }

    /// As [`Self::new`], within limits.
    ///
    /// # Errors
    /// As there.
    pub fn within(inner: R, limits: Limits) -> Result<Self, ReadError> {
        let input = Input::new(inner, limits).map_err(|error| ReadError::io(error, 0, 0))?;
        Self::over(input)
    }

    pub(super) fn over(mut input: Input<R>) -> Result<Self, ReadError> {
        let filled = input.fill(pcap::HEADER);
        if input.bytes().len() < Ng::HEAD {
            match filled.map_err(ReadStop::from) {
                Err(ReadStop::Io(error)) => return Err(ReadError::io(error, 0, 0)),
                Err(ReadStop::Warn(WarningKind::Compressed(why))) => {
                    return Err(ReadError::Compressed { why });
                }
                _ => {}
            }
        }
        let head = input.bytes();
        let (format, header) = if let Some(ng) = Ng::recognise(head) {
            (CaptureFormat::Ng(Box::new(ng)), 0)
        } else if let Some(pcap) = Pcap::recognise(head) {
            (CaptureFormat::Pcap(pcap), pcap::HEADER)
        } else if let Some(snoop) = Snoop::recognise(head) {
            (CaptureFormat::Snoop(snoop), snoop::HEADER)
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
        if let CaptureFormat::Ng(ng) = &mut reader.format
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
            ReadStep::Frame => Some(Fact::Frame(self.frame())),
            ReadStep::Fact(fact) => Some(*fact),
            ReadStep::End => None,
        })
    }

    /// Goes on by one fact. As [`Self::next`], but a frame stays in the reader until it is asked for with [`Self::frame`]:
    /// for who wants frames only, and many of them.
    ///
    /// # Errors
    /// When the system fails. What is wrong with the file itself is a warning.
    #[inline]
    pub fn step(&mut self) -> Result<ReadStep, ReadError> {
        loop {
            // Dry is nothing, unless a batch is being made.
            if let Some(step) = self.go()? {
                return Ok(step);
            }
        }
    }

    /// One step; none where what is buffered is used up and the input was told not to read on.
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "what it gives is large, and taken apart at once for every packet of large files"
    )]
    pub(super) fn go(&mut self) -> Result<Option<ReadStep>, ReadError> {
        if self.done {
            return Ok(Some(ReadStep::End));
        }
        let offset = self.input.offset();
        let record = match &mut self.format {
            CaptureFormat::Pcap(pcap) => match pcap.next(&mut self.input, &mut self.current) {
                Ok(true) => {
                    self.packets += 1;
                    return Ok(Some(ReadStep::Frame));
                }
                Ok(false) => Ok(None),
                Err(stop) => Err(stop),
            },
            CaptureFormat::Ng(ng) => ng.next(&mut self.input, &mut self.warnings),
            CaptureFormat::Snoop(snoop) => {
                snoop.next(&mut self.input).map(|f| f.map(Record::Frame))
            }
        };
        match record {
            Ok(Some(Record::Frame(frame))) => {
                self.packets += 1;
                self.current = frame;
                Ok(Some(ReadStep::Frame))
            }
            Ok(Some(Record::Fact(fact))) => Ok(Some(ReadStep::Fact(fact))),
            Ok(None) => {
                self.done = true;
                Ok(Some(ReadStep::End))
            }
            Err(ReadStop::Dry) => Ok(None),
            Err(stop) => {
                self.stop(stop, offset)?;
                Ok(Some(ReadStep::End))
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
    fn stop(&mut self, stop: ReadStop, offset: u64) -> Result<(), ReadError> {
        self.done = true;
        match stop {
            ReadStop::Io(error) => Err(ReadError::io(error, self.packets, self.input.offset())),
            ReadStop::Dry => Ok(()),
            ReadStop::Warn(kind) => {
                self.warnings
                    .add(kind, self.packets + 1, self.input.offset().max(offset));
                Ok(())
            }
        }
    }

    /// This is a recording of ours: it has facts beside its packets.
    pub fn is_recording(&self) -> bool {
        matches!(&self.format, CaptureFormat::Ng(ng) if ng.is_recording())
    }

    /// What could not be read so far.
    pub fn warnings(&self) -> &[Warning] {
        self.warnings.list()
    }

    /// The warnings, when reading is over.
    pub fn into_warnings(self) -> Vec<Warning> {
        self.warnings.into_list()
    }

    /// Packets that the sniffers say they dropped, in the statistics read so far; none where they say nothing.
    pub fn dropped(&self) -> Option<u64> {
        match &self.format {
            CaptureFormat::Ng(ng) => ng.dropped(),
            CaptureFormat::Pcap(_) | CaptureFormat::Snoop(_) => None,
        }
    }

    /// Packets read so far: the number of the last one, as other tools count.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// Custom blocks skipped so far: Wireshark numbers them among the frames, so that its numbers run ahead by as many.
    pub fn custom_blocks(&self) -> u64 {
        match &self.format {
            CaptureFormat::Ng(ng) => ng.customs(),
            CaptureFormat::Pcap(_) | CaptureFormat::Snoop(_) => 0,
        }
    }

    /// How much of the input has been taken, in bytes as they stand in the (compressed) file: for progress.
    pub fn taken(&self) -> u64 {
        self.input.taken()
    }

    /// The link type of the whole file, for formats that have one.
    pub(super) fn link(&self) -> Option<LinkType> {
        match &self.format {
            CaptureFormat::Pcap(pcap) => Some(pcap.link),
            CaptureFormat::Snoop(snoop) => Some(snoop.link),
            CaptureFormat::Ng(_) => None,
        }
    }
}
