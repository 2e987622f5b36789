//! The form of a verb: a field for every flag, its sentence beside it.

use maud::{Markup, html};

use super::PageFrame;

/// A field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormField {
    /// Its name in the form.
    pub name: String,
    /// What it is on the command line.
    pub flag: String,
    /// What can be filled in.
    pub kind: FieldKind,
    /// What it is for.
    pub help: String,
    /// What is taken where nothing is filled in.
    pub default: Option<String>,
    /// What was filled in.
    pub given: Vec<String>,
}

/// What can be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// On or off.
    Switch,
    /// One value.
    Text,
    /// Several, each on a line of its own.
    Lines,
    /// One of these.
    Choice(Vec<String>),
}

/// Those that most people want; the others are folded.
const FIRST: [&str; 7] = [
    "message", "bytes", "chunk", "reply", "close", "delay", "fault",
];

/// A page with the form of a verb, and why it was refused before, if it was.
#[must_use]
pub fn form(
    frame: PageFrame<'_>,
    verb: &str,
    fields: &[FormField],
    refused: Option<&str>,
) -> String {
    let (first, more): (Vec<_>, Vec<_>) = fields
        .iter()
        .partition(|field| FIRST.contains(&field.name.as_str()));
    let is_filled = more.iter().any(|field| !field.given.is_empty());
    let (title, about) = match verb {
        "udp" => ("serve-run-udp", "serve-run-udp-short"),
        "compare" => ("serve-run-compare", "serve-run-compare-short"),
        _ => ("serve-run-tcp", "serve-run-tcp-short"),
    };
    let main = html! {
        p { (frame.word(about)) }
        @if let Some(refused) = refused { pre.told.ca role="alert" { (refused) } }
        form.run method="post" action=(verb) data-verb=(verb) {
            (frame.hidden())
            @for field in &first { (one(frame, field)) @if field.name == "fault" { (rules(frame)) } }
            details open[is_filled] {
                summary { (frame.word("serve-more-fields")) }
                @for field in &more { (one(frame, field)) }
            }
            p { button.go { (frame.word("serve-go")) } " " button type="reset" { (frame.word("serve-reset")) } }
            p { (frame.word("serve-command")) }
            (command(frame, &format!("sockscope {verb}")))
        }
    };
    frame.page(&frame.word(title), &main)
}

/// A command that can be copied.
pub(super) fn command(frame: PageFrame<'_>, command: &str) -> Markup {
    html! {
        div.command {
            code #command { (command) }
            button.copy type="button" data-done=(frame.word("serve-copied")) { (frame.word("serve-copy")) }
        }
    }
}

fn one(frame: PageFrame<'_>, field: &FormField) -> Markup {
    let id = format!("f-{}", field.name);
    let about = format!("a-{}", field.name);
    let value = field.given.first().map_or("", String::as_str);
    html! {
        div.field data-flag=(field.flag) data-default=[field.default.as_deref()] {
            label for=(id) { code { (field.flag) } }
            @match &field.kind {
                FieldKind::Switch => {
                    input id=(id) name=(field.name) type="checkbox" value="on" checked[!field.given.is_empty()] aria-describedby=(about);
                }
                FieldKind::Text => {
                    input id=(id) name=(field.name) type="text" value=(value) placeholder=[field.default.as_deref()] autocomplete="off" spellcheck="false" aria-describedby=(about);
                }
                FieldKind::Lines => {
                    textarea id=(id) name=(field.name) rows="2" spellcheck="false" aria-describedby=(about) { (field.given.join("\n")) }
                }
                FieldKind::Choice(values) => {
                    select id=(id) name=(field.name) aria-describedby=(about) {
                        @if field.default.is_none() { option value="" { "–" } }
                        @for each in values {
                            option selected[if value.is_empty() { field.default.as_ref() == Some(each) } else { value == each }] { (each) }
                        }
                    }
                }
            }
            span.dim id=(about) { (field.help) @if field.kind == FieldKind::Lines { " " (frame.word("serve-one-per-line")) } }
        }
    }
}

/// What is done to which frames, for the builder of rules: words of the rules' own notation.
const ACTIONS: [&str; 4] = ["lose", "duplicate", "delay", "corrupt"];
const KINDS: [&str; 6] = ["data", "syn", "synack", "ack", "fin", "rst"];

/// A rule put together; the words of the notation stay what they are.
fn rules(frame: PageFrame<'_>) -> Markup {
    let select = |class: &str, key: &'static str, words: &[&str]| {
        html! { select class=(class) aria-label=(frame.word(key)) { @for word in words { option { (word) } } } }
    };
    html! {
        fieldset.rules hidden {
            legend { (frame.word("serve-rule")) }
            (select("what", "serve-rule-action", &ACTIONS)) " "
            (select("kind", "serve-rule-kind", &KINDS)) " "
            input.number type="number" min="1" max="9999" value="2" aria-label=(frame.word("serve-rule-number"));
            " from "
            (select("from", "serve-rule-from", &["client", "server"])) " "
            span.by { "by " input.time value="60ms" size="6" aria-label=(frame.word("serve-rule-time")); " " }
            button.add type="button" { (frame.word("serve-rule-add")) }
        }
    }
}
