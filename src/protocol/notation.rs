//! The one notation for packets: flags as words, then `seq= ack= len= win=` and options. Ladder, lines, lesson
//! patterns, failures and packet comments all use it, so that what one of them says can be looked for in another.
//! The flags' words are [`TcpFlags`]'s own.

use std::fmt::Write as _;

use crate::model::Seq;

use super::decode::{SackBlocks, TcpFlags, TcpOption, tcp_option_name};
use super::follow::Segment;

/// `PSH ACK seq=1 ack=1 len=15 win=64256`: flags, relative numbers, payload length (left out when 0), window in
/// bytes with its scale applied. `ack=` only where the ACK flag stands.
#[must_use]
pub fn segment(segment: &Segment) -> String {
    let mut out = segment.flags.to_string();
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
        TcpOption::Other(kind, _) => name(kind),
        TcpOption::Malformed(kind, _) => format!("{}=malformed", name(kind)),
    };
    Some(out)
}

/// `sack=1001-2001,3001-4001`: left edge and first number after each block (RFC 2018 §3).
fn sack(blocks: &[u8], base: Seq) -> String {
    let mut out = "sack=".to_owned();
    for (at, (left, right)) in SackBlocks::new(blocks).enumerate() {
        let comma = if at == 0 { "" } else { "," };
        let (left, right) = (left.relative_to(base), right.relative_to(base));
        let _ = write!(out, "{comma}{left}-{right}");
    }
    out
}

/// An option's name in lower case, or `opt77`.
fn name(kind: u8) -> String {
    tcp_option_name(kind).map_or_else(|| format!("opt{kind}"), str::to_lowercase)
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
    fn sack_blocks_are_relative_like_acknowledgements() {
        let blocks = [0, 0, 0x0b, 0xb9, 0, 0, 0x0f, 0xa1];
        let said = option(&TcpOption::Sack(&blocks), Seq(2000));
        assert_eq!(said.as_deref(), Some("sack=1001-2001"));
    }
}
