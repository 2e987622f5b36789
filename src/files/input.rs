//! Bytes in order from plain, gzip or zstd input, through one large buffer.
//!
//! Block reads rather than a memory map: a file that shrinks under a map ends the process, a pipe cannot be
//! mapped, and reads of this size into a buffer that stays in the cache are as fast.

use std::io::{self, BufReader, Chain, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zstd::stream::read::Decoder as ZstdDecoder;

/// Size of the buffer, unless one packet needs more: fits a second-level cache, and buffers change hands seldom.
const BUFFER: usize = 1 << 20;
/// What is read first: little, so that who follows begins soon.
const FIRST: usize = 64 << 10;
/// What is asked of a decompressor at once: it throws away what it made in a call that fails.
const DECOMPRESSED: usize = 16 << 10;

const GZIP: [u8; 3] = [0x1f, 0x8b, 8];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// What an input may take. As it is by default, what people's own archives need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes that are read of it, unpacked; behind them reading fails ([`io::ErrorKind::FileTooLarge`]).
    pub unpacked: u64,
    /// zstd: the largest window, as a power of two. A decoder keeps that much of what it gave.
    pub window: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            unpacked: u64::MAX,
            // What zstd's own decoder grants (`zstd -d` without --memory): 128 MiB.
            window: 27,
        }
    }
}

impl Limits {
    /// For who has promised to take little memory: windows of at most 8 MiB, as all levels of zstd have but the
    /// `--ultra` ones, where nobody asked for `--long`.
    pub const SPARING: Self = Self {
        unpacked: u64::MAX,
        window: 23,
    };
}

/// Why there are no more bytes, other than the end.
#[derive(Debug)]
pub(super) enum Fault {
    /// The system would not give them.
    Io(io::Error),
    /// The compressed data are damaged or cut off.
    Compressed(io::Error),
    /// What is buffered is used up, and nothing more was to be read: see [`Input::pause`].
    Dry,
}

/// An input with what of it was already taken to look at.
type Whole<R> = Chain<Cursor<Vec<u8>>, Counted<R>>;

enum Decompressor<R: Read> {
    Plain(Counted<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
    Zstd(Box<ZstdDecoder<'static, BufReader<Whole<R>>>>),
}

/// Counts what has been read.
struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = loop {
            match self.inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.count += n as u64;
        Ok(n)
    }
}

/// The buffered, decompressed input.
pub(super) struct Input<R: Read> {
    source: Decompressor<R>,
    buffer: Vec<u8>,
    /// The bytes not yet consumed are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Where `start` is in the decompressed input.
    offset: u64,
    ended: bool,
    /// How many more bytes it may give.
    left: u64,
    /// Reads nothing more for now.
    paused: bool,
}

impl<R: Read> Input<R> {
    /// Looks at the first bytes to tell how it is compressed.
    pub(super) fn new(inner: R, limits: Limits) -> io::Result<Self> {
        let mut counted = Counted { inner, count: 0 };
        let mut buffer = vec![0; BUFFER];
        let mut end = 0;
        while end < ZSTD.len() {
            match counted.read(&mut buffer[end..FIRST])? {
                0 => break,
                n => end += n,
            }
        }
        let head = &buffer[..end];
        let (source, end) = if head.starts_with(&GZIP) {
            let whole = Cursor::new(head.to_vec()).chain(counted);
            (Decompressor::Gzip(Box::new(MultiGzDecoder::new(whole))), 0)
        } else if head.starts_with(&ZSTD) {
            let whole = Cursor::new(head.to_vec()).chain(counted);
            let mut decoder = ZstdDecoder::new(whole)?;
            decoder.window_log_max(limits.window)?;
            (Decompressor::Zstd(Box::new(decoder)), 0)
        } else {
            (Decompressor::Plain(counted), end)
        };
        let left = limits.unpacked.checked_sub(end as u64);
        let left = left.ok_or(io::ErrorKind::FileTooLarge)?;
        Ok(Self {
            source,
            buffer,
            start: 0,
            end,
            offset: 0,
            ended: false,
            left,
            paused: false,
        })
    }

    /// How much of the underlying input has been read, in bytes as they stand there: for progress.
    pub(super) fn taken(&self) -> u64 {
        match &self.source {
            Decompressor::Plain(counted) => counted.count,
            Decompressor::Gzip(decoder) => decoder.get_ref().get_ref().1.count,
            Decompressor::Zstd(decoder) => decoder.get_ref().get_ref().get_ref().1.count,
        }
    }

    /// Offset of the next byte in the decompressed input.
    pub(super) const fn offset(&self) -> u64 {
        self.offset
    }

    /// What is buffered and not consumed.
    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Bytes that were buffered at `place` (see [`Self::consume`]); valid until the next [`Self::fill`].
    #[inline]
    pub(super) fn at(&self, place: usize, len: usize) -> &[u8] {
        &self.buffer[place..place + len]
    }

    /// Has at least `need` bytes buffered; false when the input ends before.
    #[inline]
    pub(super) fn fill(&mut self, need: usize) -> Result<bool, Fault> {
        if self.end - self.start >= need {
            return Ok(true);
        }
        self.refill(need)
    }

    /// From now on (or, with false, no longer) what is not buffered yet is a [`Fault::Dry`] instead of being read.
    pub(super) fn pause(&mut self, paused: bool) {
        self.paused = paused;
    }

    /// Gives the buffer away, with all that was consumed in its place, and goes on in `other`.
    pub(super) fn exchange(&mut self, mut other: Vec<u8>) -> Vec<u8> {
        let left = self.end - self.start;
        if other.len() > BUFFER {
            // One long packet needed it.
            other.truncate(BUFFER.max(left));
            other.shrink_to_fit();
        }
        other.resize(other.len().max(BUFFER).max(left), 0);
        other[..left].copy_from_slice(&self.buffer[self.start..self.end]);
        (self.start, self.end) = (0, left);
        std::mem::replace(&mut self.buffer, other)
    }

    #[cold]
    fn refill(&mut self, need: usize) -> Result<bool, Fault> {
        if self.paused && !self.ended {
            return Err(Fault::Dry);
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        while self.end < need && !self.ended {
            if self.end == self.buffer.len() {
                // Grows with what has really come, so that a length in a damaged file takes no memory.
                let whole = need.next_multiple_of(BUFFER);
                self.buffer.resize(whole.min(self.buffer.len() * 2), 0);
            }
            // A buffer that one long packet needed is not filled with a great many short ones.
            let most = self.buffer.len().min(BUFFER.max(need));
            let free = &mut self.buffer[self.end..most];
            let some = free.len().min(DECOMPRESSED);
            let n = match &mut self.source {
                Decompressor::Plain(input) => input.read(free).map_err(Fault::Io)?,
                Decompressor::Gzip(input) => input.read(&mut free[..some]).map_err(compressed)?,
                Decompressor::Zstd(input) => input.read(&mut free[..some]).map_err(compressed)?,
            };
            self.ended = n == 0;
            self.left = match self.left.checked_sub(n as u64) {
                Some(left) => left,
                None => return Err(Fault::Io(io::ErrorKind::FileTooLarge.into())),
            };
            self.end += n;
        }
        Ok(self.end >= need)
    }

    /// Goes on by `len` buffered bytes, and tells the place they stood at.
    #[inline]
    pub(super) fn consume(&mut self, len: usize) -> usize {
        let place = self.start;
        self.start += len;
        self.offset += len as u64;
        place
    }

    /// Goes on by `len` bytes, buffered or not; false when the input ends before.
    pub(super) fn skip(&mut self, mut len: u64) -> Result<bool, Fault> {
        if self.paused && len > (self.end - self.start) as u64 {
            return Err(Fault::Dry);
        }
        loop {
            let here = usize::try_from(len)
                .unwrap_or(usize::MAX)
                .min(self.end - self.start);
            self.consume(here);
            len -= here as u64;
            if len == 0 {
                return Ok(true);
            }
            if !self.fill(1)? {
                return Ok(false);
            }
        }
    }
}

/// Decompressors report damage and the system's errors alike; damage has these kinds.
fn compressed(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::InvalidInput
        | io::ErrorKind::InvalidData
        | io::ErrorKind::UnexpectedEof
        | io::ErrorKind::Other => Fault::Compressed(error),
        _ => Fault::Io(error),
    }
}
