//! TCP options, walked where they stand (RFC 9293 §3.1, §3.2).
//!
//! etherparse's own iterator knows five kinds and ends at the first other one; here every kind is given.

use super::packet::{Tcp, TcpOption};
use crate::model::Seq;

/// Options that nearly every segment has: none, or two NOPs and timestamps (RFC 7323 appendix A).
#[inline]
pub(super) fn ordinary(options: &[u8]) -> bool {
    options.is_empty() || (options.len() == 12 && options[..4] == [1, 1, 8, 10])
}

/// The options of a segment, one after the other. Ends after an end-of-options or a malformed one.
#[derive(Clone, Debug)]
pub struct TcpOptions<'a> {
    rest: &'a [u8],
}

impl<'a> TcpOptions<'a> {
    /// Over the option bytes of a header.
    #[must_use]
    pub const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for TcpOptions<'a> {
    type Item = TcpOption<'a>;

    fn next(&mut self) -> Option<TcpOption<'a>> {
        let (&kind, after) = self.rest.split_first()?;
        match kind {
            0 => {
                self.rest = &[];
                return Some(TcpOption::End);
            }
            1 => {
                self.rest = after;
                return Some(TcpOption::Nop);
            }
            _ => {}
        }
        let claims = after.first().copied().unwrap_or(0);
        let Some(body) = self.rest.get(2..usize::from(claims)) else {
            self.rest = &[];
            return Some(TcpOption::Malformed(kind, claims));
        };
        self.rest = &self.rest[usize::from(claims)..];
        Some(option(kind, body))
    }
}

/// The option of this kind; one of a known kind whose length is not that kind's is told by number.
fn option(kind: u8, body: &[u8]) -> TcpOption<'_> {
    match (kind, body) {
        (2, &[a, b]) => TcpOption::Mss(u16::from_be_bytes([a, b])),
        (3, &[shift]) => TcpOption::WindowScale(shift),
        (4, []) => TcpOption::SackPermitted,
        (5, blocks) if !blocks.is_empty() && blocks.len() % 8 == 0 => TcpOption::Sack(blocks),
        (8, both) if both.len() == 8 => {
            let (value, echo) = words(both).unwrap_or_default();
            TcpOption::Timestamps(value, echo)
        }
        (19, digest) if digest.len() == 16 => TcpOption::Md5(digest),
        (28, &[a, b]) => TcpOption::UserTimeout(a & 0x80 != 0, u16::from_be_bytes([a & 0x7f, b])),
        (29, body) if body.len() >= 2 => TcpOption::Ao(body),
        (30, [first, ..]) => TcpOption::Mptcp(first >> 4, body),
        (172 | 174, counters) if counters.len() <= 9 && counters.len() % 3 == 0 => {
            TcpOption::AccurateEcn(kind == 174, counters)
        }
        // The second is RFC 6994's shared experimental kind with Fast Open's magic number, as deployed before RFC 7413.
        (34, cookie) | (254, [0xf9, 0x89, cookie @ ..]) => TcpOption::FastOpen(cookie),
        _ => TcpOption::Other(kind, body),
    }
}

/// The first two 32-bit words of these bytes.
#[inline]
fn words(bytes: &[u8]) -> Option<(u32, u32)> {
    let (first, rest) = bytes.split_first_chunk::<4>()?;
    let second = rest.first_chunk::<4>()?;
    Some((u32::from_be_bytes(*first), u32::from_be_bytes(*second)))
}

/// The blocks of a SACK option: (left edge, right edge), RFC 2018 §3.
#[derive(Clone, Debug)]
pub struct SackBlocks<'a> {
    rest: &'a [u8],
}

impl<'a> SackBlocks<'a> {
    /// Over a SACK option's body.
    #[must_use]
    pub const fn new(body: &'a [u8]) -> Self {
        Self { rest: body }
    }
}

impl Iterator for SackBlocks<'_> {
    type Item = (Seq, Seq);

    fn next(&mut self) -> Option<(Seq, Seq)> {
        let (block, rest) = self.rest.split_first_chunk::<8>()?;
        self.rest = rest;
        let (left, right) = words(block)?;
        Some((Seq(left), Seq(right)))
    }
}

/// The options that count beyond their own segment, nearly all of them a SYN's, read in one go; of several of a kind the first.
#[derive(Clone, Copy, Debug, Default)]
pub struct SynOptions {
    /// The maximum segment size that its sender takes, in bytes.
    pub mss: Option<u16>,
    /// Window scale: above 14 counts as 14 (RFC 7323 §2.3).
    pub scale: Option<u8>,
    /// Selective acknowledgements may be sent to it.
    pub sack_permitted: bool,
    /// Multipath TCP operations, one bit per subtype.
    pub multipath: u16,
}

impl SynOptions {
    /// Those of this segment.
    #[must_use]
    pub fn of(tcp: &Tcp<'_>) -> Self {
        let mut found = Self::default();
        for option in tcp.options() {
            match option {
                TcpOption::Mss(mss) => {
                    found.mss.get_or_insert(mss);
                }
                TcpOption::WindowScale(shift) => {
                    found.scale.get_or_insert(shift.min(14));
                }
                TcpOption::SackPermitted => found.sack_permitted = true,
                TcpOption::Mptcp(subtype, _) => found.multipath |= 1 << subtype,
                _ => {}
            }
        }
        found
    }
}

impl<'a> Tcp<'a> {
    /// Its options, walked as they are asked for.
    #[must_use]
    pub const fn options(&self) -> TcpOptions<'a> {
        TcpOptions::new(self.options)
    }

    /// It has no options but the timestamps that nearly every segment has.
    #[inline]
    #[must_use]
    pub fn has_ordinary_options(&self) -> bool {
        ordinary(self.options)
    }

    /// The maximum segment size that it announces.
    #[must_use]
    pub fn mss(&self) -> Option<u16> {
        self.options().find_map(|option| match option {
            TcpOption::Mss(mss) => Some(mss),
            _ => None,
        })
    }

    /// The window scale that it announces, as it stands (a shift above 14 counts as 14, RFC 7323 §2.3).
    #[must_use]
    pub fn window_scale(&self) -> Option<u8> {
        self.options().find_map(|option| match option {
            TcpOption::WindowScale(shift) => Some(shift),
            _ => None,
        })
    }

    /// It permits selective acknowledgements.
    #[must_use]
    pub fn sack_permitted(&self) -> bool {
        self.options()
            .any(|option| option == TcpOption::SackPermitted)
    }

    /// Its timestamps (TSval, TSecr).
    #[inline]
    #[must_use]
    pub fn timestamps(&self) -> Option<(u32, u32)> {
        if let Some([1, 1, 8, 10, both @ ..]) = self.options.first_chunk::<12>() {
            return words(both);
        }
        self.options().find_map(|option| match option {
            TcpOption::Timestamps(value, echo) => Some((value, echo)),
            _ => None,
        })
    }

    /// What it acknowledges selectively; the first block may be a [D-SACK](Self::dsack).
    #[must_use]
    pub fn sack_blocks(&self) -> SackBlocks<'a> {
        let body = self.options().find_map(|option| match option {
            TcpOption::Sack(body) => Some(body),
            _ => None,
        });
        SackBlocks::new(body.unwrap_or_default())
    }

    /// What it says has come twice: its first SACK block, when that lies below the acknowledgement, or inside the second
    /// (RFC 2883 §4).
    #[must_use]
    pub fn dsack(&self) -> Option<(Seq, Seq)> {
        let mut blocks = self.sack_blocks();
        let (left, right) = blocks.next()?;
        let below = right.up_to(self.ack);
        let inside = blocks
            .next()
            .is_some_and(|(from, to)| from.up_to(left) && right.up_to(to));
        (below || inside).then_some((left, right))
    }
}
