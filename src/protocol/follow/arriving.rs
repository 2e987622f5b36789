//! A TCP segment on its way into its connection.

use crate::model::Time;
use crate::protocol::decode::TcpFlags;

use super::mark::Mark;

/// A TCP segment as it arrives, with what is needed of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arriving {
    pub(super) number: u32,
    pub(super) at: Time,
    pub(super) flags: TcpFlags,
    pub(super) seq: u32,
    pub(super) ack: u32,
    pub(super) len: u32,
    /// As it stands in the header.
    pub(super) window: u32,
    /// Which Multipath TCP operations its connection has seen before it, one bit per subtype.
    pub(super) multipath: u16,
    /// When it was sent, as far as it says so itself.
    pub(super) mark: Mark,
    /// What its timestamps option echoes (TSecr); 0 without one.
    pub(super) echo: u32,
    /// Bytes of options.
    pub(super) options: u8,
    /// Its connection begins with it, and was not announced.
    pub(super) begins: bool,
    /// Its checksum is wrong: its receiver will drop it.
    pub(super) spoiled: bool,
}

impl Arriving {
    /// It takes room in sequence space: data, a SYN or a FIN.
    #[inline]
    pub(super) const fn occupies(&self) -> bool {
        self.len > 0 || self.has(TcpFlags::SYN.union(TcpFlags::FIN))
    }

    /// The number after its last, SYN and FIN counted (as one together, as Wireshark does).
    #[inline]
    pub(super) const fn end(&self) -> u32 {
        let phantom = self.has(TcpFlags::SYN.union(TcpFlags::FIN)) as u32;
        self.seq.wrapping_add(self.len).wrapping_add(phantom)
    }

    /// The number after its last payload byte.
    #[inline]
    pub(super) const fn data_end(&self) -> u32 {
        self.seq.wrapping_add(self.len)
    }

    /// Any of these flags is set.
    #[inline]
    pub(super) const fn has(&self, any: TcpFlags) -> bool {
        self.flags.bits() & any.bits() != 0
    }

    /// None of SYN, FIN and RST is set.
    #[inline]
    pub(super) const fn plain(&self) -> bool {
        !self.has(TcpFlags::SYN.union(TcpFlags::FIN).union(TcpFlags::RST))
    }
}
