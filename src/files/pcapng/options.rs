//! Options: code, length, value padded to four bytes.

use super::option;

/// Byte order of a section.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::files) struct Order {
    /// Big-endian.
    pub(in crate::files) big: bool,
}

impl Order {
    #[inline]
    pub(in crate::files) fn u16(self, bytes: &[u8]) -> u16 {
        let raw = u16::from_le_bytes([bytes[0], bytes[1]]);
        if self.big { raw.swap_bytes() } else { raw }
    }

    #[inline]
    pub(in crate::files) fn u32(self, bytes: &[u8]) -> u32 {
        let raw = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        if self.big { raw.swap_bytes() } else { raw }
    }

    pub(in crate::files) fn u64(self, bytes: [u8; 8]) -> u64 {
        if self.big {
            u64::from_be_bytes(bytes)
        } else {
            u64::from_le_bytes(bytes)
        }
    }

    pub(in crate::files) fn put16(self, value: u16) -> [u8; 2] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }

    pub(in crate::files) fn put32(self, value: u32) -> [u8; 4] {
        if self.big {
            value.to_be_bytes()
        } else {
            value.to_le_bytes()
        }
    }
}

/// Rounded up to four.
pub(in crate::files) const fn padded(len: usize) -> usize {
    len.next_multiple_of(4)
}

/// The options in these bytes: (code, value). Ends at the end-of-options or at one that does not fit.
pub(in crate::files) struct BlockOptions<'a> {
    order: Order,
    rest: &'a [u8],
}

impl<'a> BlockOptions<'a> {
    pub(in crate::files) const fn new(order: Order, bytes: &'a [u8]) -> Self {
        Self { order, rest: bytes }
    }

    /// What follows the options given so far, the end-of-options included.
    pub(in crate::files) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for BlockOptions<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let head = self.rest.get(..4)?;
        let (code, len) = (
            self.order.u16(head),
            usize::from(self.order.u16(&head[2..])),
        );
        if code == option::END {
            return None;
        }
        let value = self.rest.get(4..4 + len)?;
        self.rest = self.rest.get(4 + padded(len)..).unwrap_or_default();
        Some((code, value))
    }
}

/// Appends one option, of as much of the value as an option holds.
pub(in crate::files) fn put(out: &mut Vec<u8>, order: Order, code: u16, value: &[u8]) {
    let len = u16::try_from(value.len()).unwrap_or(u16::MAX);
    let value = &value[..usize::from(len)];
    out.extend(order.put16(code));
    out.extend(order.put16(len));
    out.extend(value);
    out.resize(out.len() + padded(value.len()) - value.len(), 0);
}
