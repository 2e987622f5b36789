//! The one notation for packets: flags as words, then `seq= ack= len= win=` and options. Ladder, lines, lesson
//! patterns, failures and packet comments all use it, so that what one of them says can be looked for in another.

use std::fmt::Write as _;

use crate::model::Seq;

use super::decode::{TcpFlags, TcpOption};
use super::follow::Segment;

/// The control bits by their names in RFC 9293 §3.1 (AE: RFC 9768), in the order in which they are written.
const FLAGS: [(TcpFlags, &str); 9] = [
    (TcpFlags::SYN, "SYN"),
    (TcpFlags::FIN, "FIN"),
    (TcpFlags::RST, "RST"),
    (TcpFlags::PSH, "PSH"),
    (TcpFlags::ACK, "ACK"),
    (TcpFlags::URG, "URG"),
    (TcpFlags::ECE, "ECE"),
    (TcpFlags::CWR, "CWR"),
    (TcpFlags::AE, "AE"),
];

/// `SYN ACK`; `-` for a segment without any flag.
#[must_use]
pub fn flags(flags: TcpFlags) -> String {
    let mut out = String::new();
    for (flag, word) in FLAGS {
        if flags.contains(flag) {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
    if out.is_empty() {
        out.push('-');
    }
    out
}

/// The flag of this word; none for any other word.
#[must_use]
pub fn flag(word: &str) -> Option<TcpFlags> {
    FLAGS
        .into_iter()
        .find_map(|(flag, name)| (name == word).then_some(flag))
}

/// `PSH ACK seq=1 ack=1 len=15 win=64256`: flags, relative numbers, payload length (left out when 0), window in
/// bytes with its scale applied. `ack=` only where the ACK flag stands.
#[must_use]
pub fn segment(segment: &Segment) -> String {
    let mut out = flags(segment.flags);
    let _ = write!(out, " seq={}", segment.rel_seq);
    if segment.flags.contains(TcpFlags::ACK) {
        let _ = write!(out, " ack={}", segment.rel_ack);
    }
    if segment.len > 0 {
        let _ = write!(out, " len={}", segment.len);
    }
    let _ = write!(out, " win={}", segment.window);
    out
}

/// One option: `mss=1460`, `ws=10`, `sack-ok`, `ts=100/200`, `sack=1001-2001`; none for padding.
/// `base` is the absolute number that relative acknowledgements are counted from (SACK edges are shown like them).
#[must_use]
pub fn option(option: &TcpOption<'_>, base: Seq) -> Option<String> {
    let out = match *option {
        TcpOption::End | TcpOption::Nop => return None,
        TcpOption::Mss(mss) => format!("mss={mss}"),
        TcpOption::WindowScale(shift) => format!("ws={shift}"),
        TcpOption::SackPermitted => "sack-ok".to_owned(),
        TcpOption::Sack(blocks) => sack(blocks, base),
        TcpOption::Timestamps(value, echo) => format!("ts={value}/{echo}"),
        TcpOption::FastOpen([]) => "tfo=request".to_owned(),
        TcpOption::FastOpen(cookie) => format!("tfo={}", hex(cookie)),
        TcpOption::Mptcp(subtype, _) => format!("mptcp={subtype}"),
        TcpOption::Md5(_) => "md5".to_owned(),
        TcpOption::Ao(_) => "ao".to_owned(),
        TcpOption::UserTimeout(minutes, value) => {
            format!("uto={value}{}", if minutes { "min" } else { "s" })
        }
        TcpOption::Other(kind, _) => format!("opt{kind}"),
        TcpOption::Malformed(kind, _) => format!("opt{kind}=malformed"),
    };
    Some(out)
}

/// `sack=1001-2001,3001-4001`: left edge and first number after each block (RFC 2018 §3).
fn sack(blocks: &[u8], base: Seq) -> String {
    let mut out = "sack=".to_owned();
    let (pairs, _) = blocks.as_chunks::<8>();
    for (at, [a, b, c, d, e, f, g, h]) in pairs.iter().enumerate() {
        let left = Seq(u32::from_be_bytes([*a, *b, *c, *d])).relative_to(base);
        let right = Seq(u32::from_be_bytes([*e, *f, *g, *h])).relative_to(base);
        let _ = write!(out, "{}{left}-{right}", if at == 0 { "" } else { "," });
    }
    out
}

/// `0af3`.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_words_and_back() {
        assert_eq!(flags(TcpFlags::SYN | TcpFlags::ACK), "SYN ACK");
        assert_eq!(flags(TcpFlags::empty()), "-");
        assert_eq!(flag("FIN"), Some(TcpFlags::FIN));
        assert_eq!(flag("fin"), None);
    }

    #[test]
    fn sack_blocks_are_relative_like_acknowledgements() {
        let blocks = [0, 0, 0x0b, 0xb9, 0, 0, 0x0f, 0xa1];
        let said = option(&TcpOption::Sack(&blocks), Seq(2000));
        assert_eq!(said.as_deref(), Some("sack=1001-2001"));
    }
}
