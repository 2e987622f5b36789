//! The connections of a capture, one row or two for each: who, how much, and what became of it.

use crate::explain::census::{Census, Judgement, OutcomeCounts, outcome};
use crate::protocol::follow::{
    ClosedHow, Connection, Conversation, Datagrams, OpenedHow, Tracker, Troubles, Way,
};
use crate::text::{Catalogue, Message};

use super::super::options::Options;
use super::super::styled::{Line, Role};
use super::super::table::{Cell, Column, Table};
use super::figures::{amount, counts, filled, span};

/// Where the second row of a connection begins.
const INDENT: usize = 8;

/// What is shown of the connections.
#[derive(Clone, Copy, Debug)]
pub struct ShownConnections<'a> {
    /// What the capture shows of itself: stands before all else.
    pub judgements: &'a [Judgement],
    /// The numbers of those that get a row, in this order.
    pub rows: &'a [u32],
    /// The outcomes of all.
    pub outcomes: &'a OutcomeCounts,
    /// UDP conversations get their rows, too.
    pub datagrams: bool,
}

pub(super) fn add(
    lines: &mut Vec<Line>,
    options: &Options,
    census: &Census,
    follow: &Tracker,
    shown: &ShownConnections<'_>,
) {
    let catalogue = &options.catalogue;
    let width = options.width.max(80);
    if shown.outcomes.all > 0 {
        lines.push(Line::new());
        let message = Message::new("explain-tcp").int("n", shown.outcomes.all);
        lines.push(Line::of(Role::Title, catalogue.say(&message)));
        for piece in filled(&outcomes(shown.outcomes, catalogue), width - 2) {
            lines.push(Line::of(Role::Plain, format!("  {piece}")));
        }
    }
    for number in shown.rows {
        if let Some(connection) = follow.connection(Conversation::Tcp(*number)) {
            row(lines, &connection, catalogue, width);
        }
    }
    let rest = shown.outcomes.all.saturating_sub(shown.rows.len() as u64);
    if rest > 0 && !shown.rows.is_empty() {
        let message = Message::new("explain-rest").int("n", rest);
        lines.push(Line::of(
            Role::Faint,
            format!("  {}", catalogue.say(&message)),
        ));
    }
    let udp = census.conversations(follow).count();
    if udp > 0 {
        lines.push(Line::new());
        let message = Message::new("explain-udp").int("n", udp as u64);
        lines.push(Line::of(Role::Title, catalogue.say(&message)));
    }
    if shown.datagrams {
        for datagrams in census.conversations(follow) {
            lines.push(udp_row(datagrams));
        }
    }
}

/// How many connections, and what became of them.
fn outcomes(outcomes: &OutcomeCounts, catalogue: &Catalogue) -> Vec<String> {
    counts(
        catalogue,
        &[
            ("explain-all-opened", outcomes.opened),
            ("explain-all-running", outcomes.running),
            ("explain-all-unfinished", outcomes.unfinished),
            ("explain-all-one-sided", outcomes.one_sided),
            ("explain-all-refused", outcomes.refused),
            ("explain-all-unanswered", outcomes.unanswered),
            ("explain-all-closed", outcomes.closed),
            ("explain-all-reset", outcomes.reset),
            ("explain-all-open", outcomes.open),
            ("explain-all-troubled", outcomes.troubled),
        ],
    )
}

fn row(lines: &mut Vec<Line>, connection: &Connection, catalogue: &Catalogue, width: usize) {
    let opener = connection.side(Way::FromOpener);
    let acceptor = connection.side(Way::FromAcceptor);
    let ends = format!("{} → {}", opener.end, acceptor.end);
    let volume = format!(
        "{} → · ← {} · {}",
        amount(opener.bytes),
        amount(acceptor.bytes),
        span(connection.last().since(connection.first()).ns()),
    );
    let mut parts = vec![opened(connection, catalogue), volume];
    let outcome = outcome(connection);
    let troubles = troubles(outcome.troubles, catalogue);
    let closed = closed(connection, catalogue);
    let role = match (outcome.opened, outcome.closed) {
        (OpenedHow::Refused | OpenedHow::Unanswered, _) | (_, ClosedHow::Reset) => Role::Reset,
        _ if outcome.troubles.any() => Role::Loss,
        _ => Role::Plain,
    };
    parts.extend(troubles);
    parts.extend(closed);
    let table = table();
    lines.push(table.line(&[number(connection.number()), Cell::whole(Role::Host, ends)]));
    let said = Cell::broken(role, filled(&parts, width - INDENT));
    lines.extend(table.row(&[Cell::empty(), said]));
}

/// Numbers, and what is said of each.
fn table() -> Table {
    Table::new([0, INDENT].map(Column::at))
}

fn number(number: u32) -> Cell {
    Cell::whole(Role::Faint, format!("{:>6}  ", format!("#{number}")))
}

fn opened(connection: &Connection, catalogue: &Catalogue) -> String {
    let key = match connection.opened() {
        OpenedHow::Handshake => "explain-opened",
        OpenedHow::Simultaneous => "explain-opened-simultaneous",
        OpenedHow::Unanswered => "explain-opened-unanswered",
        OpenedHow::Refused => "explain-opened-refused",
        OpenedHow::Unfinished => "explain-opened-unfinished",
        OpenedHow::NotSeen => "explain-opened-before",
        OpenedHow::OneSide => "explain-opened-one-side",
    };
    let mut said = catalogue.word(key);
    if let Some(rtt) = connection.initial_rtt()
        && connection.opened() == OpenedHow::Handshake
    {
        said = catalogue.say(&Message::new("explain-opened-in").text("span", span(rtt.ns())));
    }
    if connection.reused() {
        said.push_str(&catalogue.word("explain-opened-again"));
    }
    said
}

/// How it closed, and who waits; nothing where it never opened.
fn closed(connection: &Connection, catalogue: &Catalogue) -> Option<String> {
    if matches!(
        connection.opened(),
        OpenedHow::Refused | OpenedHow::Unanswered
    ) {
        return None;
    }
    let key = match connection.closed() {
        ClosedHow::FourSegment => "explain-closed-four",
        ClosedHow::ThreeSegment => "explain-closed-three",
        ClosedHow::HalfClose => "explain-closed-half",
        ClosedHow::Simultaneous => "explain-closed-simultaneous",
        ClosedHow::Reset => "explain-closed-reset",
        ClosedHow::HalfOpen => "explain-closed-one",
        ClosedHow::Missing => "explain-closed-not",
    };
    if let Some(way) = connection.reset_by() {
        let end = connection.side(way).end.to_string();
        return Some(catalogue.say(&Message::new(key).text("end", end)));
    }
    let mut said = catalogue.word(key);
    if connection.closed() == ClosedHow::Simultaneous {
        said.push_str(&catalogue.word("explain-both-wait"));
    } else if let Some(way) = connection.waits() {
        let end = connection.side(way).end.to_string();
        said.push_str(&catalogue.say(&Message::new("explain-waits").text("end", end)));
    }
    Some(said)
}

fn troubles(troubles: Troubles, catalogue: &Catalogue) -> Vec<String> {
    counts(
        catalogue,
        &[
            ("explain-resent", troubles.resent.into()),
            ("explain-disordered", troubles.disordered.into()),
            ("explain-duplicates", troubles.duplicates.into()),
            ("explain-holes", troubles.lost.into()),
            ("explain-unseen", troubles.unseen.into()),
            ("explain-zero-windows", troubles.zero_windows.into()),
            ("explain-copies", troubles.copies.into()),
        ],
    )
}

fn udp_row(datagrams: &Datagrams) -> Line {
    let (one, other) = (Way::FromOpener, Way::FromAcceptor);
    let ends = format!("{} → {}", datagrams.end(one), datagrams.end(other));
    let mut line = table().line(&[number(datagrams.number()), Cell::whole(Role::Host, ends)]);
    let volume = format!(
        "  {} ({}) → · ← {} ({})",
        datagrams.packets(one),
        amount(datagrams.bytes(one)),
        datagrams.packets(other),
        amount(datagrams.bytes(other)),
    );
    line.push(Role::Plain, volume);
    line
}
