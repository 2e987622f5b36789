use crate::model::Time;
use crate::notation::Filter;
use crate::protocol::decode::Packet;
use crate::protocol::follow::Tracker;

/// A TCP segment over IPv4 from 10.0.0.1:40000 to 192.168.7.2:80 with these flags, as a raw IP frame.
fn segment(flags: u8) -> Vec<u8> {
    let mut frame = vec![
        0x45, 0, 0, 40, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 192, 168, 7, 2,
    ];
    frame.extend(40_000_u16.to_be_bytes());
    frame.extend(80_u16.to_be_bytes());
    frame.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 1, 0, 0, 0, 0, 0]);
    frame
}

fn passes(filter: &str, frame: &[u8]) -> bool {
    let filter = Filter::parse(filter).unwrap_or_else(|mistake| panic!("{filter}: {mistake:?}"));
    let packet = Packet::of_ip(frame);
    let followed = Tracker::new().packet(1, Time::from_ns(0), &packet);
    filter.passes(frame.len() as u32, &packet, &followed)
}

#[test]
fn questions_that_a_syn_to_port_80_answers_with_yes() {
    let syn = segment(0x02);
    for yes in [
        "",
        "tcp",
        "ip",
        "host 10.0.0.1",
        "10.0.0.1",
        "src host 10.0.0.1 and dst port 80",
        "src 10.0.0.1",
        "tcp port 80",
        "port 443 or 80",
        "tcp dst port 443 or 80",
        "src or dst port 80",
        "portrange 79-81",
        "net 192.168",
        "net 192.168.0.0/16 and not udp",
        "dst net 192.168.7.0/24",
        "ip proto 6",
        "proto tcp",
        "ip host 192.168.7.2",
        "! icmp && (udp || tcp)",
        "tcp[tcpflags] & tcp-syn != 0",
        "tcp[13] == 2",
        "tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn",
        "tcp[tcpflags]&(tcp-syn|tcp-fin)!=0",
        "tcp-syn and not tcp-ack",
        "less 40 and greater 40",
        "NOT arp",
    ] {
        assert!(passes(yes, &syn), "{yes}");
    }
}

#[test]
fn questions_that_it_answers_with_no() {
    let syn = segment(0x02);
    for no in [
        "udp",
        "ip6",
        "arp",
        "vlan",
        "src port 80",
        "udp port 80",
        "src and dst port 80",
        "host 10.0.0.3",
        "net 10.0.1.0/24",
        "net fd00::/8",
        "tcp[tcpflags] & tcp-ack != 0",
        "tcp[13] != 2",
        "tcp-fin",
        "port 81 or 82",
        "less 39",
        "not (tcp and port 80)",
        "icmp6 or sctp",
        "ip proto \\udp",
    ] {
        assert!(!passes(no, &syn), "{no}");
    }
}

#[test]
fn a_mistake_has_its_place_and_the_nearest_word() {
    for (text, key, place, nearest) in [
        ("hst 10.0.0.1", "explain-filter-word", 0..3, Some("host")),
        ("host example.org", "explain-filter-address", 5..16, None),
        ("port http", "explain-filter-number", 5..9, None),
        ("port 70000", "explain-filter-number", 5..10, None),
        ("portrange 5", "explain-filter-range", 10..11, None),
        ("net 10.0.0.0/33", "explain-filter-net", 4..15, None),
        ("tcp and", "explain-filter-end", 7..7, None),
        ("tcp port", "explain-filter-end", 8..8, None),
        ("src host", "explain-filter-end", 8..8, None),
        ("(tcp or udp", "explain-filter-bracket", 11..11, None),
        ("tcp udp", "explain-filter-after", 4..7, None),
        ("tcp[2] = 80", "explain-filter-flags", 4..5, None),
        ("tcp[13] & 2 > 0", "explain-filter-compare", 12..13, None),
        (
            "tcp[13] & tcp-sym != 0",
            "explain-filter-flag",
            10..17,
            None,
        ),
    ] {
        let mistake = Filter::parse(text).expect_err(text);
        assert_eq!(mistake.key, key, "{text}");
        assert_eq!(mistake.span, place, "{text}");
        assert_eq!(mistake.nearest.as_deref(), nearest, "{text}");
    }
}

#[test]
fn deep_brackets_end_in_a_mistake_and_not_in_a_crash() {
    let deep = "(".repeat(100_000);
    assert_eq!(
        Filter::parse(&deep).expect_err("deep").key,
        "explain-filter-deep"
    );
    let deep = "not ".repeat(100_000);
    assert_eq!(
        Filter::parse(&deep).expect_err("deep").key,
        "explain-filter-deep"
    );
}
