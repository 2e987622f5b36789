//! One sender, several receivers: a column for each way to reach them, a row for what it cost and for what each
//! receiver got.

use crate::explain::compare::receivers::Share;
use crate::explain::compare::transfer::Transfer;
use crate::model::{HostId, Span};
use crate::text::Message;

use super::compare::{ComparedRun, late, noticed};
use super::options::Options;
use super::styled::{Line, Role, columns, wrap};
use super::table::{Cell, Table};
use super::wording;

/// What one column says in a row.
type FanoutCell = fn(&ComparedRun<'_>, &Options) -> String;

/// What it cost.
const COST: [(&str, FanoutCell); 7] = [
    ("many-calls", |side, _| side.transfer.sent.len().to_string()),
    ("many-put", |side, options| {
        let message = Message::new("many-put-of")
            .int("frames", side.transfer.transmitted.frames)
            .int("bytes", side.transfer.transmitted.bytes);
        options.catalogue.say(&message)
    }),
    ("many-copies", |side, _| side.transfer.handed.to_string()),
    ("many-back", |side, _| side.transfer.came_back.to_string()),
    ("many-connections", |side, options| {
        count("many-connections-of", side.transfer.connections(), options)
    }),
    ("many-kept", kept),
    ("many-members", |side, options| {
        count("many-members-of", side.transfer.memberships, options)
    }),
];

/// What a loss adds.
const LOSSES: [(&str, FanoutCell); 4] = [
    ("compare-lost", |side, _| side.losses.len().to_string()),
    ("compare-noticed", noticed),
    ("compare-late", late),
    ("compare-resent", |side, _| {
        side.transfer.wire.resent.to_string()
    }),
];

/// The ways side by side, each with its name.
#[must_use]
pub fn lines(sides: &[ComparedRun<'_>], options: &Options) -> Vec<Line> {
    let ways = Ways::new(sides, options);
    let mut lines = ways.head();
    for (key, cell) in COST {
        lines.extend(ways.row(&options.catalogue.word(key), cell));
    }
    let hosts = sides.first().map_or(&[][..], |side| &side.transfer.hosts);
    for host in hosts.iter().skip(1) {
        let name = wording::host_name(host.id, hosts, &options.catalogue);
        let label = Message::new("many-receiver").text("host", name);
        lines.extend(ways.row(&options.catalogue.say(&label), |side, options| {
            got(side.transfer, host.id, options)
        }));
    }
    let label = options.catalogue.word("many-all-after");
    lines.extend(ways.row(&label, |side, options| {
        let after = side.transfer.all_had_it_after();
        after.map_or_else(
            || options.catalogue.word("many-never"),
            |after| spent(side.transfer, after, options),
        )
    }));
    if sides.iter().any(|side| !side.losses.is_empty()) {
        for (key, cell) in LOSSES {
            lines.extend(ways.row(&options.catalogue.word(key), cell));
        }
    }
    lines.push(Line::new());
    let mut notes = vec!["many-note"];
    if sides.len() < 3 {
        notes.push("many-note-ipv6");
    }
    for key in notes {
        for piece in wrap(&options.catalogue.word(key), options.width.max(80)) {
            lines.push(Line::of(Role::Note, piece));
        }
    }
    lines
}

/// Labels and a column for each way.
struct Ways<'a> {
    sides: &'a [ComparedRun<'a>],
    options: &'a Options,
    table: Table,
}

impl<'a> Ways<'a> {
    fn new(sides: &'a [ComparedRun<'a>], options: &'a Options) -> Self {
        let keys = COST.iter().chain(&LOSSES).map(|(key, _)| *key);
        let widths = keys
            .chain(["many-all-after"])
            .map(|key| columns(&options.catalogue.word(key)));
        let label = widths.max().unwrap_or(0).min(24);
        let room = options.width.max(80) - label - 2;
        let width = room / sides.len().max(1) - 2;
        Self {
            sides,
            options,
            table: Table::labelled(label, label + 2, sides.len(), width),
        }
    }

    fn head(&self) -> Vec<Line> {
        let names = self.sides.iter().map(|side| side.name);
        let names = names.map(|name| Cell::wrapped(Role::Title, name));
        self.table
            .row(&[Cell::empty()].into_iter().chain(names).collect::<Vec<_>>())
    }

    /// What each says; plain where that differs.
    fn row(&self, label: &str, cell: impl Fn(&ComparedRun<'_>, &Options) -> String) -> Vec<Line> {
        let texts: Vec<String> = self
            .sides
            .iter()
            .map(|side| cell(side, self.options))
            .collect();
        let role = if texts.windows(2).all(|two| two[0] == two[1]) {
            Role::Faint
        } else {
            Role::Plain
        };
        let mut cells = vec![Cell::wrapped(Role::Note, label)];
        cells.extend(texts.into_iter().map(|text| Cell::wrapped(role, text)));
        self.table.row(&cells)
    }
}

/// What this receiver's program got, and when it had the last of it.
fn got(transfer: &Transfer, host: HostId, options: &Options) -> String {
    let shares = transfer.shares();
    let Some(share) = shares.iter().find(|share| share.host == host) else {
        return String::new();
    };
    let what = what(share, transfer);
    let what = options.catalogue.say(&what);
    match share.after.filter(|_| share.bytes > 0) {
        Some(after) => {
            let message = Message::new("many-got")
                .text("what", what)
                .text("ms", format!("{:.1}", after.as_ms()));
            options.catalogue.say(&message)
        }
        None => what,
    }
}

fn what(share: &Share, transfer: &Transfer) -> Message {
    let sent = transfer.sent_by(HostId::CLIENT).count();
    match &share.messages {
        _ if share.bytes == 0 && !share.whole => Message::new("compare-order-nothing"),
        None => Message::new("many-bytes").int("bytes", share.bytes),
        Some(numbers) if numbers.len() == sent && share.bytes < share.meant => {
            Message::new("many-cut")
                .int("of", sent as u64)
                .int("bytes", share.bytes)
                .int("meant", share.meant)
        }
        Some(numbers) if *numbers == (1..=sent).collect::<Vec<_>>() => {
            Message::new("compare-order-all").int("of", sent as u64)
        }
        Some(numbers) => {
            let shown: Vec<String> = numbers.iter().take(16).map(usize::to_string).collect();
            let more = if numbers.len() > 16 { " …" } else { "" };
            Message::new("compare-order-numbers")
                .text("numbers", shown.join(" ") + more)
                .int("of", sent as u64)
        }
    }
}

/// The states that the client's kernel kept.
fn kept(side: &ComparedRun<'_>, options: &Options) -> String {
    let Some((from, to)) = side.transfer.kept.get(&HostId::CLIENT) else {
        return options.catalogue.word("compare-kept-none");
    };
    let waits = side.transfer.time_waits();
    let key = if waits > 0 {
        "many-kept-waits"
    } else {
        "many-kept-for"
    };
    let message = Message::new(key)
        .text("ms", format!("{:.0}", to.since(*from).as_ms()))
        .int("count", waits as u64);
    options.catalogue.say(&message)
}

fn count(key: &'static str, count: usize, options: &Options) -> String {
    if count == 0 {
        return options.catalogue.word("compare-kept-none");
    }
    options
        .catalogue
        .say(&Message::new(key).int("count", count as u64))
}

fn spent(transfer: &Transfer, span: Span, options: &Options) -> String {
    let ms = format!("{:.1}", span.as_ms());
    let Some(tenths) = transfer.round_trips(span) else {
        return format!("{ms} ms");
    };
    let message = Message::new("compare-spent")
        .text("ms", ms)
        .text("trips", format!("{}.{}", tenths / 10, tenths % 10));
    options.catalogue.say(&message)
}
