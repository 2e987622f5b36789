//! One block after the other, of either byte order.

use std::io::Read;

use super::options::Order;
use super::{ORDER_MAGIC, SECTION};
use crate::files::error::{ReadStop, WarningKind};
use crate::files::input::Input;
use crate::files::pcap::LONGEST;

/// Longest block that is taken into memory as a whole; those that need not be are skipped at any length.
const LONGEST_BLOCK: usize = 16 << 20;

/// The next block: its head is buffered, nothing is consumed.
#[derive(Clone, Copy, Debug)]
pub(in crate::files) struct BlockHead {
    pub(in crate::files) kind: u32,
    /// The whole block's length.
    pub(in crate::files) total: u32,
}

/// The state that goes from block to block.
#[derive(Debug)]
pub(in crate::files) struct Blocks {
    pub(in crate::files) order: Order,
    /// There is a link that carries whole transfers: packets may be as long as a block.
    pub(in crate::files) transfers: bool,
}

impl Blocks {
    pub(in crate::files) fn new() -> Self {
        Self {
            order: Order::default(),
            transfers: false,
        }
    }

    /// The next block's head, its length checked for sense; a section header sets the byte order.
    #[inline]
    pub(in crate::files) fn head<R: Read>(
        &mut self,
        input: &mut Input<R>,
    ) -> Result<Option<BlockHead>, ReadStop> {
        if !input.fill(12)? {
            return if input.bytes().is_empty() {
                Ok(None)
            } else {
                Err(ReadStop::Warn(WarningKind::CutOff))
            };
        }
        let bytes = input.bytes();
        let kind = self.order.u32(bytes);
        if kind == SECTION {
            let magic = [bytes[8], bytes[9], bytes[10], bytes[11]];
            self.order.big = match (u32::from_le_bytes(magic), u32::from_be_bytes(magic)) {
                (ORDER_MAGIC, _) => false,
                (_, ORDER_MAGIC) => true,
                _ => return Err(ReadStop::Warn(WarningKind::BlockDamaged { kind })),
            };
        }
        let total = self.order.u32(&bytes[4..]);
        // Some writers forgot the padding in the length; what they wrote is padded.
        match total.checked_next_multiple_of(4) {
            Some(total) if total >= 12 => Ok(Some(BlockHead { kind, total })),
            _ => Err(ReadStop::Warn(WarningKind::BlockLength {
                kind,
                len: total,
            })),
        }
    }

    /// Takes the whole block into the buffer and gives the place of its body there and the body's length.
    #[inline]
    pub(in crate::files) fn body<R: Read>(
        &self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<(usize, usize), ReadStop> {
        let total = head.total as usize;
        if total > LONGEST_BLOCK {
            return Err(ReadStop::Warn(WarningKind::BlockLength {
                kind: head.kind,
                len: head.total,
            }));
        }
        if !input.fill(total)? {
            return Err(ReadStop::Warn(WarningKind::CutOff));
        }
        let again = self.order.u32(&input.bytes()[total - 4..]);
        if again.checked_next_multiple_of(4) != Some(head.total) {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged {
                kind: head.kind,
            }));
        }
        Ok((input.consume(total) + 8, total - 12))
    }
}

impl Blocks {
    /// A packet of this captured length is not believed.
    pub(in crate::files) const fn too_long(&self, captured: u32) -> bool {
        captured > LONGEST && !self.transfers
    }
}
