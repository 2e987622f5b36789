//! How much of a connection was seen, as Wireshark counts it (User's Guide §7.5).

use crate::protocol::decode::TcpFlags;

use super::incoming::IncomingSegment;

/// A connection's first SYN.
pub(super) const SYN: u8 = 1;
const SYN_ACK: u8 = 2;
const ACK: u8 = 4;
const DATA: u8 = 8;
const FIN: u8 = 16;
const RST: u8 = 32;

const BOTH: TcpFlags = TcpFlags::SYN.union(TcpFlags::ACK);

/// Completeness after this segment. Only a SYN that begins a connection counts as its SYN.
#[inline]
pub(super) fn grown(before: u8, segment: &IncomingSegment) -> u8 {
    let mut now = before;
    let syn_ack = segment.flags & BOTH;
    if segment.begins {
        if syn_ack == TcpFlags::SYN {
            now |= SYN;
            if segment.len > 0 {
                now |= DATA;
            }
        }
        return now;
    }
    if syn_ack == BOTH {
        now |= SYN_ACK;
    } else if syn_ack == TcpFlags::ACK {
        now |= if segment.len > 0 { DATA } else { ACK };
    }
    if segment.flags.contains(TcpFlags::FIN.union(TcpFlags::ACK)) {
        now |= FIN;
    }
    if segment.has(TcpFlags::RST) {
        now |= RST;
    }
    now
}
