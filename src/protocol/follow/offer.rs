//! What a segment's options offer for those after it, read in one go.

use crate::protocol::decode::{Tcp, TcpOption};

/// The options that count beyond their own segment; of several of a kind the first.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Offer {
    pub(super) mss: Option<u16>,
    /// Window scale: above 14 counts as 14 (RFC 7323 §2.3).
    pub(super) scale: Option<u8>,
    pub(super) sack_permitted: bool,
    /// Multipath TCP operations, one bit per subtype.
    pub(super) multipath: u16,
}

impl Offer {
    pub(super) fn of(tcp: &Tcp<'_>) -> Self {
        let mut offer = Self::default();
        for option in tcp.options() {
            match option {
                TcpOption::Mss(mss) => {
                    offer.mss.get_or_insert(mss);
                }
                TcpOption::WindowScale(shift) => {
                    offer.scale.get_or_insert(shift.min(14));
                }
                TcpOption::SackPermitted => offer.sack_permitted = true,
                TcpOption::Mptcp(subtype, _) => offer.multipath |= 1 << subtype,
                _ => {}
            }
        }
        offer
    }
}
