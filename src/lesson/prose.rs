//! The prose of a lesson: that it is whole, the same in each language, and fits its screens.
//!
//! Every paragraph that names a flag, a state or a number must refer to an expectation (or, where it says
//! what the book says, to its source), and what it names must stand in that expectation: a claim of the
//! prose that no run would refute is found here.

use crate::notation::{Mistake, nearest};
use crate::text::Lang;
use unicode_width::UnicodeWidthStr;

use super::Lesson;
use super::act::Act;
use super::ask::Ask;
use super::claims::{self, Claims};
use super::narration::{Narration, Paragraph, Part, PartKind, Reference, Shape};
use super::source::{Faults, File, LessonSource};

/// A screen: what is told before a run, or after it, must fit on one (80 columns, 24 lines, less the title
/// and the line that asks to go on).
const ROWS: usize = 21;
const COLUMNS: usize = 76;

/// The narrations of a lesson, each by itself and beside one another.
pub(super) fn narrations(source: &LessonSource, lesson: &Lesson) -> Faults {
    let mut faults = Faults::default();
    let mut first: Option<(&'static str, Vec<(PartKind, String)>)> = None;
    for lang in Lang::ALL {
        let name = format!("{}.md", lang.tag());
        let (Some(narration), Some(file)) = (lesson.narrations.get(lang.tag()), source.file(&name))
        else {
            continue;
        };
        let mut mistakes = one(narration, lesson, file);
        let parts = outline(narration);
        match &first {
            None => first = Some((lang.tag(), parts)),
            Some((tag, wanted)) => same_parts(wanted, &parts, tag, narration, &mut mistakes),
        }
        faults.add(file, mistakes);
    }
    faults
}

fn outline(narration: &Narration) -> Vec<(PartKind, String)> {
    narration
        .parts
        .iter()
        .map(|part| (part.kind, part.of.clone()))
        .collect()
}

fn same_parts(
    wanted: &[(PartKind, String)],
    parts: &[(PartKind, String)],
    tag: &str,
    narration: &Narration,
    mistakes: &mut Vec<Mistake>,
) {
    for (kind, of) in wanted.iter().filter(|part| !parts.contains(part)) {
        mistakes.push(
            Mistake::new(0..0, "lesson-mistake-part-missing")
                .with("part", heading(*kind, of))
                .with("file", format!("{tag}.md")),
        );
    }
    for part in &narration.parts {
        if !wanted.contains(&(part.kind, part.of.clone())) {
            mistakes.push(
                Mistake::new(part.span.clone(), "lesson-mistake-part-alone")
                    .with("file", format!("{tag}.md")),
            );
        }
    }
}

fn heading(kind: PartKind, of: &str) -> String {
    let word = PartKind::ALL
        .iter()
        .find(|(_, k)| *k == kind)
        .map_or("", |(word, _)| word);
    format!("## {word} {of}").trim_end().to_owned()
}

fn one(narration: &Narration, lesson: &Lesson, file: &File) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for kind in [PartKind::Before, PartKind::After] {
        for of in parts_of(kind, lesson) {
            if narration.parts(kind, of).next().is_none() {
                mistakes.push(
                    Mistake::new(0..0, "lesson-mistake-part-needed")
                        .with("part", heading(kind, of)),
                );
            }
        }
    }
    for ask in lesson.acts.iter().flat_map(|act| &act.asks) {
        if narration.parts(PartKind::Ask, &ask.id).next().is_none() {
            mistakes.push(
                Mistake::new(0..0, "lesson-mistake-part-needed")
                    .with("part", heading(PartKind::Ask, &ask.id)),
            );
        }
    }
    for ask in lesson.acts.iter().flat_map(|act| &act.asks) {
        has_its_options(ask, narration, &mut mistakes);
    }
    for part in &narration.parts {
        of_known_act(part, lesson, &mut mistakes);
        fits_screen(part, &mut mistakes);
        for paragraph in &part.paragraphs {
            claims_are_proved(part, paragraph, lesson, file, &mut mistakes);
        }
    }
    mistakes
}

/// Each option of a question has its words.
fn has_its_options(ask: &Ask, narration: &Narration, mistakes: &mut Vec<Mistake>) {
    let Some(options) = ask.answer.options() else {
        return;
    };
    for part in narration.parts(PartKind::Ask, &ask.id) {
        let items = part.paragraphs.iter().filter(|p| p.shape == Shape::Item);
        let items = items.count();
        if items != options && !mistakes.iter().any(|m| m.span == part.span) {
            mistakes.push(
                Mistake::new(part.span.clone(), "lesson-mistake-options")
                    .with("items", items.to_string())
                    .with("options", options.to_string()),
            );
        }
    }
}

/// Of what there is a part of this kind: of each act, but before one is drawn nothing is said of it.
fn parts_of(kind: PartKind, lesson: &Lesson) -> Vec<&str> {
    if lesson.draws && kind == PartKind::Before {
        return vec![""];
    }
    lesson.acts.iter().map(|act| act.name.as_str()).collect()
}

/// A part is of an act, or of a question, that the lesson has.
fn of_known_act(part: &Part, lesson: &Lesson, mistakes: &mut Vec<Mistake>) {
    let names: Vec<&str> = if matches!(part.kind, PartKind::Ask | PartKind::Hint) {
        let asks = lesson.acts.iter().flat_map(|act| &act.asks);
        asks.map(|ask| ask.id.as_str()).collect()
    } else {
        lesson.acts.iter().map(|act| act.name.as_str()).collect()
    };
    let of_all = matches!(part.kind, PartKind::Pitfalls | PartKind::Rfc)
        || (lesson.draws && part.kind == PartKind::Before);
    let whole = of_all && part.of.is_empty();
    if !whole && !names.contains(&part.of.as_str()) {
        let mut mistake = Mistake::new(part.span.clone(), "lesson-mistake-part-of")
            .with("found", part.of.clone());
        mistake.nearest = nearest(&part.of, names).map(str::to_owned);
        mistakes.push(mistake);
    }
}

/// How many rows a part takes when it is told: paragraphs with an empty line between them, items without.
pub(super) fn rows(part: &Part) -> usize {
    let mut rows = 0;
    let mut before = None;
    for paragraph in &part.paragraphs {
        if before.is_some() && !(before == Some(Shape::Item) && paragraph.shape == Shape::Item) {
            rows += 1;
        }
        before = Some(paragraph.shape);
        let text = paragraph.plain();
        let text = text.raw();
        rows += match paragraph.shape {
            Shape::Verbatim => text.lines().count(),
            Shape::Plain | Shape::Item => text.width().div_ceil(COLUMNS),
        };
    }
    rows
}

fn fits_screen(part: &Part, mistakes: &mut Vec<Mistake>) {
    let rows = rows(part);
    if rows > ROWS && matches!(part.kind, PartKind::Before | PartKind::After) {
        mistakes.push(
            Mistake::new(part.span.clone(), "lesson-mistake-long")
                .with("rows", rows.to_string())
                .with("most", ROWS.to_string()),
        );
    }
}

/// The acts whose expectations a part may refer to.
fn acts_of<'l>(part: &Part, lesson: &'l Lesson) -> Vec<&'l Act> {
    let own: Vec<&Act> = lesson
        .acts
        .iter()
        .filter(|act| act.name == part.of)
        .collect();
    if own.is_empty() {
        lesson.acts.iter().collect()
    } else {
        own
    }
}

fn claims_are_proved(
    part: &Part,
    paragraph: &Paragraph,
    lesson: &Lesson,
    file: &File,
    mistakes: &mut Vec<Mistake>,
) {
    let asks = matches!(part.kind, PartKind::Ask | PartKind::Hint);
    if paragraph.shape == Shape::Verbatim || asks {
        return;
    }
    let claims = claims::of(paragraph.plain().raw());
    let acts = acts_of(part, lesson);
    let own = |reference: &Reference| own_acts(reference, &acts, lesson);
    let mut all_there = true;
    for reference in &paragraph.proofs {
        let Some(acts) = own(reference) else {
            continue;
        };
        if !acts
            .iter()
            .any(|act| act.expectation(&reference.id).is_some())
        {
            all_there = false;
            let ids = acts
                .iter()
                .flat_map(|act| &act.expectations)
                .map(|e| e.id.as_str());
            mistakes.push(
                Mistake::new(place(reference, file), "lesson-mistake-reference")
                    .with("found", reference.id.clone())
                    .near(&reference.id, ids),
            );
        }
    }
    if paragraph.proofs.is_empty() {
        if !claims.none() && !claims.cites {
            mistakes.push(
                Mistake::new(paragraph.span.clone(), "lesson-mistake-unproved")
                    .with("claims", list(&claims)),
            );
        }
        return;
    }
    // What another lesson proves is looked up where the shelf is known.
    let known: Option<Vec<(&Reference, Vec<&Act>)>> = paragraph
        .proofs
        .iter()
        .map(|reference| Some((reference, own(reference)?)))
        .collect();
    if let Some(known) = known.filter(|_| all_there) {
        let proof: String = known
            .iter()
            .flat_map(|(reference, acts)| {
                acts.iter().filter_map(|act| act.expectation(&reference.id))
            })
            .map(claims::provable)
            .collect();
        let written: String = lesson.acts.iter().map(|act| act.written.as_str()).collect();
        stands_there(&claims, &proof, &written, paragraph, mistakes);
    }
}

/// The acts in which a reference of this lesson is looked up; none when it is to another lesson.
fn own_acts<'l>(
    reference: &Reference,
    near: &[&'l Act],
    lesson: &'l Lesson,
) -> Option<Vec<&'l Act>> {
    let Some(of) = &reference.of else {
        return Some(near.to_vec());
    };
    let named: Vec<&Act> = lesson.acts.iter().filter(|act| act.name == *of).collect();
    (!named.is_empty()).then_some(named)
}

/// What is claimed stands in what is to prove it; a number may also be one of the script or the wire.
fn stands_there(
    claims: &Claims,
    proof: &str,
    written: &str,
    paragraph: &Paragraph,
    mistakes: &mut Vec<Mistake>,
) {
    if claims.cites {
        return;
    }
    let words = claims
        .words
        .iter()
        .filter(|word| !claims::holds_word(proof, word));
    let numbers = claims.numbers.iter().filter(|number| {
        !claims::holds_number(proof, number) && !claims::holds_number(written, number)
    });
    let missing: Vec<&str> = words.copied().chain(numbers.map(String::as_str)).collect();
    if !missing.is_empty() {
        mistakes.push(
            Mistake::new(paragraph.span.clone(), "lesson-mistake-not-proved-by")
                .with("claims", missing.join(", "))
                .with(
                    "ids",
                    paragraph
                        .proofs
                        .iter()
                        .map(|reference| reference.id.as_str())
                        .collect::<Vec<_>>()
                        .join(", "),
                ),
        );
    }
}

fn list(claims: &Claims) -> String {
    let mut all: Vec<&str> = claims.words.clone();
    all.extend(claims.numbers.iter().map(String::as_str));
    if claims.counts {
        all.push("…");
    }
    all.join(", ")
}

/// Where a reference stands within its paragraph.
fn place(reference: &Reference, file: &File) -> std::ops::Range<usize> {
    let span = reference.span.clone();
    let found = file
        .text
        .get(span.clone())
        .and_then(|text| text.find(&format!("#{}", reference.id)));
    match found {
        Some(at) => span.start + at + 1..span.start + at + 1 + reference.id.len(),
        None => span,
    }
}
