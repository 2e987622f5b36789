//! What was expected and what was seen, where a claim about a run does not hold.

use crate::explain::expect::{CheckResult, Shortfall};
use crate::text::{Catalogue, Message};

use super::styled::{Line, Role, wrap};
use super::wording;

/// What stands before something of which a machine that was too busy says nothing.
pub(super) const UNDECIDED: (&str, Role) = ("?", Role::Caution);

/// A claim that did not hold: what was expected, what was seen.
#[must_use]
pub fn not_held(result: &CheckResult, catalogue: &Catalogue) -> Vec<Line> {
    result
        .shortfalls
        .iter()
        .flat_map(|shortfall| shortfall_lines(&result.id, shortfall, catalogue))
        .collect()
}

fn shortfall_lines(id: &str, shortfall: &Shortfall, catalogue: &Catalogue) -> Vec<Line> {
    let (mark, role) = if shortfall.late.is_some() {
        UNDECIDED
    } else {
        ("✗", Role::Bad)
    };
    let text = format!("{mark} {id}: {}", catalogue.say(&shortfall.what));
    let mut lines = vec![Line::of(role, text)];
    lines.extend(body(shortfall, usize::MAX, catalogue));
    lines
}

/// What was expected and what was seen, below what fell short, in lines of so many columns.
pub(super) fn body(shortfall: &Shortfall, width: usize, catalogue: &Catalogue) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(late) = shortfall.late {
        let busy = Message::new("lesson-too-busy").text("span", wording::duration(late));
        lines.push(Line::of(
            Role::Caution,
            format!("    {}", catalogue.say(&busy)),
        ));
    }
    if !shortfall.expected.is_empty() {
        lines.push(Line::of(
            Role::Faint,
            format!("    {}", catalogue.word("lesson-expected")),
        ));
    }
    for (text, found) in &shortfall.expected {
        let (mark, role) = if *found {
            ("✓", Role::Good)
        } else {
            ("✗", Role::Bad)
        };
        let mut line = Line::of(role, format!("      {mark} "));
        line.push(Role::Plain, text);
        lines.push(line);
    }
    if !shortfall.seen.is_empty() {
        lines.push(Line::of(
            Role::Faint,
            format!("    {}", catalogue.word("lesson-seen")),
        ));
    }
    for text in &shortfall.seen {
        let rows = wrap(text, width.saturating_sub(12));
        lines.extend(rows.iter().enumerate().map(|(at, row)| {
            let indent = if at == 0 { "    " } else { "                " };
            Line::of(Role::Plain, format!("    {indent}{row}"))
        }));
    }
    if shortfall.left_out > 0 {
        let more = Message::new("lesson-left-out").int("count", shortfall.left_out);
        lines.push(Line::of(
            Role::Faint,
            format!("        {}", catalogue.say(&more)),
        ));
    }
    lines
}
