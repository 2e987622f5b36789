//! What a format's reader finds: a frame that still stands in the input's buffer, or another fact.

use std::borrow::Cow;

use crate::model::{Direction, Fact, Frame, LinkType, Time, Vantage};

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
pub(super) enum Record {
    Frame(FrameAt),
    Fact(Box<Fact<'static>>),
}
