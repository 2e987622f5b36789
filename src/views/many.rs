//! One sender, several receivers: a column for each way to reach them, a row for what it cost and for what each
//! receiver got.

use crate::explain::ledger::Ledger;
use crate::explain::reach::Share;
use crate::model::{HostId, Span};
use crate::text::Message;

use super::compare::{Side, late, noticed};
use super::styled::{Line, Role, columns, fit, wrap};
use super::{Options, wording};

/// What one column says in a row.
type Cell = fn(&Side<'_>, &Options) -> String;

/// What it cost.
const COST: [(&str, Cell); 7] = [
    ("many-calls", |side, _| side.ledger.sent.len().to_string()),
    ("many-put", |side, options| {
        let message = Message::new("many-put-of")
            .int("frames", side.ledger.put.frames)
            .int("bytes", side.ledger.put.bytes);
        options.catalogue.say(&message)
    }),
    ("many-copies", |side, _| side.ledger.handed.to_string()),
    ("many-back", |side, _| side.ledger.came_back.to_string()),
    ("many-connections", |side, options| {
        count("many-connections-of", side.ledger.connections(), options)
    }),
    ("many-kept", kept),
    ("many-members", |side, options| {
        count("many-members-of", side.ledger.memberships, options)
    }),
];

/// What a loss adds.
const LOSSES: [(&str, Cell); 4] = [
    ("compare-lost", |side, _| side.losses.len().to_string()),
    ("compare-noticed", noticed),
    ("compare-late", late),
    ("compare-resent", |side, _| {
        side.ledger.wire.resent.to_string()
    }),
];

/// The ways side by side, each with its name.
#[must_use]
pub fn lines(sides: &[Side<'_>], options: &Options) -> Vec<Line> {
    let table = Table::new(sides, options);
    let mut lines = table.head(sides);
    for (key, cell) in COST {
        lines.extend(table.row(&options.catalogue.word(key), sides, cell));
    }
    let hosts = sides.first().map_or(&[][..], |side| &side.ledger.hosts);
    for host in hosts.iter().skip(1) {
        let name = wording::host_name(host.id, hosts, &options.catalogue);
        let label = Message::new("many-receiver").text("host", name);
        lines.extend(
            table.row(&options.catalogue.say(&label), sides, |side, options| {
                got(side.ledger, host.id, options)
            }),
        );
    }
    let label = options.catalogue.word("many-all-after");
    lines.extend(table.row(&label, sides, |side, options| {
        let after = side.ledger.all_had_it_after();
        after.map_or_else(
            || options.catalogue.word("many-never"),
            |after| spent(side.ledger, after, options),
        )
    }));
    if sides.iter().any(|side| !side.losses.is_empty()) {
        for (key, cell) in LOSSES {
            lines.extend(table.row(&options.catalogue.word(key), sides, cell));
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

struct Table<'a> {
    options: &'a Options,
    label: usize,
    cell: usize,
}

impl<'a> Table<'a> {
    fn new(sides: &[Side<'_>], options: &'a Options) -> Self {
        let keys = COST.iter().chain(&LOSSES).map(|(key, _)| *key);
        let widths = keys
            .chain(["many-all-after"])
            .map(|key| columns(&options.catalogue.word(key)));
        let label = widths.max().unwrap_or(0).min(24) + 2;
        let room = options.width.max(80) - label;
        Self {
            options,
            label,
            cell: room / sides.len().max(1) - 2,
        }
    }

    fn place(&self, column: usize) -> usize {
        self.label + column * (self.cell + 2)
    }

    fn head(&self, sides: &[Side<'_>]) -> Vec<Line> {
        let names: Vec<Vec<String>> = sides
            .iter()
            .map(|side| wrap(side.name, self.cell))
            .collect();
        self.lines("", &names, Role::Title)
    }

    fn row(
        &self,
        label: &str,
        sides: &[Side<'_>],
        cell: impl Fn(&Side<'_>, &Options) -> String,
    ) -> Vec<Line> {
        let cells: Vec<Vec<String>> = sides
            .iter()
            .map(|side| wrap(&cell(side, self.options), self.cell))
            .collect();
        let role = if cells.windows(2).all(|two| two[0] == two[1]) {
            Role::Faint
        } else {
            Role::Plain
        };
        self.lines(label, &cells, role)
    }

    fn lines(&self, label: &str, cells: &[Vec<String>], role: Role) -> Vec<Line> {
        let labels = wrap(label, self.label - 2);
        let rows = cells
            .iter()
            .map(Vec::len)
            .max()
            .unwrap_or(0)
            .max(labels.len());
        let line = |at: usize| {
            let mut line = Line::new();
            line.push(Role::Note, labels.get(at).map_or("", String::as_str));
            for (column, pieces) in cells.iter().enumerate() {
                line.pad_to(self.place(column));
                line.push(
                    role,
                    fit(pieces.get(at).map_or("", String::as_str), self.cell),
                );
            }
            line
        };
        (0..rows).map(line).collect()
    }
}

/// What this receiver's program got, and when it had the last of it.
fn got(ledger: &Ledger, host: HostId, options: &Options) -> String {
    let shares = ledger.shares();
    let Some(share) = shares.iter().find(|share| share.host == host) else {
        return String::new();
    };
    let what = what(share, ledger);
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

fn what(share: &Share, ledger: &Ledger) -> Message {
    let sent = ledger.sent_by(HostId::CLIENT).count();
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
fn kept(side: &Side<'_>, options: &Options) -> String {
    let Some((from, to)) = side.ledger.kept.get(&HostId::CLIENT) else {
        return options.catalogue.word("compare-kept-none");
    };
    let waits = side.ledger.time_waits();
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

fn spent(ledger: &Ledger, span: Span, options: &Options) -> String {
    let ms = format!("{:.1}", span.as_ms());
    let Some(tenths) = ledger.round_trips(span) else {
        return format!("{ms} ms");
    };
    let message = Message::new("compare-spent")
        .text("ms", ms)
        .text("trips", format!("{}.{}", tenths / 10, tenths % 10));
    options.catalogue.say(&message)
}
