//! Kernel filters of the sniffers, in classic BPF (Documentation/networking/filter.rst).
//!
//! A small assembler: tests that jump to `Keep` or `Drop` or go on, so that no jump is counted by hand.

use std::net::IpAddr;

use socket2::SockFilter;

use crate::model::Endpoint;
use crate::observe::sys::packet_socket::PROBE as PROBE_ETHERTYPE;

/// Most bytes of a frame that a filter keeps: all of it.
const WHOLE: u32 = 0x0004_0000;

const ETHERTYPE: u32 = 12;
const IPV4: u32 = 0x0800;
const IPV6: u32 = 0x86dd;
/// Where the IP header begins.
const IP: u32 = 14;
/// Where what follows an IPv6 header without extensions begins.
const AFTER_IPV6: u32 = IP + 40;

const IGMP: u32 = 2;
const TCP: u32 = 6;
const UDP: u32 = 17;
const ICMP: u32 = 1;
const ICMPV6: u32 = 58;

/// One instruction, of those that the filters need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    /// A := byte, half-word or word at an offset.
    Load(u8, u32),
    /// The same at X plus an offset.
    LoadX(u8, u32),
    /// X := four times the low nibble of the byte at an offset: the length of an IPv4 header.
    HeaderLen(u32),
    /// A := A & k.
    And(u32),
    /// Goes to a label when A equals k, else on.
    If(u32, Label),
    /// Goes on when A equals k, else to a label.
    Unless(u32, Label),
    /// Names the place.
    Here(Label),
    /// Ends: keeps the frame or drops it.
    Keep,
    Drop,
}

type Label = u8;

/// What a host's sniffer in the lab takes: everything but the link noise that a kernel makes by itself and that no
/// setting switches off: router solicitations, and the membership reports of both IP versions (IGMP, multicast listener
/// discovery), which come at random times and which nobody here listens to: the wire's switch floods groups.
#[must_use]
pub fn lab() -> Vec<SockFilter> {
    assemble(&lab_ops())
}

/// What a sniffer on a loopback that others use too takes: TCP and UDP to and from one endpoint (the server's),
/// and ICMP errors that quote a packet to it.
#[must_use]
pub fn endpoint(server: Endpoint) -> Vec<SockFilter> {
    assemble(&endpoint_ops(server))
}

fn lab_ops() -> Vec<Op> {
    use Op::{Drop, Here, If, Keep, Load, Unless};
    const KEEP: Label = 0;
    const DROP: Label = 1;
    const HOP_BY_HOP: Label = 2;
    const OVER_IPV4: Label = 3;
    let mut ops = vec![
        Load(2, ETHERTYPE),
        If(IPV4, OVER_IPV4),
        Unless(IPV6, KEEP),
        Load(1, IP + 6),
        If(0, HOP_BY_HOP),
        Unless(ICMPV6, KEEP),
        Load(1, AFTER_IPV6),
        // Router solicitation and advertisement (RFC 4861 §4.1, §4.2).
        If(133, DROP),
        If(134, DROP),
        Keep,
        Here(OVER_IPV4),
        Load(1, IP + 9),
        If(IGMP, DROP),
        Keep,
        // Multicast listener discovery travels behind a hop-by-hop header (RFC 3810 §5).
        Here(HOP_BY_HOP),
        Load(1, AFTER_IPV6),
        Unless(ICMPV6, KEEP),
        Load(1, AFTER_IPV6 + 8),
    ];
    ops.extend([130, 131, 132, 143].map(|kind| If(kind, DROP)));
    ops.extend([Here(KEEP), Keep, Here(DROP), Drop]);
    ops
}

fn endpoint_ops(server: Endpoint) -> Vec<Op> {
    use Op::{Drop, Here, If, Keep, Load, Unless};
    const KEEP: Label = 0;
    const DROP: Label = 1;
    let mut ops = vec![Load(2, ETHERTYPE), If(u32::from(PROBE_ETHERTYPE), KEEP)];
    match server.addr {
        IpAddr::V4(addr) => {
            ops.push(Unless(IPV4, DROP));
            ops.extend(endpoint_v4(u32::from(addr), server.port, KEEP, DROP));
        }
        IpAddr::V6(addr) => {
            ops.push(Unless(IPV6, DROP));
            ops.extend(endpoint_v6(&addr.octets(), server.port, KEEP, DROP));
        }
    }
    ops.extend([Here(DROP), Drop, Here(KEEP), Keep]);
    ops
}

fn endpoint_v4(addr: u32, port: u16, keep: Label, drop: Label) -> Vec<Op> {
    use Op::{And, HeaderLen, Here, If, Load, LoadX, Unless};
    const PORTS: Label = 10;
    const TO: Label = 11;
    let port = u32::from(port);
    vec![
        // A later fragment has no ports.
        Load(2, IP + 6),
        And(0x1fff),
        Unless(0, drop),
        HeaderLen(IP),
        Load(1, IP + 9),
        If(TCP, PORTS),
        If(UDP, PORTS),
        Unless(ICMP, drop),
        // "Destination unreachable", quoting a packet to the endpoint (RFC 792).
        LoadX(1, IP),
        Unless(3, drop),
        LoadX(4, IP + 8 + 16),
        Unless(addr, drop),
        LoadX(2, IP + 8 + 20 + 2),
        If(port, keep),
        Unless(port, drop),
        Here(PORTS),
        Load(4, IP + 12),
        Unless(addr, TO),
        LoadX(2, IP),
        If(port, keep),
        Here(TO),
        Load(4, IP + 16),
        Unless(addr, drop),
        LoadX(2, IP + 2),
        If(port, keep),
    ]
}

fn endpoint_v6(addr: &[u8; 16], port: u16, keep: Label, drop: Label) -> Vec<Op> {
    use Op::{Here, If, Load, Unless};
    const PORTS: Label = 10;
    const TO: Label = 11;
    let port = u32::from(port);
    // The four words of an address at an offset, each tested.
    let is_addr = |at: u32, otherwise: Label| {
        (0..4u32)
            .zip(addr.chunks_exact(4))
            .flat_map(move |(word, bytes)| {
                let word_value = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
                [Load(4, at + 4 * word), Unless(word_value, otherwise)]
            })
    };
    let mut ops = vec![
        Load(1, IP + 6),
        If(TCP, PORTS),
        If(UDP, PORTS),
        Unless(ICMPV6, drop),
        // "Destination unreachable", quoting a packet to the endpoint (RFC 4443 §3.1).
        Load(1, AFTER_IPV6),
        Unless(1, drop),
    ];
    ops.extend(is_addr(AFTER_IPV6 + 8 + 24, drop));
    ops.extend([
        Load(2, AFTER_IPV6 + 8 + 40 + 2),
        If(port, keep),
        Unless(port, drop),
        Here(PORTS),
    ]);
    ops.extend(is_addr(IP + 8, TO));
    ops.extend([Load(2, AFTER_IPV6), If(port, keep), Here(TO)]);
    ops.extend(is_addr(IP + 24, drop));
    ops.extend([Load(2, AFTER_IPV6 + 2), If(port, keep)]);
    ops
}

/// Where a label stands, counted in instructions (a label is none).
fn place(ops: &[Op], label: Label) -> usize {
    let at = ops.iter().position(|op| *op == Op::Here(label));
    let at = at.expect("invariant: every label that is jumped to stands in the program");
    ops[..at]
        .iter()
        .filter(|op| !matches!(op, Op::Here(_)))
        .count()
}

/// An instruction as the kernel takes it: code, jump if true, jump if false, k.
fn encode(ops: &[Op]) -> Vec<(u16, u8, u8, u32)> {
    let mut done = Vec::new();
    for op in ops {
        let jump = |label: Label| {
            let distance = place(ops, label).checked_sub(done.len() + 1);
            u8::try_from(distance.expect("invariant: jumps go forward"))
                .expect("invariant: programs are short")
        };
        // Codes of linux/bpf_common.h: BPF_LD|BPF_W|H|B|BPF_ABS or IND, BPF_LDX|BPF_B|BPF_MSH,
        // BPF_ALU|BPF_AND|BPF_K, BPF_JMP|BPF_JEQ|BPF_K, BPF_RET|BPF_K.
        let size = |bytes: u8| match bytes {
            1 => 0x10,
            2 => 0x08,
            _ => 0x00,
        };
        done.push(match *op {
            Op::Load(bytes, at) => (0x20 | size(bytes), 0, 0, at),
            Op::LoadX(bytes, at) => (0x40 | size(bytes), 0, 0, at),
            Op::HeaderLen(at) => (0xb1, 0, 0, at),
            Op::And(k) => (0x54, 0, 0, k),
            Op::If(k, label) => (0x15, jump(label), 0, k),
            Op::Unless(k, label) => (0x15, 0, jump(label), k),
            Op::Keep => (0x06, 0, 0, WHOLE),
            Op::Drop => (0x06, 0, 0, 0),
            Op::Here(_) => continue,
        });
    }
    done
}

fn assemble(ops: &[Op]) -> Vec<SockFilter> {
    encode(ops)
        .into_iter()
        .map(|(code, yes, no, k)| SockFilter::new(code, yes, no, k))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel would do with a frame: a load beyond its end drops it.
    fn keeps(ops: &[Op], frame: &[u8]) -> bool {
        let load = |bytes: u16, at: u32| -> Option<u32> {
            let len = match bytes & 0x18 {
                0x10 => 1,
                0x08 => 2,
                _ => 4,
            };
            let bytes = frame.get(at as usize..at as usize + len)?;
            Some(
                bytes
                    .iter()
                    .fold(0, |word, byte| word << 8 | u32::from(*byte)),
            )
        };
        let program = encode(ops);
        let (mut a, mut x, mut pc) = (0u32, 0u32, 0usize);
        loop {
            let (code, yes, no, k) = program[pc];
            pc += 1;
            match code {
                0x20 | 0x28 | 0x30 => match load(code, k) {
                    Some(value) => a = value,
                    None => return false,
                },
                0x40 | 0x48 | 0x50 => match load(code, x + k) {
                    Some(value) => a = value,
                    None => return false,
                },
                0xb1 => x = load(0x10, k).map_or(0, |byte| 4 * (byte & 15)),
                0x54 => a &= k,
                0x15 => pc += usize::from(if a == k { yes } else { no }),
                0x06 => return k > 0,
                _ => panic!("{code:#x}"),
            }
        }
    }

    fn v4(protocol: u8, from: [u8; 4], to: [u8; 4], body: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x08, 0x00, 0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, protocol, 0, 0]);
        frame.extend(from);
        frame.extend(to);
        frame.extend(body);
        frame
    }

    fn v6(next: u8, from: u8, to: u8, body: &[u8]) -> Vec<u8> {
        let mut frame = vec![0; 12];
        frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, 0, next, 64]);
        for last in [from, to] {
            frame.extend([0; 15]);
            frame.push(last);
        }
        frame.extend(body);
        frame
    }

    fn ports(from: u16, to: u16) -> Vec<u8> {
        let mut bytes = from.to_be_bytes().to_vec();
        bytes.extend(to.to_be_bytes());
        bytes.extend([0; 16]);
        bytes
    }

    const LO: [u8; 4] = [127, 0, 0, 1];

    #[test]
    fn only_the_endpoints_own_traffic_passes_on_a_shared_loopback() {
        let ops = endpoint_ops(
            "127.0.0.1:7070"
                .parse::<std::net::SocketAddr>()
                .expect("v4")
                .into(),
        );
        let keep = |frame: &[u8]| keeps(&ops, frame);
        for protocol in [6, 17] {
            assert!(keep(&v4(protocol, LO, LO, &ports(40_000, 7070))));
            assert!(keep(&v4(protocol, LO, LO, &ports(7070, 40_000))));
            assert!(!keep(&v4(protocol, LO, LO, &ports(40_000, 80))));
            assert!(!keep(&v4(
                protocol,
                [127, 0, 0, 2],
                [127, 0, 0, 3],
                &ports(1, 7070)
            )));
            assert!(!keep(&v4(protocol, LO, [127, 0, 0, 3], &ports(1, 7070))));
        }
        let quoted = |port| {
            let mut body = vec![3, 3, 0, 0, 0, 0, 0, 0];
            body.extend(&v4(17, LO, LO, &ports(40_000, port))[14..]);
            v4(1, LO, LO, &body)
        };
        assert!(keep(&quoted(7070)));
        assert!(!keep(&quoted(80)));
        assert!(!keep(&v4(1, LO, LO, &[8, 0, 0, 0, 0, 0, 0, 0])));
        assert!(!keep(&v6(6, 1, 1, &ports(40_000, 7070))));
        assert!(!keep(&[0; 60]));
        assert!(!keep(&[]));
        let mut later = v4(17, LO, LO, &ports(40_000, 7070));
        later[21] = 1;
        assert!(!keep(&later), "a later fragment's bytes are no ports");
    }

    #[test]
    fn the_same_over_ipv6() {
        let ops = endpoint_ops(
            "[::1]:7070"
                .parse::<std::net::SocketAddr>()
                .expect("v6")
                .into(),
        );
        let keep = |frame: &[u8]| keeps(&ops, frame);
        assert!(keep(&v6(6, 1, 1, &ports(40_000, 7070))));
        assert!(keep(&v6(17, 1, 1, &ports(7070, 40_000))));
        assert!(!keep(&v6(6, 1, 1, &ports(40_000, 80))));
        assert!(!keep(&v6(6, 2, 3, &ports(40_000, 7070))));
        let mut body = vec![1, 4, 0, 0, 0, 0, 0, 0];
        body.extend(&v6(17, 1, 1, &ports(40_000, 7070))[14..]);
        assert!(keep(&v6(58, 1, 1, &body)));
        assert!(!keep(&v4(6, LO, LO, &ports(40_000, 7070))));
    }

    #[test]
    fn the_lab_drops_only_what_kernels_say_by_themselves() {
        let ops = lab_ops();
        let keep = |frame: &[u8]| keeps(&ops, frame);
        assert!(keep(&v4(6, LO, LO, &ports(1, 2))));
        assert!(!keep(&v4(2, LO, [224, 0, 0, 22], &[0x22; 16])), "IGMP");
        assert!(keep(&v6(6, 1, 2, &ports(1, 2))));
        assert!(
            keep(&v6(58, 1, 2, &[135, 0, 0, 0])),
            "neighbour solicitation"
        );
        assert!(keep(&v6(58, 1, 2, &[128, 0, 0, 0])), "echo request");
        assert!(!keep(&v6(58, 1, 2, &[133, 0, 0, 0])), "router solicitation");
        assert!(
            !keep(&v6(0, 1, 2, &[58, 0, 5, 2, 0, 0, 1, 0, 143, 0, 0, 0])),
            "MLD report"
        );
        let mut arp = vec![0; 60];
        arp[12..14].copy_from_slice(&[8, 6]);
        assert!(keep(&arp));
    }
}
