//! Which bit a rule may flip.
//!
//! TCP and UDP: one bit of the payload, or of the checksum field where there is no payload. ICMP: one bit
//! behind its first eight bytes, or of its checksum. All of these are covered by the protocol's own checksum, so
//! the receiver's kernel finds it (and counts it: `Tcp: InCsumErrors`, `Udp: InCsumErrors`, `Icmp:
//! InCsumErrors` in /proc/net/snmp). Nothing else is touched: the headers stay true, so the frame reaches the
//! stack that is to find the fault. ARP and unknown protocols have no checksum and are left alone, and so is
//! a UDP datagram without one.

use crate::model::number::count32;
use crate::protocol::decode::{Body, Packet};

/// The offset in the frame and the mask of the bit to flip, drawn by `draw`.
pub fn flip(frame: &[u8], draw: u64) -> Option<(u32, u8)> {
    let packet = Packet::of_ethernet(frame);
    let ip = packet.ip?;
    let transport = inside(frame, ip.payload)?;
    let (checksum_at, payload) = match packet.body {
        Body::Tcp(tcp) => (transport + 16, tcp.payload),
        Body::Udp(udp) if udp.checksum == 0 => return None,
        Body::Udp(udp) => (transport + 6, udp.payload),
        Body::Icmp(icmp) => (transport + 2, icmp.payload),
        _ => return None,
    };
    let (start, len) = match inside(frame, payload) {
        Some(start) if !payload.is_empty() => (start, payload.len()),
        _ => (checksum_at, 2),
    };
    let offset = start + (draw >> 3) as usize % len;
    (offset < frame.len()).then_some((count32(offset), 1 << (draw & 7)))
}

/// Where `part` begins in `whole`, when it is a part of it.
fn inside(whole: &[u8], part: &[u8]) -> Option<usize> {
    let offset = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize)?;
    (offset + part.len() <= whole.len()).then_some(offset)
}
