//! The summary of a capture that somebody else made: what it holds, and its connections with their outcome.

mod figures;
mod judgements;
mod rows;

use crate::explain::census::Census;
use crate::model::LinkType;
use crate::protocol::decode::{ethertype_name, link_name, protocol_name};
use crate::protocol::follow::{Analysis, Tracker};
use crate::text::{Catalogue, Message};

use super::options::Options;
use super::styled::{Line, Role, columns, wrap};
use super::table::{Cell, Column, Table};

pub(super) use figures::date;
use figures::{amount, counts, filled, span};
pub use judgements::lines as judgements;
pub(super) use judgements::said as judgement;
pub use rows::ShownConnections;

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
    let mut lines = vec![Line::of(Role::Title, crate::text::visible::text(name))];
    for piece in wrap(&size(census, catalogue), options.width.max(80) - 2) {
        lines.push(Line::of(Role::Plain, format!("  {piece}")));
    }
    lines.extend(judgements::lines(options, shown.judgements));
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
        "pppoe-length" => "explain-fault-pppoe-length",
        "tag-cut" => "explain-fault-tag-cut",
        "gre-cut" => "explain-fault-gre-cut",
        "arp-cut" => "explain-fault-arp-cut",
        "ip-version" => "explain-fault-ip-version",
        "ip-version-differs" => "explain-fault-ip-version-differs",
        "ip-options-malformed" => "explain-fault-ip-options-malformed",
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
