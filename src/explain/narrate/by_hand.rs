//! A segment that a program made itself and sent through a raw socket: how its checksum comes about, and why
//! the kernel answers what comes back with a RST.

use crate::model::HostId;
use crate::protocol::decode::{Body, Ip};
use crate::text::Message;

use super::{Narrator, Note, NoteKind, Transit, spelt};

/// Where the checksum stands in a TCP header (RFC 9293 §3.1).
const CHECKSUM_AT: usize = 16;

impl Narrator {
    /// A segment left: notes for one that a send call on a raw socket handed over as it is. True if it was one.
    pub(super) fn made_by_hand(
        &self,
        from: Option<HostId>,
        transit: &Transit,
        notes: &mut Vec<Note>,
    ) -> bool {
        let packet = transit.frame.packet();
        let (Body::Tcp(_), Some(ip), Some(host)) = (&packet.body, &packet.ip, from) else {
            return false;
        };
        let Some(call) = self.sockets.handed_over(host, ip.payload) else {
            return false;
        };
        let why = Message::new("note-by-hand").text("call", spelt(call.name));
        notes.push(Note::new(NoteKind::Why, why));
        notes.push(Note::new(NoteKind::Why, checksum_steps(ip)).rfc(9293, "3.1"));
        true
    }
}

/// The checksum as one would work it out on paper.
fn checksum_steps(ip: &Ip<'_>) -> Message {
    let mut header = ip.payload.to_vec();
    let field = header.get_mut(CHECKSUM_AT..CHECKSUM_AT + 2);
    field.into_iter().for_each(|field| field.fill(0));
    let (pseudo, header) = (pseudo_header(ip), words(&header));
    let sums =
        [&pseudo, &header].map(|words| words.iter().map(|word| u32::from(*word)).sum::<u32>());
    let total = sums[0] + sums[1];
    let folded = (total & 0xffff) + (total >> 16);
    let complement = !((folded & 0xffff) as u16 + (folded >> 16) as u16);
    Message::new("note-checksum-steps")
        .text("pseudo", written(&pseudo))
        .text("first", format!("{:x}", sums[0]))
        .text("header", written(&header))
        .text("second", format!("{:x}", sums[1]))
        .text("total", format!("{total:x}"))
        .text("folded", format!("{folded:04x}"))
        .text("complement", format!("{complement:04x}"))
}

/// The pseudo-header in words of 16 bits: both addresses, protocol, length (RFC 9293 §3.1; RFC 8200 §8.1).
fn pseudo_header(ip: &Ip<'_>) -> Vec<u16> {
    let octets = |addr| match addr {
        std::net::IpAddr::V4(addr) => addr.octets().to_vec(),
        std::net::IpAddr::V6(addr) => addr.octets().to_vec(),
    };
    let tcp = 6;
    let mut all = words(&octets(ip.src));
    all.extend(words(&octets(ip.dst)));
    all.extend([tcp, u16::try_from(ip.payload.len() & 0xffff).unwrap_or(0)]);
    all
}

/// 16-bit words in network order; an odd byte at the end counts as if a zero followed.
fn words(bytes: &[u8]) -> Vec<u16> {
    bytes
        .chunks(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair.get(1).copied().unwrap_or(0)]))
        .collect()
}

fn written(words: &[u16]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("{word:04x}")).collect();
    words.join(" + ")
}
