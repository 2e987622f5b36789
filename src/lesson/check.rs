//! The static check: what can be wrong with a lesson before it is run.

use crate::notation::Mistake;

use super::shelf::TAKEN_NAMES;
use super::source::{Faults, LessonSource};
use super::{Lesson, Shelf, prose, read};

/// Reads and checks a lesson. `shelf` is where other lessons are, to whose expectations it may refer.
///
/// # Errors
/// What keeps it from being run, or else what a reader would stumble over: a narration that does not fit on a screen, has
/// other parts than in the other language, or refers to what is not there.
pub fn check(source: &LessonSource, shelf: &Shelf) -> Result<Lesson, Faults> {
    let lesson = read(source)?;
    let mut faults = prose::narrations(source, &lesson);
    faults.append(name_is_free(source));
    faults.append(references_to_others(source, &lesson, shelf));
    if faults.is_empty() {
        Ok(lesson)
    } else {
        Err(faults)
    }
}

/// Nobody could ask for a lesson that is called like a sub-command.
fn name_is_free(source: &LessonSource) -> Faults {
    let mut faults = Faults::default();
    let (_, name) = source.number_and_name();
    if let (true, Some(file)) = (TAKEN_NAMES.contains(&name), source.file("lesson.toml")) {
        let taken = Mistake::new(0..0, "lesson-mistake-name-taken").with("found", name);
        faults.add(file, vec![taken]);
    }
    faults
}

fn references_to_others(source: &LessonSource, lesson: &Lesson, shelf: &Shelf) -> Faults {
    let mut faults = Faults::default();
    for (tag, narration) in &lesson.narrations {
        let name = format!("{tag}.md");
        let file = source
            .file(&name)
            .cloned()
            .unwrap_or_else(|| source.missing(&name));
        let mut mistakes = Vec::new();
        let paragraphs = narration.parts.iter().flat_map(|part| &part.paragraphs);
        for reference in paragraphs.flat_map(|paragraph| &paragraph.proofs) {
            let Some(other) = &reference.of else {
                continue;
            };
            if lesson.acts.iter().any(|act| act.name == *other) {
                continue;
            }
            let found = shelf.find(other).ok().and_then(|source| read(source).ok());
            let proves = found.is_some_and(|lesson| {
                lesson
                    .acts
                    .iter()
                    .any(|act| act.expectation(&reference.id).is_some())
            });
            if !proves {
                let whole = format!("{other}/{}", reference.id);
                mistakes.push(
                    Mistake::new(reference.span.clone(), "lesson-mistake-reference")
                        .with("found", whole),
                );
            }
        }
        faults.add(&file, mistakes);
    }
    faults
}
