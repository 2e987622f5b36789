//! A class's hand-ins as a table: who, which lesson, how many right, when, and what does not fit.

use crate::model::Time;

use super::census::date;
use super::options::Options;
use super::styled::{Line, Role, columns, fit, wrap};
use super::table::{Cell, Table};

/// A question of a hand-in, marked.
#[derive(Clone, Debug, Default)]
pub struct MarkedQuestion {
    /// Its name.
    pub ask: String,
    /// What was answered.
    pub given: Option<String>,
    /// Whether that is right; none where it was not answered, or the run has no answer.
    pub right: Option<bool>,
}

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
    /// Its questions, in order.
    pub questions: Vec<MarkedQuestion>,
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

/// The names of all questions of all rows, each once, as `lesson/question`.
fn all_questions(rows: &[HandInRow]) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for row in rows {
        for question in &row.questions {
            let name = format!("{}/{}", row.lesson, question.ask);
            if !all.contains(&name) {
                all.push(name);
            }
        }
    }
    all
}

/// For a spreadsheet (RFC 4180): a column for each question, 1 for right, 0 for wrong, empty where there is no answer.
#[must_use]
pub fn csv(rows: &[HandInRow]) -> String {
    let questions = all_questions(rows);
    let mut heads: Vec<String> = ["name", "lesson", "right", "of", "began", "fits"]
        .map(str::to_owned)
        .to_vec();
    heads.extend(questions.iter().cloned());
    heads.push("reasons".to_owned());
    let mut out = line_of(&heads);
    for row in rows {
        let mut cells = vec![
            row.name.clone(),
            row.lesson.clone(),
            row.right.to_string(),
            row.of.to_string(),
            row.began.map_or_else(String::new, date),
            u8::from(row.misfits.is_empty()).to_string(),
        ];
        cells.extend(questions.iter().map(|name| {
            let own = row.questions.iter();
            let mut own = own.filter(|q| format!("{}/{}", row.lesson, q.ask) == *name);
            let right = own.next().and_then(|question| question.right);
            right.map_or_else(String::new, |right| u8::from(right).to_string())
        }));
        cells.push(row.misfits.join("; "));
        out.push_str(&line_of(&cells));
    }
    out
}

/// A line of CSV. A cell that a spreadsheet would take for a formula gets a quote in front: it is somebody else's text.
fn line_of(cells: &[String]) -> String {
    let cells = cells.iter().map(|cell| {
        let cell = if cell.starts_with(['=', '+', '-', '@']) {
            format!("'{cell}")
        } else {
            cell.clone()
        };
        if cell.contains([',', '"', '\n', '\r', ';']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell
        }
    });
    cells.collect::<Vec<_>>().join(",") + "\n"
}

/// For programs: one object a line.
#[must_use]
pub fn json(rows: &[HandInRow]) -> String {
    let row = |row: &HandInRow| {
        let questions = row.questions.iter().map(|question| {
            serde_json::json!({
                "question": question.ask,
                "answer": question.given,
                "right": question.right,
            })
        });
        let row = serde_json::json!({
            "name": row.name,
            "lesson": row.lesson,
            "right": row.right,
            "of": row.of,
            "began_ns": row.began.map(Time::ns),
            "fits": row.misfits.is_empty(),
            "questions": questions.collect::<Vec<_>>(),
            "reasons": row.misfits,
        });
        format!("{row}\n")
    };
    rows.iter().map(row).collect()
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
                questions: Vec::new(),
                misfits: Vec::new(),
            },
            HandInRow {
                name: "小明".to_owned(),
                lesson: "raw".to_owned(),
                right: 0,
                of: 1,
                began: Some(Time::from_ns(1_700_000_060_000_000_000)),
                questions: vec![MarkedQuestion {
                    ask: "who".to_owned(),
                    given: Some("=1+1".to_owned()),
                    right: Some(false),
                }],
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
        assert_eq!(
            csv(&rows).lines().next(),
            Some("name,lesson,right,of,began,fits,raw/who,reasons")
        );
        assert!(csv(&rows).contains("小明,raw,0,1,"), "{}", csv(&rows));
        assert_eq!(json(&rows).lines().count(), 3);
        assert_eq!(
            line_of(&["=1+1".to_owned(), "a,\"b".to_owned()]),
            "'=1+1,\"a,\"\"b\"\n"
        );
    }
}
