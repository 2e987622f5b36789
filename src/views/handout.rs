//! A lesson as a sheet of paper: what it is about, what to watch for, its questions with room for answers, pitfalls and
//! where to read; with a key, the answers of a run. Markdown, or a page of HTML that needs nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::lesson::{Inline, Lesson, Narration, Paragraph, Part, PartKind, Shape, letter};
use crate::text::{Catalogue, visible};

/// The answers of a run, worded, by question.
pub type Key = BTreeMap<String, String>;

/// Lines of room for an answer.
const ROOM: usize = 2;

/// One sheet, in Markdown.
#[must_use]
pub fn markdown(lesson: &Lesson, key: Option<&Key>, catalogue: &Catalogue) -> String {
    let lang = catalogue.lang();
    let mut out = String::new();
    let title = visible::untrusted(lesson.title(lang));
    let _ = writeln!(out, "# {title}\n");
    let name = visible::untrusted(&lesson.name);
    let _ = writeln!(out, "`sockscope lesson {name}`\n");
    let Some(narration) = lesson.narration(lang) else {
        return out;
    };
    section(
        &mut out,
        narration,
        PartKind::Before,
        "lesson-heading-before",
        catalogue,
    );
    questions(&mut out, lesson, narration, key, catalogue);
    section(
        &mut out,
        narration,
        PartKind::Pitfalls,
        "lesson-heading-pitfalls",
        catalogue,
    );
    section(
        &mut out,
        narration,
        PartKind::Rfc,
        "lesson-heading-rfc",
        catalogue,
    );
    out
}

fn section(
    out: &mut String,
    narration: &Narration,
    kind: PartKind,
    heading: &str,
    catalogue: &Catalogue,
) {
    let parts: Vec<&Part> = narration
        .parts
        .iter()
        .filter(|part| part.kind == kind)
        .collect();
    if parts.is_empty() {
        return;
    }
    let _ = writeln!(out, "## {}\n", catalogue.word(heading));
    for part in parts {
        let mut before = Shape::Plain;
        for paragraph in &part.paragraphs {
            if before == Shape::Item && paragraph.shape != Shape::Item {
                out.push('\n');
            }
            before = paragraph.shape;
            let mark = if paragraph.shape == Shape::Item {
                "- "
            } else {
                ""
            };
            let _ = writeln!(out, "{mark}{}", words(paragraph));
            if paragraph.shape != Shape::Item {
                out.push('\n');
            }
        }
        out.push('\n');
    }
}

fn questions(
    out: &mut String,
    lesson: &Lesson,
    narration: &Narration,
    key: Option<&Key>,
    catalogue: &Catalogue,
) {
    let _ = writeln!(out, "## {}\n", catalogue.word("lesson-handout-questions"));
    let mut asked: Vec<&str> = Vec::new();
    for ask in lesson.acts.iter().flat_map(|act| &act.asks) {
        if asked.contains(&ask.id.as_str()) {
            continue;
        }
        asked.push(&ask.id);
        let mut option = 0;
        for part in narration.parts(PartKind::Ask, &ask.id) {
            for paragraph in &part.paragraphs {
                if paragraph.shape == Shape::Item {
                    let _ = writeln!(out, "   {}) {}", letter(option), words(paragraph));
                    option += 1;
                } else {
                    let _ = writeln!(out, "{}. {}\n", asked.len(), words(paragraph));
                }
            }
        }
        match key {
            Some(key) => {
                let none = || catalogue.word("lesson-handout-no-answer");
                let answer = key.get(&ask.id).cloned().unwrap_or_else(none);
                let word = catalogue.word("lesson-handout-answer");
                let _ = writeln!(out, "\n   **{word} {answer}**\n");
            }
            None => {
                out.push('\n');
                for _ in 0..ROOM {
                    out.push_str(
                        "   ______________________________________________________________\n\n",
                    );
                }
            }
        }
    }
}

/// A paragraph's words as Markdown. What stands in them is the lesson's, and shown, not obeyed.
fn words(paragraph: &Paragraph) -> String {
    let inline = |inline: &Inline| match inline {
        Inline::Text(text) => visible::untrusted(text),
        Inline::Code(text) => format!("`{}`", visible::untrusted(text)),
        Inline::Strong(text) => format!("**{}**", visible::untrusted(text)),
    };
    paragraph.text.iter().map(inline).collect()
}

/// Sheets as one page of HTML, with page breaks between them for printing.
#[must_use]
pub fn html(sheets: &[String], lang: &str) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<meta charset=\"utf-8\">\n<title>sockscope</title>\n<style>\n\
         body {{ font-family: serif; max-width: 46em; margin: 2em auto; line-height: 1.5 }}\n\
         code {{ font-family: monospace }}\nsection {{ break-after: page }}\n</style>\n"
    );
    for sheet in sheets {
        out.push_str("<section>\n");
        for line in sheet.lines() {
            let _ = match line.trim_start() {
                "" => Ok(()),
                text if text.starts_with("# ") => writeln!(out, "<h1>{}</h1>", inline(&text[2..])),
                text if text.starts_with("## ") => writeln!(out, "<h2>{}</h2>", inline(&text[3..])),
                text if text.starts_with("- ") => writeln!(out, "<p>• {}</p>", inline(&text[2..])),
                text => writeln!(out, "<p>{}</p>", inline(text)),
            };
        }
        out.push_str("</section>\n");
    }
    out.push_str("</html>\n");
    out
}

/// A line with its code and weight; everything else is text.
fn inline(text: &str) -> String {
    let escaped = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let mut out = String::new();
    for (at, piece) in escaped.split('`').enumerate() {
        if at % 2 == 1 {
            let _ = write!(out, "<code>{piece}</code>");
        } else {
            for (at, piece) in piece.split("**").enumerate() {
                if at % 2 == 1 {
                    let _ = write!(out, "<strong>{piece}</strong>");
                } else {
                    out.push_str(piece);
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lesson::{Shelf, read};
    use crate::text::Lang;

    #[test]
    fn a_sheet_has_its_questions_with_room_and_a_key_has_answers() {
        let shelf = Shelf::built_in();
        for lang in Lang::ALL {
            let catalogue = Catalogue::new(lang);
            for source in shelf.sources() {
                let lesson = read(source).expect("it is right");
                let sheet = markdown(&lesson, None, &catalogue);
                assert!(sheet.starts_with("# ") && sheet.contains("____"), "{sheet}");
                assert!(sheet.contains("RFC"), "{sheet}");
            }
            let lesson = read(shelf.find("handshake").expect("there")).expect("right");
            let key = Key::from([("proof".to_owned(), "42".to_owned())]);
            let sheet = markdown(&lesson, Some(&key), &catalogue);
            assert!(sheet.contains("42**") && !sheet.contains("____"), "{sheet}");
            let page = html(&[sheet], lang.tag());
            assert!(
                page.contains("<h1>") && page.contains("<code>ack</code>"),
                "{page}"
            );
        }
        assert_eq!(
            inline("a < `b` **c**"),
            "a &lt; <code>b</code> <strong>c</strong>"
        );
    }
}
