//! Mistakes as a person reads them: each with its place underlined, what could stand there, and the nearest
//! name; all of a lesson together.

use std::sync::Arc;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError,
    MietteSpanContents, Report, Severity, SourceCode, SourceSpan, SpanContents,
};

use crate::notation::Mistake;
use crate::text::{Catalogue, Message, visible};

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
        .with_context_lines(AROUND);
    let mut out = String::new();
    let mut left = SHOWN;
    for (file, mistakes) in &faults.files {
        // Control characters of a file must not reach the terminal as they are; the lengths must stay.
        let text: Arc<str> = visible::in_place(&file.text).into();
        for mistake in mistakes.iter().take(left) {
            let report = one(file, &text, mistake, catalogue);
            // Writing into a string does not fail.
            let _ = handler.render_report(&mut out, report.as_ref());
        }
        left = left.saturating_sub(mistakes.len());
    }
    if let Some(more @ 1..) = faults.count().checked_sub(SHOWN) {
        out.push_str(&catalogue.say(&Message::new("lesson-left-out").int("count", more)));
        out.push('\n');
    }
    out
}

/// So many mistakes are shown with their places; looking for a place takes the longer the larger the file is.
const SHOWN: usize = 100;

/// A mistake's wording.
#[must_use]
pub fn message(mistake: &Mistake) -> Message {
    let said = Message::new(mistake.key);
    mistake
        .args
        .iter()
        .fold(said, |message, (name, value)| message.text(name, value))
}

fn one(file: &File, text: &Arc<str>, mistake: &Mistake, catalogue: &Catalogue) -> Report {
    let mut diagnostic = MietteDiagnostic::new(catalogue.say(&message(mistake)));
    diagnostic.severity = Some(Severity::Error);
    if file.text.is_empty() {
        return Report::new(diagnostic);
    }
    let cure = mistake.nearest.as_ref().map(|nearest| {
        catalogue.say(&Message::new("lesson-mistake-nearest").text("nearest", nearest.clone()))
    });
    let end = mistake.span.end.min(file.text.len());
    let start = mistake.span.start.min(end);
    let place = SourceSpan::from(start..first_line(file, start, end));
    diagnostic.labels = Some(vec![LabeledSpan::new_primary_with_span(cure, place)]);
    Report::new(diagnostic).with_source_code(SourceLine {
        path: visible::text(&file.path),
        text: Arc::clone(text),
    })
}

/// What the handler asks for around a place; [`SourceLine`] gives the place's own line for it.
const AROUND: usize = 1;

/// A text of which the whole line is shown in which a place stands, and no other.
#[derive(Debug)]
struct SourceLine {
    path: String,
    text: Arc<str>,
}

impl SourceCode for SourceLine {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let start = span.offset();
        let text = self.text.get(start..start + span.len());
        let text = text.ok_or(MietteError::OutOfBounds)?;
        let line = self.text[..start].matches('\n').count();
        let begins = self.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let ends = self.text[start..]
            .find('\n')
            .map_or(self.text.len(), |at| start + at);
        let (shown, place, column) = if before == 0 {
            (text, *span, self.text[begins..start].chars().count())
        } else {
            (&self.text[begins..ends], SourceSpan::from(begins..ends), 0)
        };
        Ok(Box::new(MietteSpanContents::new_named(
            self.path.clone(),
            shown.as_bytes(),
            place,
            line,
            column,
            1,
        )))
    }
}

/// An underline goes to the end of its first line: the place is what counts.
fn first_line(file: &File, start: usize, end: usize) -> usize {
    file.text
        .get(start..end)
        .and_then(|text| text.find('\n'))
        .map_or(end, |length| start + length)
}
