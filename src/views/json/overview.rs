//! The summary of a capture as objects: one of the whole, then one for each connection and each UDP conversation.

use serde_json::{Map, Value, json};

use super::judgement::judgements;
use crate::explain::census::{Census, Judgement, OutcomeCounts};
use crate::model::{LinkType, Span};
use crate::protocol::decode::{ethertype_name, link_name, protocol_name};
use crate::protocol::follow::{
    Analysis, ClosedHow, Connection, Conversation, Datagrams, OpenedHow, Tracker, Troubles, Way,
};
use crate::views::options::Options;
use crate::views::styled::{Line, Role};

/// The whole: what it holds, and what it shows of itself.
#[must_use]
pub fn capture(
    options: &Options,
    census: &Census,
    seen: &[Judgement],
    outcomes: &OutcomeCounts,
) -> Line {
    let (first, last) = census.span.unzip();
    let time = |at: crate::model::Time| at.since(crate::model::Time::from_ns(0)).as_ms() / 1_000.0;
    let problems = census.problems.iter().map(|(name, (count, packet, problem))| {
        json!({"name": name, "count": count, "packet": packet, "offset": problem.offset})
    });
    let object = json!({
        "moment": "capture",
        "packets": census.packets,
        "bytes": census.bytes,
        "first": first.map(time),
        "last": last.map(time),
        "links": named(census.links.iter().map(|(link, count)| (link_word(*link), *count))),
        "carried": carried(census),
        "checksums": {
            "right": census.checksums.right,
            "offloaded": census.checksums.offloaded,
            "wrong": census.checksums.wrong,
            "unchecked": census.checksums.unchecked,
        },
        "seen": seen_flags(census),
        "cut": census.cut,
        "tunnelled": census.tunnelled,
        "reassembled": census.reassembled,
        "problems": problems.collect::<Vec<_>>(),
        "outcomes": {
            "all": outcomes.all,
            "opened": outcomes.opened,
            "open_before": outcomes.running,
            "unfinished": outcomes.unfinished,
            "one_sided": outcomes.one_sided,
            "refused": outcomes.refused,
            "unanswered": outcomes.unanswered,
            "closed": outcomes.closed,
            "reset": outcomes.reset,
            "not_closed": outcomes.open,
            "troubled": outcomes.troubled,
        },
        "capture": judgements(seen, options),
    });
    Line::of(Role::Plain, object.to_string())
}

/// A TCP connection: how it opened and closed, and what each side sent.
#[must_use]
pub fn connection(number: u32, follow: &Tracker) -> Option<Line> {
    let connection = follow.connection(Conversation::Tcp(number))?;
    let object = json!({
        "moment": "connection",
        "stream": number,
        "opened": opened(connection.opened()),
        "rtt_ms": connection.initial_rtt().map(Span::as_ms),
        "reused": connection.reused(),
        "closed": closed(connection.closed()),
        "reset_by": connection.reset_by().map(side_name),
        "time_wait": connection.waits().map(side_name),
        "took_ms": connection.last().since(connection.first()).as_ms(),
        "opener": side(&connection, Way::FromOpener),
        "acceptor": side(&connection, Way::FromAcceptor),
    });
    Some(Line::of(Role::Plain, object.to_string()))
}

/// A UDP conversation: how much went each way.
#[must_use]
pub fn conversation(datagrams: &Datagrams) -> Line {
    let side = |way| {
        json!({
            "addr": datagrams.end(way).addr.to_string(),
            "port": datagrams.end(way).port,
            "packets": datagrams.packets(way),
            "bytes": datagrams.bytes(way),
        })
    };
    let object = json!({
        "moment": "conversation",
        "udp_stream": datagrams.number(),
        "opener": side(Way::FromOpener),
        "acceptor": side(Way::FromAcceptor),
    });
    Line::of(Role::Plain, object.to_string())
}

fn side(connection: &Connection, way: Way) -> Value {
    let side = connection.side(way);
    let Troubles {
        resent,
        disordered,
        lost,
        duplicates,
        zero_windows,
        unseen,
        copies,
    } = side.troubles;
    json!({
        "addr": side.end.addr.to_string(),
        "port": side.end.port,
        "packets": side.packets,
        "bytes": side.bytes,
        "mss": side.mss,
        "wscale": side.scale,
        "resent": resent,
        "out_of_order": disordered,
        "holes": lost,
        "duplicate_acks": duplicates,
        "zero_windows": zero_windows,
        "acks_of_unseen": unseen,
        "copies": copies,
    })
}

fn named(counts: impl Iterator<Item = (String, u64)>) -> Value {
    let mut all = Map::new();
    for (name, count) in counts.filter(|(_, count)| *count > 0) {
        all.insert(name, count.into());
    }
    all.into()
}

fn link_word(link: LinkType) -> String {
    link_name(link).map_or_else(|| link.0.to_string(), str::to_owned)
}

fn carried(census: &Census) -> Value {
    let kinds = &census.kinds;
    let known = [
        ("TCP", kinds.tcp),
        ("UDP", kinds.udp),
        ("ICMP", kinds.icmp),
        ("ICMPv6", kinds.icmp6),
        ("ARP", kinds.arp),
        ("fragments", kinds.fragments),
        ("unknown", kinds.unknown),
    ];
    let known = known.map(|(name, count)| (name.to_owned(), count));
    let ip = (0_u8..=255).zip(kinds.other_ip).map(|(number, count)| {
        let name = protocol_name(number).map_or_else(|| format!("IP {number}"), str::to_owned);
        (name, count)
    });
    let ether = kinds.other_ether.iter().map(|(number, count)| {
        let name = ethertype_name(*number).map_or_else(|| format!("0x{number:04x}"), str::to_owned);
        (name, *count)
    });
    named(known.into_iter().chain(ip).chain(ether))
}

fn seen_flags(census: &Census) -> Value {
    let all = [
        ("resent", Analysis::RETRANSMISSION),
        ("out_of_order", Analysis::OUT_OF_ORDER),
        ("duplicate_acks", Analysis::DUPLICATE_ACK),
        ("holes", Analysis::LOST_SEGMENT),
        ("acks_of_unseen", Analysis::ACK_LOST_SEGMENT),
        ("zero_windows", Analysis::ZERO_WINDOW),
        ("full_windows", Analysis::WINDOW_FULL),
        ("keep_alives", Analysis::KEEP_ALIVE),
        ("ports_again", Analysis::REUSED_PORTS),
    ];
    let count = |(name, flag): (&str, Analysis)| (name.to_owned(), census.flagged(flag));
    named(all.into_iter().map(count))
}

const fn side_name(way: Way) -> &'static str {
    match way {
        Way::FromOpener => "opener",
        Way::FromAcceptor => "acceptor",
    }
}

const fn opened(how: OpenedHow) -> &'static str {
    match how {
        OpenedHow::Handshake => "handshake",
        OpenedHow::Simultaneous => "simultaneous",
        OpenedHow::Unanswered => "unanswered",
        OpenedHow::Refused => "refused",
        OpenedHow::Unfinished => "unfinished",
        OpenedHow::NotSeen => "before",
        OpenedHow::OneSide => "one-side",
    }
}

const fn closed(how: ClosedHow) -> &'static str {
    match how {
        ClosedHow::FourSegment => "four-segments",
        ClosedHow::ThreeSegment => "three-segments",
        ClosedHow::HalfClose => "half-close",
        ClosedHow::Simultaneous => "simultaneous",
        ClosedHow::Reset => "reset",
        ClosedHow::HalfOpen => "one-side",
        ClosedHow::Missing => "not",
    }
}
