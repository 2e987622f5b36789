//! TCP beside UDP, or any two runs: their ledgers in two columns, then what each receiving call gave.

use crate::explain::ledger::{Boundaries, Ledger, Piece};
use crate::model::{Endpoint, HostId, Span, TcpState};
use crate::text::Message;

use super::styled::{Line, Role, columns, fit, wrap};
use super::{Options, visible};

/// So many receiving calls are listed for each side; the rest is counted.
const LISTED: usize = 12;

/// What one column says in a row.
type Cell = fn(&Ledger, &Options) -> String;

/// Two runs side by side, each with its name.
#[must_use]
pub fn lines(left: (&str, &Ledger), right: (&str, &Ledger), options: &Options) -> Vec<Line> {
    let table = Table {
        options,
        label: label_width(options),
    };
    let mut lines = vec![table.head(left.0, right.0)];
    let rows: [(&'static str, Cell); 9] = [
        ("compare-packets", packets),
        ("compare-bytes", bytes),
        ("compare-headers", headers),
        ("compare-first-byte", first_byte),
        ("compare-last-byte", last_byte),
        ("compare-sent", sent),
        ("compare-received", received),
        ("compare-boundaries", boundaries),
        ("compare-states", states),
    ];
    for (key, cell) in rows {
        lines.extend(table.row(key, &cell(left.1, options), &cell(right.1, options)));
    }
    if left.1.lost + right.1.lost + left.1.wire.resent + right.1.wire.resent > 0 {
        lines.extend(table.row(
            "compare-lost",
            &left.1.lost.to_string(),
            &right.1.lost.to_string(),
        ));
        lines.extend(table.row(
            "compare-resent",
            &left.1.wire.resent.to_string(),
            &right.1.wire.resent.to_string(),
        ));
    }
    lines.push(Line::new());
    lines.push(Line::of(
        Role::Title,
        options.catalogue.say(&Message::new("compare-each")),
    ));
    lines.extend(table.pieces(left.1, right.1));
    lines
}

fn label_width(options: &Options) -> usize {
    // The widest label of the language decides, within reason.
    const LABELS: [&str; 11] = [
        "compare-packets",
        "compare-bytes",
        "compare-headers",
        "compare-first-byte",
        "compare-last-byte",
        "compare-sent",
        "compare-received",
        "compare-boundaries",
        "compare-states",
        "compare-lost",
        "compare-resent",
    ];
    let widths = LABELS
        .iter()
        .map(|key| columns(&options.catalogue.say(&Message::new(key))));
    widths.max().unwrap_or(0).min(30) + 2
}

struct Table<'a> {
    options: &'a Options,
    label: usize,
}

impl Table<'_> {
    fn cell(&self) -> usize {
        (self.options.width.max(80) - self.label - 2) / 2
    }

    fn head(&self, left: &str, right: &str) -> Line {
        let mut line = Line::new();
        line.pad_to(self.label);
        line.push(Role::Title, fit(left, self.cell()));
        line.pad_to(self.label + self.cell() + 2);
        line.push(Role::Title, fit(right, self.cell()));
        line
    }

    fn row(&self, key: &'static str, left: &str, right: &str) -> Vec<Line> {
        let label = self.options.catalogue.say(&Message::new(key));
        let (left, right) = (wrap(left, self.cell()), wrap(right, self.cell()));
        let differ = left != right;
        let mut lines = Vec::new();
        for at in 0..left.len().max(right.len()) {
            let mut line = Line::new();
            if at == 0 {
                line.push(Role::Note, fit(&label, self.label - 1));
            }
            line.pad_to(self.label);
            let role = if differ { Role::Plain } else { Role::Faint };
            line.push(role, left.get(at).cloned().unwrap_or_default());
            line.pad_to(self.label + self.cell() + 2);
            line.push(role, right.get(at).cloned().unwrap_or_default());
            lines.push(line);
        }
        lines
    }

    /// Every receiving call of both runs, numbered.
    fn pieces(&self, left: &Ledger, right: &Ledger) -> Vec<Line> {
        let (a, b) = (texts(left, self.options), texts(right, self.options));
        let rows = a.len().max(b.len());
        let mut lines = Vec::new();
        for at in 0..rows.min(LISTED) {
            let mut line = Line::new();
            line.push(
                Role::Faint,
                format!("{:>width$}", at + 1, width = self.label - 2),
            );
            line.pad_to(self.label);
            line.push(
                Role::Data,
                fit(a.get(at).map_or("", String::as_str), self.cell()),
            );
            line.pad_to(self.label + self.cell() + 2);
            line.push(
                Role::Data,
                fit(b.get(at).map_or("", String::as_str), self.cell()),
            );
            lines.push(line);
        }
        if rows > LISTED {
            let more = Message::new("compare-more").int("count", (rows - LISTED) as u64);
            lines.push(Line::of(Role::Faint, self.options.catalogue.say(&more)));
        }
        lines
    }
}

/// Each receiving call in words: `server recv = 6 "AAABBB"`.
fn texts(ledger: &Ledger, options: &Options) -> Vec<String> {
    let text = |piece: &Piece| {
        let host = ledger
            .hosts
            .get(usize::from(piece.host.0))
            .map_or("", |host| host.name.as_str());
        let call = format!("{:?}", piece.name).to_lowercase();
        let cut = if piece.cut {
            format!(" {}", options.catalogue.say(&Message::new("compare-cut")))
        } else {
            String::new()
        };
        let head = &piece.head[..piece
            .head
            .len()
            .min(usize::try_from(piece.len).unwrap_or(usize::MAX))];
        format!(
            "{host} {call} = {}{cut} \"{}\"",
            piece.len,
            visible::bytes(head)
        )
    };
    ledger.received.iter().map(text).collect()
}

fn packets(ledger: &Ledger, options: &Options) -> String {
    let message = Message::new("compare-packets-of")
        .int("all", ledger.wire.packets)
        .int("data", ledger.wire.with_data);
    options.catalogue.say(&message)
}

fn bytes(ledger: &Ledger, _: &Options) -> String {
    ledger.wire.bytes.to_string()
}

fn headers(ledger: &Ledger, _: &Options) -> String {
    let share = (ledger.headers() * 1000)
        .checked_div(ledger.wire.bytes)
        .unwrap_or(0);
    format!("{} ({}.{} %)", ledger.headers(), share / 10, share % 10)
}

fn first_byte(ledger: &Ledger, options: &Options) -> String {
    spent(ledger, ledger.first_byte(), options)
}

fn last_byte(ledger: &Ledger, options: &Options) -> String {
    spent(ledger, ledger.last_byte(), options)
}

fn spent(ledger: &Ledger, span: Option<Span>, options: &Options) -> String {
    let Some(span) = span else {
        return "–".to_owned();
    };
    let ms = format!("{:.1}", span.as_ms());
    let Some(tenths) = ledger.round_trips(span) else {
        return format!("{ms} ms");
    };
    let message = Message::new("compare-spent")
        .text("ms", ms)
        .text("trips", format!("{}.{}", tenths / 10, tenths % 10));
    options.catalogue.say(&message)
}

fn sent(ledger: &Ledger, _: &Options) -> String {
    sizes(&ledger.sent)
}

fn received(ledger: &Ledger, _: &Options) -> String {
    sizes(&ledger.received)
}

/// `3: 5 5 7`, each piece's length; many of the same length in a row are counted.
fn sizes(pieces: &[Piece]) -> String {
    let mut runs: Vec<(u64, usize)> = Vec::new();
    for piece in pieces {
        match runs.last_mut() {
            Some((len, count)) if *len == piece.len => *count += 1,
            _ => runs.push((piece.len, 1)),
        }
    }
    let shown: Vec<_> = runs
        .iter()
        .take(8)
        .map(|(len, count)| {
            if *count > 3 {
                format!("{count}×{len}")
            } else {
                vec![len.to_string(); *count].join(" ")
            }
        })
        .collect();
    let more = if runs.len() > 8 { " …" } else { "" };
    if pieces.is_empty() {
        "0".to_owned()
    } else {
        format!("{}: {}{more}", pieces.len(), shown.join(" "))
    }
}

fn boundaries(ledger: &Ledger, options: &Options) -> String {
    let key = match ledger.boundaries(HostId::CLIENT, HostId::SERVER) {
        Boundaries::Nothing => "compare-boundaries-nothing",
        Boundaries::Same => "compare-boundaries-same",
        Boundaries::Different => "compare-boundaries-different",
        Boundaries::Incomplete => "compare-boundaries-incomplete",
    };
    options.catalogue.say(&Message::new(key))
}

/// The last state of each connection at each host, as far as it is not CLOSED.
fn states(ledger: &Ledger, options: &Options) -> String {
    let name = |host: &HostId| {
        ledger
            .hosts
            .get(usize::from(host.0))
            .map_or("", |host| host.name.as_str())
    };
    let open = |((host, _, _), state): (&(HostId, Endpoint, Endpoint), &TcpState)| {
        (*state != TcpState::Closed).then(|| format!("{} {state}", name(host)))
    };
    let states: Vec<_> = ledger.states.iter().filter_map(open).collect();
    if states.is_empty() {
        options.catalogue.say(&Message::new("compare-states-none"))
    } else {
        states.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CallName, Time};

    fn piece(len: u64) -> Piece {
        Piece {
            at: Time::from_ns(0),
            host: HostId::SERVER,
            name: CallName::Recv,
            len,
            head: vec![b'x'; len as usize],
            cut: false,
        }
    }

    #[test]
    fn sizes_are_counted_where_they_repeat() {
        let pieces: Vec<_> = [5, 5, 7].map(piece).to_vec();
        assert_eq!(sizes(&pieces), "3: 5 5 7");
        let pieces: Vec<_> = [9, 9, 9, 9, 1].map(piece).to_vec();
        assert_eq!(sizes(&pieces), "5: 4×9 1");
        assert_eq!(sizes(&[]), "0");
    }

    #[test]
    fn no_row_is_wider_than_the_screen_in_either_language() {
        for lang in [crate::text::Lang::En, crate::text::Lang::Zh] {
            let catalogue = std::rc::Rc::new(crate::text::Catalogue::new(lang));
            let options = Options {
                width: 80,
                catalogue,
                quiet: false,
                spacious: false,
            };
            let mut ledger = Ledger::new();
            ledger.received = (1..60).map(piece).collect();
            ledger.sent = (1..60).map(piece).collect();
            for line in lines(("TCP", &ledger), ("UDP", &Ledger::new()), &options) {
                assert!(line.columns() <= 80, "{}: {}", line.columns(), line.plain());
            }
        }
    }
}
