//! A class's hand-ins as a table: who, which lesson, how many right, when, and what does not fit.

use crate::model::Time;

use super::census::date;
use super::options::Options;
use super::styled::{Line, Role, columns, fit, wrap};
use super::table::{Cell, Table};

/// A row of it.
#[derive(Clone, Debug, Default)]
pub struct HandInRow {
    /// The hand-in's name.
    pub name: String,
    /// The lesson's short name.
    pub lesson: String,
    /// How many answers were right …
    pub right: usize,
    /// … of how many questions.
    pub of: usize,
    /// When the lesson began.
    pub began: Option<Time>,
    /// What does not fit, worded.
    pub misfits: Vec<String>,
}

impl HandInRow {
    /// One that could not be read.
    #[must_use]
    pub fn unreadable(name: String, why: String) -> Self {
        Self {
            name,
            misfits: vec![why],
            ..Self::default()
        }
    }
}

/// Columns of a name; longer ones are cut.
const LONGEST: usize = 24;
/// Before a hand-in that fits …
const FITS: &str = "✓ ";
/// … and before one that does not.
const MISFITS: &str = "✗ ";

/// The table, with its heading.
#[must_use]
pub fn table(rows: &[HandInRow], options: &Options) -> Vec<Line> {
    let word = |key| options.catalogue.word(key);
    let heads = [
        word("lesson-class-name"),
        word("lesson-class-lesson"),
        word("lesson-class-right"),
        word("lesson-class-began"),
    ];
    let texts: Vec<[String; 4]> = rows.iter().map(texts).collect();
    let table = Table::signed(columns(FITS), texts.iter().chain([&heads]));
    let line = |role, sign: &str, texts: &[String; 4]| {
        let texts = texts.iter().map(|text| Cell::whole(role, text));
        let cells = [Cell::whole(role, sign)].into_iter().chain(texts);
        table.line(&cells.collect::<Vec<_>>())
    };
    let mut lines = vec![line(Role::Title, "  ", &heads)];
    for (row, texts) in rows.iter().zip(&texts) {
        let (role, sign) = if row.misfits.is_empty() {
            (Role::Plain, FITS)
        } else {
            (Role::Bad, MISFITS)
        };
        lines.push(line(role, sign, texts));
        for misfit in &row.misfits {
            for part in wrap(misfit, options.width.max(80) - 4) {
                lines.push(Line::of(Role::Bad, format!("    {part}")));
            }
        }
    }
    lines
}

fn texts(row: &HandInRow) -> [String; 4] {
    [
        fit(&row.name, LONGEST),
        fit(&row.lesson, LONGEST),
        row.began
            .map_or_else(String::new, |_| format!("{}/{}", row.right, row.of)),
        row.began.map_or_else(String::new, date),
    ]
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::text::{Catalogue, Lang};

    #[test]
    fn a_class_is_a_table_and_what_does_not_fit_stands_below_its_row() {
        let rows = [
            HandInRow {
                name: "ada".to_owned(),
                lesson: "handshake".to_owned(),
                right: 2,
                of: 2,
                began: Some(Time::from_ns(1_700_000_000_000_000_000)),
                misfits: Vec::new(),
            },
            HandInRow {
                name: "小明".to_owned(),
                lesson: "raw".to_owned(),
                right: 0,
                of: 1,
                began: Some(Time::from_ns(1_700_000_060_000_000_000)),
                misfits: vec!["the recording is another".to_owned()],
            },
            HandInRow::unreadable("x".to_owned(), "no hand-in".to_owned()),
        ];
        let options = Options {
            width: 80,
            catalogue: Rc::new(Catalogue::new(Lang::En)),
            quiet: false,
            spacious: false,
        };
        let lines = table(&rows, &options);
        let text: Vec<String> = lines.iter().map(Line::plain).collect();
        insta::assert_snapshot!(text.join("\n"));
    }
}
