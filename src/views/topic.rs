//! A topic of the reference: what the catalogue says about it, set at a width.
//!
//! Each line of the text is one of these:
//!
//! ```text
//! # heading
//! - one of a list
//! | name || what it is
//! ||                        here come the rows that the program knows itself
//!     an example, as it stands (four blanks)
//! a paragraph
//! ```

use super::styled::{columns, wrap};
use super::{Line, Role};

/// Longer lines are hard to read.
const WIDEST: usize = 100;
/// Columns of a table's names, where what stands behind them needs the room; a longer name has a line of its own.
const NAMES: usize = 22;
/// Blanks before what is no paragraph.
const INDENT: &str = "  ";

/// A row of a table: a name, and what it is.
pub type TopicRow = (String, String);

/// The lines of a text, with `rows` where it asks for them.
#[must_use]
pub fn lines(text: &str, rows: &[TopicRow], width: usize) -> Vec<Line> {
    let width = width.min(WIDEST);
    let mut lines = Vec::new();
    let mut waiting: Vec<TopicRow> = Vec::new();
    for line in text.lines() {
        if line == "||" {
            waiting.extend_from_slice(rows);
        } else if let Some((name, what)) = row(line) {
            waiting.push((name.to_owned(), what.to_owned()));
        } else {
            lines.extend(table(&std::mem::take(&mut waiting), width));
            lines.extend(block(line, width));
        }
    }
    lines.extend(table(&waiting, width));
    lines
}

fn row(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("| ")?.split_once(" || ")
}

/// A line that is no row.
fn block(line: &str, width: usize) -> Vec<Line> {
    if let Some(title) = line.strip_prefix("# ") {
        return vec![Line::of(Role::Title, title)];
    }
    if let Some(example) = line.strip_prefix("    ") {
        return vec![Line::of(Role::Call, format!("{INDENT}{example}"))];
    }
    if let Some(item) = line.strip_prefix("- ") {
        let rows = wrap(item, width - 2);
        let marks = std::iter::once("- ").chain(std::iter::repeat(INDENT));
        let set = |(mark, row): (&str, String)| Line::of(Role::Plain, format!("{mark}{row}"));
        return marks.zip(rows).map(set).collect();
    }
    let rows = wrap(line, width);
    rows.into_iter()
        .map(|row| Line::of(Role::Plain, row))
        .collect()
}

/// Rows that stand together, their texts below each other.
#[must_use]
pub fn table(rows: &[TopicRow], width: usize) -> Vec<Line> {
    let widest = |of: fn(&TopicRow) -> &str| rows.iter().map(|row| columns(of(row))).max();
    let longest = widest(|row| &row.0).unwrap_or(0);
    let whole = INDENT.len() + longest + INDENT.len() + widest(|row| &row.1).unwrap_or(0);
    let names = if whole <= width {
        longest
    } else {
        longest.min(NAMES)
    };
    let texts = INDENT.len() + names + INDENT.len();
    let mut lines = Vec::new();
    for (name, what) in rows {
        let mut line = Line::of(Role::Plain, INDENT);
        line.push(Role::Helper, name.as_str());
        if columns(name) > names {
            lines.push(std::mem::take(&mut line));
        }
        for row in wrap(what, width - texts) {
            line.pad_to(texts);
            line.push(Role::Plain, row);
            lines.push(std::mem::take(&mut line));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, rows: &[(&str, &str)], width: usize) -> Vec<String> {
        let owned = |(name, what): &(&str, &str)| ((*name).to_owned(), (*what).to_owned());
        let rows: Vec<TopicRow> = rows.iter().map(owned).collect();
        let lines = lines(text, &rows, width);
        lines.iter().map(Line::plain).collect()
    }

    #[test]
    fn each_kind_of_line_is_set_in_its_own_way() {
        let text = "# Title\nsome words\n- one of them\n\n| a || first\n| bcd || second\n||\n    as  it stands";
        assert_eq!(
            set(text, &[("e", "third")], 80),
            [
                "Title",
                "some words",
                "- one of them",
                "",
                "  a    first",
                "  bcd  second",
                "  e    third",
                "  as  it stands",
            ]
        );
    }

    #[test]
    fn what_is_too_long_goes_on_below_itself() {
        assert_eq!(
            set("- one two three", &[], 9),
            ["- one two", "  three"],
            "a list"
        );
        let name = "a-name-that-is-longer-than-most";
        assert_eq!(
            set(&format!("| {name} || one two"), &[], 30),
            [
                format!("  {name}").as_str(),
                "                          one",
                "                          two"
            ],
            "a table"
        );
    }
}
