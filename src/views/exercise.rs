//! An exercise as it is told: the task, and how a run of the learner's program was marked.

use crate::explain::expect::CheckResult;
use crate::lesson::{Lesson, Paragraph, PartKind, Shape};
use crate::text::{Message, visible};

use super::lesson::{WIDEST, mark_of, paragraph_lines};
use super::options::Options;
use super::shortfall;
use super::styled::{Line, Role, wrap};

/// The task: what to write, what will be looked at, which lessons are about it, and how to go on.
#[must_use]
pub fn task(lesson: &Lesson, name: &str, lessons: &[String], options: &Options) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let mut lines = vec![
        Line::of(
            Role::Title,
            visible::untrusted(lesson.title(catalogue.lang())),
        ),
        Line::default(),
    ];
    for (kind, heading, shape) in [
        (PartKind::Before, "exercise-heading-task", Shape::Plain),
        (PartKind::After, "exercise-heading-expected", Shape::Item),
    ] {
        lines.push(Line::of(Role::Title, catalogue.word(heading)));
        for (at, paragraph) in paragraphs(lesson, kind, options).enumerate() {
            // Paragraphs stand apart, the items of a list together.
            if at > 0 && shape == Shape::Plain {
                lines.push(Line::default());
            }
            let shaped = Paragraph {
                shape,
                ..paragraph.clone()
            };
            lines.extend(paragraph_lines(&shaped, &[], options.width, "• "));
        }
        lines.push(Line::default());
    }
    let lessons = lessons.iter().map(|lesson| format!("lesson {lesson}"));
    let ways = [
        ("exercise-lessons", lessons.collect()),
        (
            "exercise-begin",
            vec![format!("exercise {name} --skeleton python")],
        ),
        (
            "exercise-how",
            vec![format!("exercise {name} -- python3 mine.py")],
        ),
    ];
    for (key, commands) in ways {
        if !commands.is_empty() {
            lines.push(Line::of(Role::Faint, catalogue.word(key)));
        }
        for command in commands {
            lines.push(Line::of(Role::Helper, format!("  sockscope {command}")));
        }
    }
    lines
}

/// How a run was marked: each expectation in the exercise's words, and below one that did not hold what was seen.
#[must_use]
pub fn marks(lesson: &Lesson, results: &[CheckResult], options: &Options) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let held = results.iter().filter(|result| result.held()).count();
    let heading = Message::new("exercise-heading-marks")
        .int("held", held)
        .int("of", results.len());
    let mut lines = vec![
        Line::default(),
        Line::of(Role::Title, catalogue.say(&heading)),
    ];
    for result in results {
        let one = std::slice::from_ref(result);
        let sentence = paragraphs(lesson, PartKind::After, options)
            .find(|paragraph| paragraph.proofs.iter().any(|proof| proof.id == result.id));
        match sentence {
            Some(paragraph) => lines.extend(paragraph_lines(paragraph, one, options.width, "")),
            None => {
                let (sign, role) = mark_of(one.iter());
                lines.push(Line::of(role, format!("{sign} {}", result.id)));
            }
        }
        for short in &result.shortfalls {
            let text = format!("{}: {}", result.id, catalogue.say(&short.what));
            let rows = wrap(&text, options.width.clamp(80, WIDEST) - 4);
            lines.extend(
                rows.into_iter()
                    .map(|row| Line::of(Role::Faint, format!("    {row}"))),
            );
            let width = options.width.max(80);
            lines.extend(shortfall::body(short, width, catalogue));
        }
    }
    lines
}

/// An expectation that held or not, in the exercise's words, without what was seen.
#[must_use]
pub fn marked(lesson: &Lesson, id: &str, held: bool, options: &Options) -> Vec<Line> {
    let sentence = paragraphs(lesson, PartKind::After, options)
        .find(|paragraph| paragraph.proofs.iter().any(|proof| proof.id == id))
        .map_or_else(
            || visible::text(id),
            |paragraph| visible::untrusted(&paragraph.plain()),
        );
    let (sign, role) = if held {
        ("✓", Role::Good)
    } else {
        ("✗", Role::Bad)
    };
    let rows = wrap(&sentence, options.width.clamp(80, WIDEST) - 2);
    rows.into_iter()
        .enumerate()
        .map(|(at, row)| Line::of(role, format!("{} {row}", if at == 0 { sign } else { " " })))
        .collect()
}

/// The paragraphs of this kind in the reader's language.
fn paragraphs<'l>(
    lesson: &'l Lesson,
    kind: PartKind,
    options: &Options,
) -> impl Iterator<Item = &'l Paragraph> {
    let narration = lesson.narration(options.catalogue.lang()).into_iter();
    narration
        .flat_map(|narration| &narration.parts)
        .filter(move |part| part.kind == kind)
        .flat_map(|part| &part.paragraphs)
}
