//! The summary of a capture that somebody else made: what it holds, and its connections with their outcome.

mod rows;

use crate::explain::census::{Census, OutcomeCounts};
use crate::model::{LinkType, Time};
use crate::protocol::decode::{ethertype_name, link_name, protocol_name};
use crate::protocol::follow::{Analysis, Tracker};
use crate::text::{Catalogue, Message};

use super::styled::{columns, wrap};
use super::table::{Cell, Column, Table};
use super::{Line, Options, Role};

/// What is shown of the connections.
#[derive(Clone, Copy, Debug)]
pub struct ShownConnections<'a> {
    /// The numbers of those that get a row, in this order.
    pub rows: &'a [u32],
    /// The outcomes of all.
    pub outcomes: &'a OutcomeCounts,
    /// UDP conversations too.
    pub datagrams: bool,
}

/// The whole summary of the capture called `name`.
#[must_use]
pub fn lines(
    options: &Options,
    name: &str,
    census: &Census,
    follow: &Tracker,
    shown: &ShownConnections<'_>,
) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let mut lines = vec![Line::of(Role::Title, super::visible::text(name))];
    for piece in wrap(&size(census, catalogue), options.width.max(80) - 2) {
        lines.push(Line::of(Role::Plain, format!("  {piece}")));
    }
    let mut fields = FieldList::new(options);
    fields.add("explain-links", &links(census, catalogue), Role::Plain);
    fields.add("explain-carried", &carried(census, catalogue), Role::Plain);
    fields.add(
        "explain-checksums",
        &checksums(census, catalogue),
        Role::Plain,
    );
    fields.add("explain-seen", &seen(census, catalogue), Role::Loss);
    fields.add(
        "explain-not-whole",
        &not_whole(census, catalogue),
        Role::Plain,
    );
    fields.add(
        "explain-problems",
        &problems(census, catalogue),
        Role::Caution,
    );
    lines.extend(fields.lines);
    rows::add(&mut lines, options, census, follow, shown);
    lines
}

/// Named fields, one below the other.
struct FieldList<'a> {
    options: &'a Options,
    table: Table,
    /// Columns for what a field says.
    room: usize,
    lines: Vec<Line>,
}

impl<'a> FieldList<'a> {
    fn new(options: &'a Options) -> Self {
        let names = [
            "explain-links",
            "explain-carried",
            "explain-checksums",
            "explain-seen",
            "explain-not-whole",
            "explain-problems",
        ];
        let widest = names
            .iter()
            .map(|name| columns(&options.catalogue.word(name)))
            .max();
        let indent = widest.unwrap_or(0) + 4;
        Self {
            options,
            table: Table::new([Column::at(2), Column::at(indent)]),
            room: options.width.max(80).saturating_sub(indent),
            lines: Vec::new(),
        }
    }

    /// A field with its parts; left out when there are none.
    fn add(&mut self, name: &str, parts: &[String], role: Role) {
        if parts.is_empty() {
            return;
        }
        self.lines.extend(self.table.row(&[
            Cell::whole(Role::Faint, self.options.catalogue.word(name)),
            Cell::broken(role, filled(parts, self.room)),
        ]));
    }
}

/// Parts with dots between them, broken into lines between parts; a part that is longer than a line is broken itself.
fn filled(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        if let Some(line) = lines.last_mut()
            && columns(line) + 3 + columns(part) <= width
        {
            line.push_str(" · ");
            line.push_str(part);
        } else {
            lines.extend(wrap(part, width));
        }
    }
    lines
}

/// How many packets, how large, over which time.
fn size(census: &Census, catalogue: &Catalogue) -> String {
    let mut message = Message::new("explain-size")
        .int("packets", census.packets)
        .text("bytes", amount(census.bytes));
    if let Some((first, last)) = census.span {
        let took = span(last.since(first).ns());
        let (first, last) = (date(first), date(last));
        // The day is said once.
        let clock = match (first.split_once(' '), last.split_once(' ')) {
            (Some((one, _)), Some((other, clock))) if one == other => clock.to_owned(),
            _ => last,
        };
        message.key = "explain-size-in";
        message = message
            .text("span", took)
            .text("first", first)
            .text("last", clock);
    }
    catalogue.say(&message)
}

fn links(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    let name = |link: LinkType| {
        link_name(link).map_or_else(
            || catalogue.say(&Message::new("explain-link-number").int("number", link.0)),
            str::to_owned,
        )
    };
    census
        .links
        .iter()
        .map(|(link, count)| format!("{} {count}", name(*link)))
        .collect()
}

/// The protocols, the most frequent first.
fn carried(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    let kinds = &census.kinds;
    let mut all: Vec<(String, u64)> = [
        ("TCP", kinds.tcp),
        ("UDP", kinds.udp),
        ("ICMP", kinds.icmp),
        ("ICMPv6", kinds.icmp6),
        ("ARP", kinds.arp),
    ]
    .map(|(name, count)| (name.to_owned(), count))
    .into();
    all.push((catalogue.word("explain-fragments"), kinds.fragments));
    for (number, count) in (0_u8..=255).zip(kinds.other_ip) {
        let name = protocol_name(number).map_or_else(|| format!("IP {number}"), str::to_owned);
        all.push((name, count));
    }
    for (number, count) in &kinds.other_ether {
        let name = ethertype_name(*number).map_or_else(|| format!("0x{number:04x}"), str::to_owned);
        all.push((name, *count));
    }
    all.push((catalogue.word("explain-unread"), kinds.unknown));
    all.retain(|(_, count)| *count > 0);
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all.into_iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect()
}

fn checksums(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    let sums = census.checksums;
    counts(
        catalogue,
        &[
            ("explain-sum-right", sums.right),
            ("explain-sum-offloaded", sums.offloaded),
            ("explain-sum-wrong", sums.wrong),
            ("explain-sum-unchecked", sums.unchecked),
        ],
    )
}

/// What the analysis saw, in words.
fn seen(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    let flag = |flag| census.flagged(flag);
    counts(
        catalogue,
        &[
            ("explain-resent", flag(Analysis::RETRANSMISSION)),
            ("explain-disordered", flag(Analysis::OUT_OF_ORDER)),
            ("explain-duplicates", flag(Analysis::DUPLICATE_ACK)),
            ("explain-holes", flag(Analysis::LOST_SEGMENT)),
            ("explain-unseen", flag(Analysis::ACK_LOST_SEGMENT)),
            ("explain-zero-windows", flag(Analysis::ZERO_WINDOW)),
            ("explain-full-windows", flag(Analysis::WINDOW_FULL)),
            ("explain-keep-alives", flag(Analysis::KEEP_ALIVE)),
            ("explain-reused", flag(Analysis::REUSED_PORTS)),
        ],
    )
}

fn not_whole(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    counts(
        catalogue,
        &[
            ("explain-cut", census.cut),
            ("explain-tunnelled", census.tunnelled),
            ("explain-reassembled", census.reassembled),
        ],
    )
}

fn problems(census: &Census, catalogue: &Catalogue) -> Vec<String> {
    census
        .problems
        .iter()
        .map(|(name, (count, packet, problem))| {
            let message = Message::new("explain-problem")
                .text("name", catalogue.word(fault(name)))
                .int("n", *count)
                .int("packet", *packet)
                .int("offset", problem.offset);
            catalogue.say(&message)
        })
        .collect()
}

/// The key of the words for what is wrong with a frame.
fn fault(name: &'static str) -> &'static str {
    match name {
        "ethernet-cut" => "explain-fault-ethernet-cut",
        "vlan-cut" => "explain-fault-vlan-cut",
        "link-cut" => "explain-fault-link-cut",
        "mpls-cut" => "explain-fault-mpls-cut",
        "ppp-cut" => "explain-fault-ppp-cut",
        "gre-cut" => "explain-fault-gre-cut",
        "arp-cut" => "explain-fault-arp-cut",
        "ip-version" => "explain-fault-ip-version",
        "ip-header-cut" => "explain-fault-ip-header-cut",
        "ip-header-length" => "explain-fault-ip-header-length",
        "ip-length-long" => "explain-fault-ip-length-long",
        "ip-length-short" => "explain-fault-ip-length-short",
        "ip-extension-cut" => "explain-fault-ip-extension-cut",
        "tunnels-too-deep" => "explain-fault-tunnels-too-deep",
        "icmp-cut" => "explain-fault-icmp-cut",
        "tcp-header-cut" => "explain-fault-tcp-header-cut",
        "tcp-header-length" => "explain-fault-tcp-header-length",
        "tcp-header-long" => "explain-fault-tcp-header-long",
        "tcp-options-malformed" => "explain-fault-tcp-options-malformed",
        "udp-header-cut" => "explain-fault-udp-header-cut",
        "udp-length" => "explain-fault-udp-length",
        unworded => unworded,
    }
}

/// The counts that are not 0, worded.
fn counts(catalogue: &Catalogue, all: &[(&'static str, u64)]) -> Vec<String> {
    all.iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| catalogue.say(&Message::new(key).int("n", *n)))
        .collect()
}

/// Bytes in a unit that leaves at most three digits before the point.
fn amount(bytes: u64) -> String {
    let mut value = bytes;
    let mut rest = 0;
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while value >= 1000 {
        let Some(next) = units.next() else { break };
        rest = value % 1000;
        value /= 1000;
        unit = next;
    }
    if unit == "B" || value >= 100 {
        format!("{value} {unit}")
    } else {
        format!("{value}.{} {unit}", rest / 100)
    }
}

/// Nanoseconds in a unit that people think in.
fn span(ns: i64) -> String {
    let ns = ns.max(0);
    match ns {
        0..1_000_000 => format!("{}.{:03} ms", ns / 1_000_000, ns / 1_000 % 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} ms", ns / 1_000_000, ns / 100_000 % 10),
        1_000_000_000..120_000_000_000 => {
            format!("{}.{:02} s", ns / 1_000_000_000, ns / 10_000_000 % 100)
        }
        _ => {
            let minutes = ns / 60_000_000_000;
            match minutes {
                0..120 => format!("{minutes} min"),
                120..2880 => format!("{} h", minutes / 60),
                _ => format!("{} d", minutes / 1440),
            }
        }
    }
}

/// A point in time, in UTC.
pub(super) fn date(at: Time) -> String {
    jiff::Timestamp::from_nanosecond(at.ns().into()).map_or_else(
        |_| at.ns().to_string(),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_spans_have_units_that_fit_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (53_960, "53.9 kB"),
            (999_999, "999 kB"),
            (1_060_000_000, "1.0 GB"),
            (u64::MAX, "18446 PB"),
        ] {
            assert_eq!(amount(bytes), text);
        }
        for (ns, text) in [
            (-5, "0.000 ms"),
            (12_345, "0.012 ms"),
            (12_345_678, "12.3 ms"),
            (1_234_567_890, "1.23 s"),
            (600_000_000_000, "10 min"),
            (90_000_000_000_000, "25 h"),
            (i64::MAX, "106751 d"),
        ] {
            assert_eq!(span(ns), text);
        }
        assert_eq!(
            date(Time::from_ns(1_700_000_000_000_000_000)),
            "2023-11-14 22:13:20"
        );
    }
}
