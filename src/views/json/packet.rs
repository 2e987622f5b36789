//! The part of an object that tells of a packet.

use std::net::IpAddr;

use crate::model::Time;
use crate::protocol::decode::{Body, Checksum, Packet, ethertype_name, protocol_name};
use crate::protocol::follow::{Conversation, Followed};

use super::{int, why};

/// Writes one packet as an object without its closing brace, so that more members may follow:
/// `{"number":1,"time":1700000000.000000000,"stream":0,…`.
///
/// - `number` from 1 in file order; `time` in seconds since 1970 with nine decimals
/// - `stream`, `udp_stream`: the TCP connection or the UDP conversation, from 0; `null` where there is none
/// - `src`, `dst`: addresses (IP, else MAC); `sport`, `dport`: ports or `null`
/// - `vlan`: the ids of its tags, outermost first; absent where there is none
/// - `proto`: the innermost protocol that was read
/// - `flags`: words; `seq`, `ack` relative; `seq_abs`, `ack_abs` as they stand; `len`: payload bytes; `window` in bytes, scaled
/// - an ICMP error that quotes a TCP segment has that segment's `flags`, `seq`, `ack` (as they stand) and `stream`
/// - `analysis`: Wireshark's flag names; `dup_ack_num`, `completeness`
/// - `why`, of what is unusual: what made the sender send again (`recovery`: `timeout`, `syn-retry`, `fast-retransmit`,
///   `sack`, `sack-within`, `partial-ack`, `prompted`, `tail-loss-probe`, `window-probe`, `keep-alive`; `tries`), how else it `came` to be here (`copied` by the
///   network or the capture, `late` because it was overtaken, `late-original` behind its own resend, `needless` because its receiver had it
///   already), each with its `evidence` by frames of this file; whether it had been `seen` before (`whole`, `part`, `first`); earlier frames
///   that it shows to have been `needless`, the frame where these bytes were seen `before` and how many
///   microseconds ago (`before_us`), the frame that `answered` them already or that a duplicate repeats, `dup_acks` that
///   asked for them, bytes `missing`, segments `merged` by offload
/// - `checksum`: `right`, `offloaded`, `wrong`, `unchecked`; `problems`: names with offsets
pub fn packet(
    out: &mut Vec<u8>,
    number: u64,
    time: Time,
    packet: &Packet<'_>,
    followed: &Followed,
) {
    out.extend_from_slice(b"{\"number\":");
    int(out, number);
    out.push(b',');
    unnumbered(out, time, packet, followed);
}

/// The members of a packet that has no number in the file, without any brace.
pub(super) fn unnumbered(out: &mut Vec<u8>, time: Time, packet: &Packet<'_>, followed: &Followed) {
    out.extend_from_slice(b"\"time\":");
    seconds(out, time);
    let (tcp, udp) = match followed.conversation {
        Some(Conversation::Tcp(stream)) => (Some(stream), None),
        Some(Conversation::Udp(stream)) => (None, Some(stream)),
        None => (None, None),
    };
    option(out, "stream", tcp);
    option(out, "udp_stream", udp);
    addresses(out, packet, followed);
    vlans(out, packet);
    out.extend_from_slice(b",\"proto\":\"");
    out.extend_from_slice(protocol(packet).as_bytes());
    out.push(b'"');
    segment(out, packet, followed);
    out.extend_from_slice(b",\"checksum\":\"");
    out.extend_from_slice(checksum(followed.checksum).as_bytes());
    out.extend_from_slice(b"\",\"problems\":[");
    for (at, problem) in packet.problems.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
        out.extend_from_slice(problem.name.as_bytes());
        out.push(b'@');
        int(out, problem.offset);
        out.push(b'"');
    }
    out.push(b']');
}

fn segment(out: &mut Vec<u8>, packet: &Packet<'_>, followed: &Followed) {
    let Some(seg) = followed.segment.as_ref().or(followed.quoted.as_deref()) else {
        let len = match packet.body {
            Body::Udp(udp) => Some(udp.len),
            _ => None,
        };
        option(out, "len", len);
        if let Some(same) = followed.same {
            why::of_same(out, same);
        }
        return;
    };
    out.extend_from_slice(b",\"flags\":\"");
    for (at, word) in seg.flags.words().enumerate() {
        if at > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(word.as_bytes());
    }
    out.push(b'"');
    option(out, "seq", Some(seg.rel_seq));
    option(out, "ack", Some(seg.rel_ack));
    option(out, "seq_abs", Some(seg.seq.0));
    option(out, "ack_abs", Some(seg.ack.0));
    option(out, "len", followed.segment.as_ref().map(|seg| seg.len));
    option(out, "window", Some(seg.window));
    out.extend_from_slice(b",\"analysis\":[");
    for (at, name) in seg.analysis.names().enumerate() {
        out.extend_from_slice(if at == 0 { b"\"" } else { b",\"" });
        out.extend_from_slice(name.as_bytes());
        out.push(b'"');
    }
    out.push(b']');
    if !seg.analysis.is_empty() || why::says_something(&seg.why) {
        why::object(out, &seg.why);
    }
    option(
        out,
        "dup_ack_num",
        (seg.dup_ack_num > 0).then_some(seg.dup_ack_num),
    );
    option(out, "completeness", Some(seg.completeness));
}

fn addresses(out: &mut Vec<u8>, packet: &Packet<'_>, followed: &Followed) {
    if let Some(ip) = &packet.ip {
        out.extend_from_slice(b",\"src\":\"");
        address(out, ip.src);
        out.extend_from_slice(b"\",\"dst\":\"");
        address(out, ip.dst);
        out.push(b'"');
    } else if let Some(ether) = &packet.ether {
        out.extend_from_slice(b",\"src\":\"");
        mac(out, ether.src);
        out.extend_from_slice(b"\",\"dst\":\"");
        mac(out, ether.dst);
        out.push(b'"');
    } else {
        out.extend_from_slice(b",\"src\":null,\"dst\":null");
    }
    let ports = followed.ends.or_else(|| packet.endpoints());
    option(out, "sport", ports.map(|(from, _)| from.port));
    option(out, "dport", ports.map(|(_, to)| to.port));
}

/// `,"vlan":[10]`, outermost first; nothing where there is no tag.
fn vlans(out: &mut Vec<u8>, packet: &Packet<'_>) {
    let tags = packet.ether.as_ref().map_or([0; 2], |ether| ether.vlans);
    if tags == [0; 2] {
        return;
    }
    out.extend_from_slice(b",\"vlan\":[");
    for (at, id) in tags.into_iter().filter(|id| *id != 0).enumerate() {
        if at > 0 {
            out.push(b',');
        }
        int(out, id);
    }
    out.push(b']');
}

/// The innermost protocol that was read, by its short name.
fn protocol(packet: &Packet<'_>) -> std::borrow::Cow<'static, str> {
    match packet.body {
        Body::Tcp(_) => "TCP".into(),
        Body::Udp(_) => "UDP".into(),
        Body::Icmp(icmp) if icmp.v6 => "ICMPv6".into(),
        Body::Icmp(_) => "ICMP".into(),
        Body::Arp(_) => "ARP".into(),
        Body::OtherEther(number) => {
            ethertype_name(number).map_or_else(|| format!("0x{number:04x}").into(), Into::into)
        }
        Body::OtherIp(number) => {
            protocol_name(number).map_or_else(|| number.to_string().into(), Into::into)
        }
        Body::Fragment => packet
            .ip
            .and_then(|ip| protocol_name(ip.protocol))
            .map_or("IP".into(), Into::into),
        Body::Unknown => "unknown".into(),
    }
}

const fn checksum(verdict: Checksum) -> &'static str {
    match verdict {
        Checksum::Right => "right",
        Checksum::Offloaded => "offloaded",
        Checksum::Wrong => "wrong",
        Checksum::Unchecked => "unchecked",
    }
}

/// `,"name":5` or `,"name":null`.
pub(super) fn option(out: &mut Vec<u8>, name: &str, value: Option<impl itoa::Integer>) {
    out.extend_from_slice(b",\"");
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    match value {
        Some(value) => int(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

/// Seconds since 1970 with nine decimals, exactly: a float would lose the last digits.
pub(super) fn seconds(out: &mut Vec<u8>, time: Time) {
    let ns = time.ns();
    if ns < 0 {
        out.push(b'-');
    }
    let ns = ns.unsigned_abs();
    int(out, ns / 1_000_000_000);
    out.push(b'.');
    let mut digits = *b"000000000";
    let mut rest = ns % 1_000_000_000;
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&digits);
}

fn address(out: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            for (at, octet) in v4.octets().into_iter().enumerate() {
                if at > 0 {
                    out.push(b'.');
                }
                int(out, octet);
            }
        }
        IpAddr::V6(v6) => {
            use std::io::Write as _;
            let _ = write!(out, "{v6}");
        }
    }
}

fn mac(out: &mut Vec<u8>, mac: [u8; 6]) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for (at, byte) in mac.into_iter().enumerate() {
        if at > 0 {
            out.push(b':');
        }
        out.push(HEX[usize::from(byte >> 4)]);
        out.push(HEX[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact() {
        let mut out = Vec::new();
        seconds(&mut out, Time::from_ns(1_700_000_000_000_000_042));
        assert_eq!(out, b"1700000000.000000042");
        out.clear();
        seconds(&mut out, Time::from_ns(-5));
        assert_eq!(out, b"-0.000000005");
    }
}
