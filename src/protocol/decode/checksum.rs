//! The Internet checksum (RFC 1071), with a verdict.
//!
//! A capture on the sending host shows segments before the interface has filled in the checksum: the field
//! then holds the pseudo-header's sum alone (Linux's CHECKSUM_PARTIAL). That is no error, so it has a verdict of its own.

use std::net::IpAddr;

use etherparse::IpNumber;

use super::packet::{Body, Checksum, Ip, Packet};
use crate::model::number::count32;

/// The verdict on the checksum of what the innermost IP header carries: TCP, UDP, ICMP or ICMPv6.
///
/// [`Checksum::Unchecked`] where it cannot be told: the payload is not wholly captured, or is a fragment,
/// or the sender left it out (UDP over IPv4, RFC 768). UDP over IPv6 must have one (RFC 8200 §8.1).
#[must_use]
pub fn checksum(packet: &Packet<'_>) -> Checksum {
    summed(packet).0
}

/// The same, and for a TCP segment the sum of all that was captured of it but for its checksum field: what two packets have in
/// common when they are copies.
#[must_use]
pub fn summed(packet: &Packet<'_>) -> (Checksum, u16) {
    let Some(ip) = &packet.ip else {
        return (Checksum::Unchecked, 0);
    };
    if ip.fragment.is_some() || ip.payload.len() != ip.payload_len as usize {
        let content = match &packet.body {
            Body::Tcp(tcp) => fold(sum(ip.payload) + u64::from(!tcp.checksum)),
            _ => 0,
        };
        return (Checksum::Unchecked, content);
    }
    let (field, covered, protocol) = match &packet.body {
        Body::Tcp(tcp) if usize::from(tcp.header_len) <= ip.payload.len() => {
            (tcp.checksum, ip.payload, IpNumber::TCP)
        }
        Body::Udp(udp) => {
            let Some(covered) = ip.payload.get(..udp.len as usize + 8) else {
                return (Checksum::Unchecked, 0);
            };
            if udp.checksum == 0 && ip.src.is_ipv4() {
                return (Checksum::Unchecked, 0);
            }
            (udp.checksum, covered, IpNumber::UDP)
        }
        Body::Icmp(icmp) if icmp.v6 => (icmp.checksum, ip.payload, IpNumber::IPV6_ICMP),
        Body::Icmp(_) => return (whole(fold(sum(ip.payload))), 0),
        _ => return (Checksum::Unchecked, 0),
    };
    let addresses = addresses(ip.src, final_destination(ip));
    judged(addresses, protocol, covered, field, || without_length(ip))
}

/// The verdict on the checksum field of what TCP or UDP puts into a packet between these [`addresses`], and the sum of all of that but
/// for the field. What the field would be without a length is asked for where it is neither right nor offloaded.
#[inline]
pub(super) fn judged(
    addresses: u64,
    protocol: IpNumber,
    covered: &[u8],
    field: u16,
    without_length: impl FnOnce() -> bool,
) -> (Checksum, u16) {
    let bare = addresses + u64::from(protocol.0);
    let pseudo = bare + u64::from(count32(covered.len()));
    let sum = sum(covered);
    let verdict = if fold(pseudo + sum) == 0xffff {
        Checksum::Right
    } else if field == fold(pseudo) || (without_length() && field == fold(bare)) {
        Checksum::Offloaded
    } else {
        Checksum::Wrong
    };
    (verdict, fold(sum + u64::from(!field)))
}

/// Its header has a length of 0: the interface will cut what is in it into segments, and its sum holds no length either.
fn without_length(ip: &Ip<'_>) -> bool {
    let length = if ip.src.is_ipv4() { 2..4 } else { 4..6 };
    ip.header.get(length) == Some(&[0, 0])
}

/// The verdict on the IPv4 header's checksum; `Unchecked` for IPv6, which has none, and for a header that is not whole.
/// A field of 0 is taken for offload: no header that was summed has it, but one captured before segmentation does.
#[must_use]
pub fn ip_checksum(ip: &Ip<'_>) -> Checksum {
    let header_len = ip.header.first().map_or(0, |b| usize::from(b & 0x0f) * 4);
    match ip.header.get(..header_len) {
        Some(header) if ip.src.is_ipv4() && header_len >= 20 => match fold(sum(header)) {
            0xffff => Checksum::Right,
            _ if header[10..12] == [0, 0] => Checksum::Offloaded,
            _ => Checksum::Wrong,
        },
        _ => Checksum::Unchecked,
    }
}

/// The Internet checksum (RFC 1071) of parts that each begin at an even offset, as it is written into a field that held 0 when it was computed.
#[must_use]
pub fn internet_checksum(parts: &[&[u8]]) -> u16 {
    !fold(parts.iter().map(|part| sum(part)).sum())
}

fn whole(sum: u16) -> Checksum {
    if sum == 0xffff {
        Checksum::Right
    } else {
        Checksum::Wrong
    }
}

/// What the addresses add to the pseudo-header's sum (RFC 9293 §3.1, RFC 8200 §8.1), not complemented.
#[inline]
pub(super) const fn addresses(src: IpAddr, dst: IpAddr) -> u64 {
    match (src, dst) {
        (IpAddr::V4(src), IpAddr::V4(dst)) => src.to_bits() as u64 + dst.to_bits() as u64,
        (IpAddr::V6(src), IpAddr::V6(dst)) => halves(src.to_bits()) + halves(dst.to_bits()),
        _ => 0,
    }
}

/// The 32-bit parts of an address, added: as good as its 16-bit words, once folded.
#[inline]
const fn halves(address: u128) -> u64 {
    let (high, low) = (
        (address >> 64) as u64,
        (address & 0xffff_ffff_ffff_ffff) as u64,
    );
    (high >> 32) + (high & 0xffff_ffff) + (low >> 32) + (low & 0xffff_ffff)
}

/// Where an IPv6 packet with a routing header will end: the last address of its list while segments are left (RFC 8200
/// §8.1). Types 0 (RFC 2460) and 2 (RFC 6275) hold the list in order, type 4 (RFC 8754) backwards.
#[inline]
fn final_destination(ip: &Ip<'_>) -> IpAddr {
    if ip.header.len() <= 40 || ip.dst.is_ipv4() {
        return ip.dst;
    }
    routed(ip.header).map_or(ip.dst, |address| IpAddr::V6(address.into()))
}

fn routed(header: &[u8]) -> Option<[u8; 16]> {
    let mut next = header[6];
    let mut rest = &header[40..];
    loop {
        let len = match next {
            44 => 8,
            51 => (usize::from(*rest.get(1)?) + 2) * 4,
            0 | 43 | 60 | 135 | 139 | 140 => (usize::from(*rest.get(1)?) + 1) * 8,
            _ => return None,
        };
        let extension = rest.get(..len)?;
        if next == 43 && extension[3] > 0 {
            let address = match extension[2] {
                0 | 2 => extension.last_chunk::<16>(),
                4 => extension.get(8..)?.first_chunk::<16>(),
                _ => None,
            };
            return address.copied();
        }
        next = extension[0];
        rest = &rest[len..];
    }
}

/// How many 16-bit words 32 bits can add up.
const WORDS: usize = 1 << 16;

/// From so many bytes on, lanes pay.
const MANY: usize = 192;

/// Sum of 16-bit words, not yet folded. Bytes are added some at a time in their native order; the sum of swapped words is the
/// swapped sum (RFC 1071 §2 (B)), so that swapping once at the end is enough.
#[inline]
pub(super) fn sum(bytes: &[u8]) -> u64 {
    let (mut total, rest) = if bytes.len() < MANY {
        sum_few(bytes)
    } else {
        let (blocks, rest) = bytes.as_chunks::<32>();
        (blocks.chunks(WORDS).map(sum_blocks).sum(), rest)
    };
    let (words, rest) = rest.as_chunks::<4>();
    for word in words {
        total += u64::from(u32::from_ne_bytes(*word));
    }
    let last = match *rest {
        [a, b, c] => [a, b, c, 0],
        [a, b] => [a, b, 0, 0],
        [a] => [a, 0, 0, 0],
        _ => [0; 4],
    };
    total += u64::from(u32::from_ne_bytes(last));
    u64::from(u16::from_be(fold(total)))
}

/// Sum of eight bytes at a time, each carry added where it belongs in the next word; and the bytes that are left.
#[inline]
fn sum_few(bytes: &[u8]) -> (u64, &[u8]) {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut total = 0_u64;
    for word in words {
        let (sum, carry) = total.overflowing_add(u64::from_ne_bytes(*word));
        total = sum + u64::from(carry);
    }
    ((total & 0xffff_ffff) + (total >> 32), rest)
}

/// Sum of no more than [`WORDS`] blocks, in eight lanes, which compilers turn into vector instructions. The upper halves of the words
/// are added apart; what is left of the whole words' sum, which may wrap, are then the lower halves: that is less work than to split
/// each word.
#[inline]
fn sum_blocks(blocks: &[[u8; 32]]) -> u64 {
    let (mut wrapped, mut upper) = ([0_u32; 8], [0_u32; 8]);
    for block in blocks {
        let (words, _) = block.as_chunks::<4>();
        for ((wrapped, upper), word) in wrapped.iter_mut().zip(&mut upper).zip(words) {
            let word = u32::from_ne_bytes(*word);
            *wrapped = wrapped.wrapping_add(word);
            *upper += word >> 16;
        }
    }
    let lower = |(wrapped, upper): (u32, u32)| wrapped.wrapping_sub(upper << 16);
    let halves = |both: (u32, u32)| u64::from(lower(both)) + u64::from(both.1);
    wrapped.into_iter().zip(upper).map(halves).sum()
}

/// Folds a sum to 16 bits with end-around carry: of both halves' sum the upper half has the lower one's carry.
#[inline]
pub(super) const fn fold(sum: u64) -> u16 {
    let sum = sum.wrapping_add(sum.rotate_left(32)) >> 32;
    let sum = (sum & 0xffff_ffff) as u32;
    (sum.wrapping_add(sum.rotate_left(16)) >> 16) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word_by_word(bytes: &[u8]) -> u16 {
        let words = bytes
            .chunks(2)
            .map(|word| u64::from(word[0]) << 8 | word.get(1).map_or(0, |low| u64::from(*low)));
        fold(words.sum())
    }

    #[test]
    fn sums_are_those_of_words_one_by_one() {
        let bytes: Vec<u8> = (0..300_u32).map(|n| ((n * n * 31) >> 3) as u8).collect();
        for len in 0..bytes.len() {
            let bytes = &bytes[len / 7..len];
            assert_eq!(fold(sum(bytes)), word_by_word(bytes), "{len} bytes");
        }
        // More than the lanes can hold at once.
        let full = vec![0xff; 32 * WORDS + 35];
        assert_eq!(fold(sum(&full)), word_by_word(&full));
    }
}
