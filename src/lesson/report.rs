//! Mistakes as a person reads them: each with its place underlined, what could stand there, and the nearest
//! name; all of a lesson together.

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource, Report,
    Severity,
};

use crate::script::Mistake;
use crate::text::{Catalogue, Message};

use super::source::{Faults, File};

/// All mistakes, worded, ending in a newline; empty when there are none. In `width` columns, with colours or
/// without.
#[must_use]
pub fn report(faults: &Faults, catalogue: &Catalogue, width: u16, colour: bool) -> String {
    let theme = if colour {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(usize::from(width))
        .with_links(false)
        .with_context_lines(0);
    let mut out = String::new();
    for (file, mistakes) in &faults.files {
        for mistake in mistakes {
            let report = one(file, mistake, catalogue);
            // Writing into a string does not fail.
            let _ = handler.render_report(&mut out, report.as_ref());
        }
    }
    out
}

/// A mistake's wording.
#[must_use]
pub fn message(mistake: &Mistake) -> Message {
    let said = Message::new(mistake.key);
    mistake.args.iter().fold(said, |message, (name, value)| {
        message.text(name, visible(value))
    })
}

fn one(file: &File, mistake: &Mistake, catalogue: &Catalogue) -> Report {
    let mut diagnostic = MietteDiagnostic::new(catalogue.say(&message(mistake)));
    diagnostic.severity = Some(Severity::Error);
    if let Some(nearest) = &mistake.nearest {
        let cure = Message::new("lesson-mistake-nearest").text("nearest", nearest.clone());
        diagnostic.help = Some(catalogue.say(&cure));
    }
    let end = mistake.span.end.min(file.text.len());
    let start = mistake.span.start.min(end);
    if file.text.is_empty() {
        diagnostic.message = format!("{}: {}", visible(&file.path), diagnostic.message);
        return Report::new(diagnostic);
    }
    diagnostic.labels = Some(vec![LabeledSpan::underline(
        start..first_line(file, start, end),
    )]);
    // Control characters of a file must not reach the terminal as they are; the lengths must stay.
    let text: String = file.text.chars().map(harmless).collect();
    Report::new(diagnostic).with_source_code(NamedSource::new(visible(&file.path), text))
}

/// An underline goes to the end of its first line: the place is what counts.
fn first_line(file: &File, start: usize, end: usize) -> usize {
    file.text
        .get(start..end)
        .and_then(|text| text.find('\n'))
        .map_or(end, |length| start + length)
}

/// A character of the same length in bytes that a terminal shows and does not obey.
fn harmless(c: char) -> char {
    match c {
        '\n' | '\t' => c,
        '\r' | '\0'..='\u{1f}' | '\u{7f}' => '?',
        '\u{80}'..='\u{9f}' => '\u{b7}',
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => '\u{fffd}',
        c => c,
    }
}

fn visible(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c == '\n' || c == '\t' {
                ' '
            } else {
                harmless(c)
            }
        })
        .collect()
}
