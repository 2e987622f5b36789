//! A lesson beside its run: the list, what is told before and after, which claims held and what was seen
//! where one did not.

use crate::explain::expect::CheckResult;
use crate::lesson::{
    Inline, Lesson, Mark, Narration, Paragraph, PartKind, Shape, Solution, letter,
};
use crate::model::Untrusted;
use crate::text::{Catalogue, Lang, Message};

use super::options::Options;
use super::shortfall::{self, UNDECIDED};
use super::styled::{Line, Role, columns, wrap};
use super::table::{Cell, Column, Table};
use crate::text::visible;

/// Columns of narration at most: longer lines are hard to read.
pub(super) const WIDEST: usize = 100;

/// Where the list's titles begin, in columns.
const TITLE_AT: usize = 29;

/// What the list says of a lesson.
#[derive(Clone, Debug, Default)]
pub struct ListedLesson {
    /// Its number, if it has one.
    pub number: Option<u32>,
    /// Its short name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// How many answers were right, of how many questions; none where it was not done.
    pub done: Option<(u32, u32)>,
    /// How long its runs take, where that is long.
    pub seconds: Option<u32>,
    /// The short names of those that should come before and were not done yet.
    pub after: Vec<String>,
}

/// One row of the list. Done has another sign than right answers, and both another than claims that hold.
#[must_use]
pub fn row(listed: &ListedLesson, width: usize, catalogue: &Catalogue) -> Vec<Line> {
    let number = listed.number.map_or_else(String::new, |n| n.to_string());
    let (sign, role) = match listed.done {
        Some((right, of)) if of > 0 && right == of => ("★", Role::Good),
        Some(_) => ("✓", Role::Good),
        None => (" ", Role::Plain),
    };
    let line = Table::new([0, 1, 6, TITLE_AT].map(Column::at)).line(&[
        Cell::whole(role, sign),
        Cell::whole(Role::Faint, format!("{number:>3}  ")),
        Cell::whole(Role::Helper, &listed.name),
        Cell::whole(Role::Plain, &listed.title),
    ]);
    let mut more = Vec::new();
    if let Some((right, of)) = listed.done.filter(|(_, of)| *of > 0) {
        more.push(
            Message::new("lesson-list-right")
                .int("right", right)
                .int("of", of),
        );
    }
    if let Some(seconds) = listed.seconds {
        more.push(Message::new("lesson-list-takes").int("seconds", seconds));
    }
    if listed.done.is_none() && !listed.after.is_empty() {
        more.push(Message::new("lesson-list-after").text("lessons", listed.after.join(", ")));
    }
    let more: Vec<String> = more.iter().map(|message| catalogue.say(message)).collect();
    let more = more.join("  ");
    let mut lines = vec![line];
    if more.is_empty() {
        return lines;
    }
    // What does not fit behind the title stands below it.
    if let Some(line) = lines.first_mut()
        && line.columns() + 2 + columns(&more) <= width.max(80)
    {
        line.push(Role::Faint, format!("  {more}"));
    } else {
        let below = wrap(&more, width.max(80) - TITLE_AT);
        lines.extend(below.into_iter().map(|text| {
            let mut line = Line::of(Role::Plain, " ".repeat(TITLE_AT));
            line.push(Role::Faint, text);
            line
        }));
    }
    lines
}

/// The title, and what is told before an act runs. The lesson's own introduction comes before its first act.
#[must_use]
pub fn before(lesson: &Lesson, act: usize, options: &Options) -> Vec<Line> {
    let lang = options.catalogue.lang();
    let mut lines = Vec::new();
    if act == 0 {
        let number = lesson.number.map_or_else(String::new, |n| format!("{n}. "));
        lines.push(Line::of(
            Role::Title,
            format!("{number}{}", visible::untrusted(lesson.title(lang))),
        ));
        lines.push(Line::default());
    } else {
        let of = format!("({}/{})", act + 1, lesson.acts.len());
        lines.push(Line::default());
        lines.push(Line::of(
            Role::Title,
            format!("{} {of}", visible::untrusted(lesson.title(lang))),
        ));
        lines.push(Line::default());
    }
    if let Some(narration) = lesson.narration(lang) {
        parts(
            narration,
            PartKind::Before,
            lesson,
            act,
            &[],
            options,
            &mut lines,
        );
    }
    lines
}

/// What is told after an act ran, each claim marked as held or not; then what was seen where one did not.
/// Pitfalls and where to read on come after the last act.
#[must_use]
pub fn after(lesson: &Lesson, act: usize, results: &[CheckResult], options: &Options) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    if let Some(narration) = lesson.narration(options.catalogue.lang()) {
        parts(
            narration,
            PartKind::After,
            lesson,
            act,
            results,
            options,
            &mut lines,
        );
        for result in results.iter().filter(|result| !result.held()) {
            lines.extend(shortfall::not_held(result, &options.catalogue));
            lines.push(Line::default());
        }
        if act + 1 == lesson.acts.len() {
            for kind in [PartKind::Pitfalls, PartKind::Rfc] {
                parts(narration, kind, lesson, act, &[], options, &mut lines);
            }
        }
    }
    while lines.last().is_some_and(|line| line.spans().is_empty()) {
        lines.pop();
    }
    lines
}

/// A question's words; the items of its list are the options, with letters.
#[must_use]
pub fn question(lesson: &Lesson, id: &str, options: &Options) -> Vec<Line> {
    let mut lines = vec![
        Line::default(),
        Line::of(Role::Title, options.catalogue.word("lesson-heading-ask")),
    ];
    let Some(narration) = lesson.narration(options.catalogue.lang()) else {
        return lines;
    };
    let mut option = 0;
    for part in narration.parts(PartKind::Ask, id) {
        for paragraph in &part.paragraphs {
            let bullet = format!("{}) ", letter(option));
            option += usize::from(paragraph.shape == Shape::Item);
            lines.extend(paragraph_lines(paragraph, &[], options.width, &bullet));
        }
    }
    lines
}

/// Where to look for a question's answer, as the lesson says it; nothing where it does not.
#[must_use]
pub fn hint(lesson: &Lesson, id: &str, options: &Options) -> Vec<Line> {
    let narration = lesson.narration(options.catalogue.lang()).into_iter();
    narration
        .flat_map(|narration| narration.parts(PartKind::Hint, id))
        .flat_map(|part| &part.paragraphs)
        .flat_map(|paragraph| paragraph_lines(paragraph, &[], options.width, "• "))
        .collect()
}

/// The words of a question in one language.
struct Words {
    question: String,
    options: Vec<String>,
}

impl Words {
    fn of(lesson: &Lesson, id: &str, lang: Lang) -> Self {
        let mut words = Self {
            question: id.to_owned(),
            options: Vec::new(),
        };
        let parts = lesson.narration(lang).map(|n| n.parts(PartKind::Ask, id));
        let paragraphs = parts
            .into_iter()
            .flatten()
            .flat_map(|part| &part.paragraphs);
        let mut asked = false;
        for paragraph in paragraphs {
            match paragraph.shape {
                Shape::Item => words.options.push(visible::untrusted(&paragraph.plain())),
                Shape::Plain if !asked => {
                    words.question = visible::untrusted(&paragraph.plain());
                    asked = true;
                }
                Shape::Plain | Shape::Verbatim => {}
            }
        }
        words
    }

    /// An answer that is the letter of one option: with what that says.
    fn with_option(&self, solution: &Solution, answer: &str, catalogue: &Catalogue) -> String {
        match solution.options(answer).as_deref() {
            Some([one]) => match self.options.get(*one) {
                Some(option) => catalogue.say(
                    &Message::new("lesson-ask-option")
                        .text("letter", letter(*one).to_string())
                        .text("option", option.trim_end_matches(['.', '。']).to_owned()),
                ),
                None => answer.to_owned(),
            },
            _ => answer.to_owned(),
        }
    }
}

/// Who reads what became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Who answered it.
    Yours,
    /// Somebody else, a teacher.
    Theirs,
}

/// What became of a question: the right answer, what was given, and to whom it is said.
#[must_use]
pub fn marked(
    lesson: &Lesson,
    id: &str,
    (solution, given, whose): (Option<&Solution>, Option<&Untrusted>, Whose),
    options: &Options,
) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let words = Words::of(lesson, id, catalogue.lang());
    let mut lines = Vec::new();
    let mut say = |sign: &str, role, message: Message| {
        let text = catalogue.say(&message);
        for (at, row) in wrap(&text, options.width.clamp(80, WIDEST) - 4)
            .into_iter()
            .enumerate()
        {
            let sign = if at == 0 { sign } else { " " };
            lines.push(Line::of(role, format!("{sign} {row}")));
        }
    };
    let Some(solution) = solution else {
        let text = Message::new("lesson-ask-unknown").text("question", words.question);
        say(" ", Role::Faint, text);
        return lines;
    };
    let (sign, role, key) = match given.map(|given| solution.mark(given)) {
        Some(Mark::Right) => ("✓", Role::Good, "lesson-ask-right"),
        Some(_) if whose == Whose::Theirs => ("✗", Role::Bad, "lesson-verify-wrong"),
        Some(_) => ("✗", Role::Bad, "lesson-ask-wrong"),
        None => (" ", Role::Plain, "lesson-ask-unanswered"),
    };
    let given = given.map(visible::untrusted).unwrap_or_default();
    let text = Message::new(key)
        .text("question", words.question.clone())
        .text(
            "answer",
            words.with_option(solution, &solution.shown(), catalogue),
        )
        .text("given", words.with_option(solution, &given, catalogue));
    say(sign, role, text);
    if let (Some(at), false) = (&solution.look_at, role == Role::Good) {
        let key = if solution.counted {
            "lesson-ask-look-from"
        } else {
            "lesson-ask-look"
        };
        let look = Message::new(key)
            .text("ms", format!("{:.1}", at.after.as_ms()))
            .text("line", at.line.clone());
        say("   ", Role::Faint, look);
    }
    lines
}

/// The parts of a kind for this act, under their heading.
fn parts(
    narration: &Narration,
    kind: PartKind,
    lesson: &Lesson,
    act: usize,
    results: &[CheckResult],
    options: &Options,
    lines: &mut Vec<Line>,
) {
    let own = lesson.acts.get(act).map_or("", |act| act.name.as_str());
    let general = match kind {
        PartKind::Before => act == 0,
        _ => act + 1 == lesson.acts.len(),
    };
    let chosen = narration
        .parts
        .iter()
        .filter(|part| part.kind == kind && (part.of == own || (part.of.is_empty() && general)));
    for part in chosen {
        let heading = match kind {
            PartKind::After => "lesson-heading-after",
            PartKind::Pitfalls => "lesson-heading-pitfalls",
            PartKind::Rfc => "lesson-heading-rfc",
            PartKind::Before | PartKind::Ask | PartKind::Hint => "lesson-heading-before",
        };
        lines.push(Line::of(Role::Title, options.catalogue.word(heading)));
        let mut before = None;
        for paragraph in &part.paragraphs {
            // Paragraphs stand apart, the items of a list together.
            let list = before == Some(Shape::Item) && paragraph.shape == Shape::Item;
            if before.is_some() && !list {
                lines.push(Line::default());
            }
            before = Some(paragraph.shape);
            lines.extend(paragraph_lines(paragraph, results, options.width, "• "));
        }
        lines.push(Line::default());
    }
}

/// A paragraph, with a mark where this run proves it or fails to.
pub(super) fn paragraph_lines(
    paragraph: &Paragraph,
    results: &[CheckResult],
    width: usize,
    bullet: &str,
) -> Vec<Line> {
    let (mark, role) = mark(paragraph, results);
    let bullet = match paragraph.shape {
        Shape::Item => bullet,
        Shape::Plain | Shape::Verbatim => "",
    };
    let indent = 2 + columns(bullet);
    let text: Vec<(char, Role)> = paragraph
        .text
        .iter()
        .flat_map(|inline| {
            let (text, role) = match inline {
                Inline::Text(text) => (text, Role::Plain),
                Inline::Code(text) => (text, Role::Call),
                Inline::Strong(text) => (text, Role::Title),
            };
            let text: Vec<char> = shown(text, paragraph.shape).chars().collect();
            text.into_iter().map(move |c| (c, role))
        })
        .collect();
    let plain: String = text.iter().map(|(c, _)| c).collect();
    let rows = if paragraph.shape == Shape::Verbatim {
        plain.lines().map(str::to_owned).collect()
    } else {
        wrap(&plain, width.min(WIDEST) - indent)
    };
    let mut rest = text.iter();
    rows.iter()
        .enumerate()
        .map(|(at, row)| {
            let mut line = if at == 0 {
                let mut line = Line::of(role, format!("{mark} "));
                line.push(Role::Plain, bullet);
                line
            } else {
                Line::of(Role::Plain, " ".repeat(indent))
            };
            for c in row.chars() {
                // The same text, less the blanks at which lines were broken.
                if let Some((c, role)) = rest.by_ref().find(|(next, _)| *next == c) {
                    line.push(*role, c.to_string());
                }
            }
            line
        })
        .collect()
}

/// A stretch of a paragraph; lines that are shown as they are keep their ends, and have their columns at any tab width.
fn shown(text: &Untrusted, shape: Shape) -> String {
    match shape {
        Shape::Verbatim => visible::untrusted_lines(text, "    "),
        Shape::Plain | Shape::Item => visible::untrusted(text),
    }
}

/// Held, when all that prove it held; nothing where nothing of this run does.
fn mark(paragraph: &Paragraph, results: &[CheckResult]) -> (&'static str, Role) {
    let mut own = paragraph
        .proofs
        .iter()
        .filter(|proof| proof.of.is_none())
        .filter_map(|proof| results.iter().find(|result| result.id == proof.id))
        .peekable();
    if own.peek().is_none() {
        return (" ", Role::Plain);
    }
    mark_of(own)
}

/// The mark of expectations that came out like this, together.
pub(super) fn mark_of<'r>(results: impl Iterator<Item = &'r CheckResult>) -> (&'static str, Role) {
    let mut mark = ("✓", Role::Good);
    for result in results.filter(|result| !result.held()) {
        if result.too_busy().is_none() {
            return ("✗", Role::Bad);
        }
        mark = UNDECIDED;
    }
    mark
}

/// One line of `lesson check`: the lesson, and whether all its claims held.
#[must_use]
pub fn checked(lesson: &Lesson, results: &[CheckResult], ms: i64, catalogue: &Catalogue) -> Line {
    let (mark, role) = mark_of(results.iter());
    let held = results.iter().filter(|result| result.held()).count();
    let undecided = results
        .iter()
        .filter(|result| result.too_busy().is_some())
        .count();
    let name = visible::untrusted(&lesson.name);
    let key = if undecided > 0 {
        "lesson-checked-too-busy"
    } else {
        "lesson-checked"
    };
    let text = Message::new(key)
        .int("held", held)
        .int("of", results.len())
        .int("undecided", undecided)
        .int("ms", ms);
    Table::new([0, 2, 26.max(columns(&name) + 3)].map(Column::at)).line(&[
        Cell::whole(role, format!("{mark} ")),
        Cell::whole(Role::Helper, name),
        Cell::whole(Role::Plain, catalogue.say(&text)),
    ])
}
