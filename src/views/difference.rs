//! Two stories line by line: a sign says what became of a line, two columns of times say in which story it stands.
//!
//! ```text
//!        <        >  ms
//!      0.1      0.1  client > server  SYN  seq=0 len=0 mss=1460 sack-permitted ts wscale=7
//! <   40.7           client > server  PSH ACK  seq=2 ack=1 len=1 ts
//!   …                12 lines, the same in both
//! ```

use serde_json::{Map, Value, json};

use crate::explain::compare::comparable::{EntryKind, StoryEntry};
use crate::explain::compare::difference::{Counts, Difference, DifferenceRow, RowKind};
use crate::model::{Host, Span, Verdict};
use crate::text::Message;

use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::table::{Cell, Column, Table};
use super::wording;

/// Columns of a sign or two.
const SIGNS: usize = 3;
/// Columns of one story's times.
const TIME: usize = 8;
/// Where the text begins.
const TEXT: usize = SIGNS + 2 * TIME + 2;

/// Lines without a difference that stand before and behind one.
const AROUND: usize = 3;
/// The least number of lines that is folded.
const WORTH_FOLDING: usize = 4;
/// Columns for data in a call.
const DATA: usize = 24;
/// Lines that are shown; the rest is counted.
const SHOWN: usize = 500;

/// The difference between the two stories that are called so, whose hosts these are.
#[must_use]
pub fn lines(
    difference: &Difference,
    names: [&str; 2],
    hosts: &[Host],
    options: &Options,
) -> Vec<Line> {
    let page = Page { hosts, options };
    let mut lines = page.head(difference, names);
    lines.extend(page.rows(difference));
    lines.push(Line::new());
    lines.extend(page.wrapped(Role::Note, &counted(difference.counts(), names)));
    lines
}

/// The same as JSON: an object per line, and one that counts them.
#[must_use]
pub fn json(
    difference: &Difference,
    names: [&str; 2],
    hosts: &[Host],
    options: &Options,
) -> Vec<Line> {
    let page = Page { hosts, options };
    let rows = difference.rows.iter().map(|row| page.object(row));
    let counts = difference.counts();
    let end = json!({
        "moment": "compared",
        "left": names[0],
        "right": names[1],
        "same": counts.same,
        "unlike": counts.unlike,
        "left_only": counts.left,
        "right_only": counts.right,
        "later": counts.later,
        "left_out": difference.left_out,
        "without_calls": difference.without_calls,
    });
    rows.chain([end])
        .map(|object| Line::of(Role::Plain, crate::text::visible::json(&object.to_string())))
        .collect()
}

struct Page<'a> {
    hosts: &'a [Host],
    options: &'a Options,
}

impl Page<'_> {
    fn say(&self, message: &Message) -> String {
        self.options.catalogue.say(message)
    }

    fn wrapped(&self, role: Role, message: &Message) -> Vec<Line> {
        let room = self.options.width.clamp(80, 140);
        wrap(&self.say(message), room)
            .into_iter()
            .map(|text| Line::of(role, text))
            .collect()
    }

    /// What the signs mean.
    fn head(&self, difference: &Difference, names: [&str; 2]) -> Vec<Line> {
        let named = |key| {
            Message::new(key)
                .text("left", names[0].to_owned())
                .text("right", names[1].to_owned())
        };
        let mut lines = vec![Line::of(
            Role::Title,
            self.say(&Message::new("difference-title")),
        )];
        let mut remarks = vec![named("difference-signs"), Message::new("difference-unlike")];
        if let Some(jitter) = difference.jitter {
            let message = Message::new("difference-later-sign");
            remarks.push(message.text("ms", wording::time(jitter)));
        }
        if difference.without_calls {
            remarks.push(Message::new("difference-without-calls"));
        }
        for (name, left_out) in names.into_iter().zip(difference.left_out) {
            if left_out > 0 {
                let message = Message::new("difference-left-out").int("count", left_out);
                remarks.push(message.text("name", name.to_owned()));
            }
        }
        for remark in &remarks {
            lines.extend(self.wrapped(Role::Faint, remark));
        }
        let heads = format!("{}{:>TIME$}{:>TIME$}  ms", " ".repeat(SIGNS), "<", ">");
        lines.extend([Line::new(), Line::of(Role::Faint, heads)]);
        lines
    }

    fn rows(&self, difference: &Difference) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut shown = 0;
        for (rows, folded) in folded(&difference.rows) {
            if folded {
                let message = Message::new("difference-folded").int("count", rows.len() as u64);
                let sign = " ".repeat(SIGNS - 1) + "…";
                lines.push(Table::new([0, TEXT].map(Column::at)).line(&[
                    Cell::whole(Role::Faint, sign),
                    Cell::whole(Role::Faint, self.say(&message)),
                ]));
                continue;
            }
            for row in rows {
                if shown == SHOWN {
                    let more = rest(&difference.rows, row);
                    lines.extend(self.wrapped(Role::Caution, &more));
                    return lines;
                }
                shown += 1;
                lines.extend(self.row(row));
            }
        }
        lines
    }

    fn row(&self, row: &DifferenceRow) -> Vec<Line> {
        let (left, right) = (row.left.as_ref(), row.right.as_ref());
        let later = row.later.map(|later| self.later(later));
        let sign = if later.is_some() { "~" } else { "" };
        match row.kind {
            RowKind::Same => self.entry((sign, Role::Faint), [left, right], left, later.as_deref()),
            RowKind::Left => self.entry(("<", Role::Data), [left, None], left, None),
            RowKind::Right => self.entry((">", Role::Fin), [None, right], right, None),
            RowKind::Unlike => {
                let mut lines = self.entry(("≠<", Role::Caution), [left, None], left, None);
                lines.extend(self.entry(
                    ("≠>", Role::Caution),
                    [None, right],
                    right,
                    later.as_deref(),
                ));
                lines
            }
        }
    }

    fn later(&self, later: Span) -> String {
        let key = if later.ns() < 0 {
            "difference-earlier"
        } else {
            "difference-later"
        };
        let ms = wording::time(Span::from_ns(later.ns().abs()));
        self.say(&Message::new(key).text("ms", ms))
    }

    /// A line with its sign, the time in each story, and the text; what is too long goes on below.
    fn entry(
        &self,
        (sign, role): (&str, Role),
        times: [Option<&StoryEntry>; 2],
        entry: Option<&StoryEntry>,
        later: Option<&str>,
    ) -> Vec<Line> {
        let Some(entry) = entry else {
            return Vec::new();
        };
        let mut text = self.text(entry);
        if let Some(later) = later {
            text = format!("{text}  {later}");
        }
        // The same in both and at its time is what may be skipped.
        let role = if later.is_some() { Role::Caution } else { role };
        let times =
            times.map(|time| time.map_or_else(String::new, |entry| wording::time(entry.at)));
        let times = times.map(|time| format!("{time:>TIME$}")).concat();
        self.table().row(&[
            Cell::whole(role, sign),
            Cell::whole(Role::Time, times),
            Cell::wrapped(role, text),
        ])
    }

    fn table(&self) -> Table {
        let room = self.options.width.max(80) - TEXT;
        Table::new([Column::at(0), Column::at(SIGNS), Column::within(TEXT, room)])
    }

    fn text(&self, entry: &StoryEntry) -> String {
        match &entry.what {
            EntryKind::Call(call, _) => {
                let host = wording::host_name(call.host, self.hosts, &self.options.catalogue);
                format!("{host}  {}", called(&entry.what))
            }
            EntryKind::Frame(frame) => {
                let line = crate::text::visible::text(&frame.line);
                let fate = frame.fate.as_ref().map(|fate| self.fate(fate));
                line + &fate.unwrap_or_default()
            }
        }
    }

    fn fate(&self, fate: &Verdict) -> String {
        let key = match fate {
            Verdict::Passed | Verdict::Delayed(_) | Verdict::Overrun { .. } => {
                return String::new();
            }
            Verdict::Lost | Verdict::QueueFull | Verdict::TooBig { .. } => "difference-lost",
            Verdict::Duplicated(_) => "difference-duplicated",
            Verdict::Reordered => "difference-reordered",
            Verdict::Corrupted(_) => "difference-corrupted",
        };
        format!("  {}", self.say(&Message::new(key)))
    }

    fn object(&self, row: &DifferenceRow) -> Value {
        let kind = match row.kind {
            RowKind::Same => "same",
            RowKind::Unlike => "unlike",
            RowKind::Left => "left",
            RowKind::Right => "right",
        };
        let mut object = Map::new();
        object.insert("moment".to_owned(), "difference".into());
        object.insert("mark".to_owned(), kind.into());
        for (name, entry) in [("left", &row.left), ("right", &row.right)] {
            if let Some(entry) = entry {
                object.insert(name.to_owned(), self.side(entry));
            }
        }
        if let Some(later) = row.later {
            object.insert("later_ms".to_owned(), later.as_ms().into());
        }
        Value::Object(object)
    }

    fn side(&self, entry: &StoryEntry) -> Value {
        match &entry.what {
            EntryKind::Call(call, _) => {
                let host = self.hosts.iter().find(|known| known.id == call.host);
                let host = host.map(|host| host.name.clone());
                json!({"ms": entry.at.as_ms(), "host": host, "text": called(&entry.what)})
            }
            EntryKind::Frame(frame) => {
                json!({"ms": entry.at.as_ms(), "text": frame.line, "fate": frame.fate})
            }
        }
    }
}

/// A call as the C API spells it, with what it gave.
fn called(what: &EntryKind) -> String {
    let EntryKind::Call(call, returned) = what else {
        return String::new();
    };
    let text = wording::call(call, DATA);
    match returned {
        None => format!("{text} …"),
        Some(returned) => format!("{text} {}", wording::gave(call, returned, DATA)),
    }
}

/// The lines in parts: such as are shown, and such as are folded.
fn folded(rows: &[DifferenceRow]) -> Vec<(&[DifferenceRow], bool)> {
    let plain = |row: &DifferenceRow| row.kind == RowKind::Same && row.later.is_none();
    let mut parts = Vec::new();
    let mut begin = 0;
    for stretch in rows.chunk_by(|one, other| plain(one) == plain(other)) {
        let end = begin + stretch.len();
        let head = if begin == 0 { 0 } else { AROUND };
        let tail = if end == rows.len() { 0 } else { AROUND };
        if stretch.first().is_some_and(plain) && stretch.len() >= head + tail + WORTH_FOLDING {
            parts.push((&rows[begin..begin + head], false));
            parts.push((&rows[begin + head..end - tail], true));
            parts.push((&rows[end - tail..end], false));
        } else {
            parts.push((stretch, false));
        }
        begin = end;
    }
    parts
}

/// What is not shown any more, from this line on.
fn rest(rows: &[DifferenceRow], from: &DifferenceRow) -> Message {
    let begin = rows.iter().position(|row| std::ptr::eq(row, from));
    let rest = &rows[begin.unwrap_or(rows.len())..];
    let differ = rest.iter().filter(|row| row.kind != RowKind::Same).count();
    Message::new("difference-more")
        .int("count", rest.len() as u64)
        .int("differ", differ as u64)
}

fn counted(counts: Counts, names: [&str; 2]) -> Message {
    if counts.unlike + counts.left + counts.right == 0 {
        return Message::new("difference-none").int("same", counts.same);
    }
    Message::new("difference-counts")
        .int("same", counts.same)
        .int("unlike", counts.unlike)
        .int("only_left", counts.left)
        .int("only_right", counts.right)
        .text("left", names[0].to_owned())
        .text("right", names[1].to_owned())
}

#[cfg(test)]
mod tests;
