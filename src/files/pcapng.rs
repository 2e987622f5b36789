//! pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each with its length at both ends.
//!
//! A recording of ours is a pcapng file. Its packets are the frames of one vantage, so that any other tool shows one
//! side's view as it shows any capture. Everything else is in blocks of a local-use type (top bit set), which others
//! skip in silence: after type and length
//!
//! ```text
//!  magic "sockscop" (8) · version (2) · 0 (2) · length of the JSON (4) · JSON · a frame's bytes · padding
//! ```
//!
//! in the section's byte order. The first one, right behind the section header, says that this is a recording.
//! The order of the blocks is the order of the facts.

pub(super) mod blocks;
pub(super) mod options;
mod reader;
pub(super) mod recorder;

pub use recorder::Recorder;

pub(super) use reader::Ng;

/// Section header block; the same in either byte order.
pub(super) const SECTION: u32 = 0x0a0d_0d0a;
const INTERFACE: u32 = 1;
/// The packet block of before 2009, obsolete.
pub(super) const OLD_PACKET: u32 = 2;
pub(super) const SIMPLE_PACKET: u32 = 3;
pub(super) const PACKET: u32 = 6;
/// What an interface's sniffer says of itself: how many packets it dropped.
const STATISTICS: u32 = 5;
/// Custom blocks: somebody's own, with a registered number; the second is not to be copied.
const CUSTOM: [u32; 2] = [0xbad, 0x4000_0bad];
/// Ours.
const OURS: u32 = 0x8053_434f;

const ORDER_MAGIC: u32 = 0x1a2b_3c4d;
/// How our own blocks begin.
const MAGIC: &[u8; 8] = b"sockscop";
/// Version of what is in them. Version 1 had other digests of frames.
const VERSION: u16 = 2;
/// Length of what stands before the JSON in the body.
const OUR_HEAD: usize = 16;

/// These bytes begin as a pcapng file does.
#[must_use]
pub fn begins(bytes: &[u8]) -> bool {
    bytes.len() >= Ng::HEAD && Ng::recognise(bytes).is_some()
}

/// Option codes: end and comment in every block, the others by block.
pub(super) mod option {
    pub(in crate::files) const END: u16 = 0;
    pub(in crate::files) const COMMENT: u16 = 1;
    /// Of a section: the program that wrote it.
    pub(super) const USER_APPLICATION: u16 = 4;
    /// Of an interface.
    pub(super) const IF_NAME: u16 = 2;
    pub(super) const IF_TSRESOL: u16 = 9;
    pub(super) const IF_TSOFFSET: u16 = 14;
    /// Of an interface's statistics: packets that the interface, and the system, had no room for, since the capture began.
    pub(super) const ISB_IFDROP: u16 = 5;
    pub(super) const ISB_OSDROP: u16 = 7;
    /// Of a packet.
    pub(super) const PACKET_FLAGS: u16 = 2;
}

/// Bits of a packet's flags word.
mod flag {
    pub(super) const INBOUND: u32 = 1;
    pub(super) const OUTBOUND: u32 = 2;
    /// The checksum was left to the hardware.
    pub(super) const CHECKSUM_NOT_READY: u32 = 1 << 9;
}
