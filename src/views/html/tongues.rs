//! Each text of a page in both languages; the reader switches.

use std::rc::Rc;

use maud::{Markup, html};

use crate::explain::{Note, NoteKind};
use crate::text::{Catalogue, Lang, Message};
use crate::views::options::Options;
use crate::views::styled::{Line, Role};
use crate::views::wording;

/// The catalogues of both.
#[derive(Debug)]
pub struct Tongues {
    /// In the order in which they stand in the page.
    pub all: [Rc<Catalogue>; 2],
    /// The one that is shown first.
    pub first: Lang,
}

impl Tongues {
    /// Both, with this one shown first.
    #[must_use]
    pub fn new(first: Lang) -> Self {
        Self {
            all: Lang::ALL.map(|lang| Rc::new(Catalogue::new(lang))),
            first,
        }
    }

    /// The catalogue of the language that is shown first.
    #[must_use]
    pub fn main(&self) -> &Rc<Catalogue> {
        let [one, other] = &self.all;
        if one.lang() == self.first { one } else { other }
    }

    /// What a view is asked for in each.
    pub fn options(&self) -> impl Iterator<Item = Options> {
        self.all.iter().map(|catalogue| Options {
            width: 100,
            catalogue: Rc::clone(catalogue),
            quiet: false,
            spacious: false,
        })
    }

    /// A piece of text in both; once where they say the same.
    pub fn both(&self, say: impl Fn(&Catalogue) -> String) -> Markup {
        let [one, other] = [&self.all[0], &self.all[1]].map(|catalogue| say(catalogue));
        html! {
            @if one == other { (one) }
            @else {
                span lang=(self.all[0].lang().tag()) { (one) }
                span lang=(self.all[1].lang().tag()) { (other) }
            }
        }
    }

    /// The wording of a key in both.
    pub fn word(&self, key: &'static str) -> Markup {
        self.both(|catalogue| catalogue.word(key))
    }

    /// The wording of a message in both.
    pub fn say(&self, message: &Message) -> Markup {
        self.both(|catalogue| wording::message(message, catalogue))
    }

    /// Notes: the sentence as one paragraph, the others each on their own.
    pub fn notes(&self, notes: &[Note]) -> Markup {
        let plain =
            |note: &&Note| matches!(note.kind, NoteKind::What | NoteKind::Why | NoteKind::Next);
        let (sentence, rest) = notes.split_at(notes.iter().take_while(plain).count());
        html! {
            @if !sentence.is_empty() { (self.paragraph("", sentence)) }
            @for note in rest {
                @let class = match note.kind {
                    NoteKind::Linux => "lx",
                    NoteKind::Milestone => "ms",
                    NoteKind::Caution => "ca",
                    NoteKind::What | NoteKind::Why | NoteKind::Next => "",
                };
                (self.paragraph(class, std::slice::from_ref(note)))
            }
        }
    }

    fn paragraph(&self, class: &str, notes: &[Note]) -> Markup {
        let all: Vec<&Note> = notes.iter().collect();
        let rfcs = wording::rfcs(&all);
        let said = |catalogue: &Catalogue| {
            let mark = notes
                .first()
                .map_or_else(String::new, |note| wording::note_mark(note.kind, catalogue));
            let texts: Vec<String> = notes
                .iter()
                .map(|note| wording::message(&note.message, catalogue))
                .collect();
            format!("{mark}{}", texts.join(&catalogue.word("ladder-space")))
        };
        html! {
            @for catalogue in &self.all {
                p class=[(!class.is_empty()).then_some(class)] lang=(catalogue.lang().tag()) {
                    (said(catalogue)) @if !rfcs.is_empty() { " " small { (rfcs) } }
                }
            }
        }
    }
}

/// Lines of a terminal as a block that may be wrapped.
#[must_use]
pub fn lines(lines: &[Line], lang: Lang) -> Markup {
    block("told", lines, lang)
}

/// Lines of a terminal whose columns stand below each other.
#[must_use]
pub fn figure_lines(lines: &[Line], lang: Lang) -> Markup {
    block("wide", lines, lang)
}

fn block(kind: &str, lines: &[Line], lang: Lang) -> Markup {
    html! {
        pre class=(kind) tabindex=[(kind == "wide").then_some("0")] lang=(lang.tag()) {
            @for line in lines {
                @for span in line.spans() {
                    @if let Some(class) = class(span.role()) { span class=(class) { (span.text()) } }
                    @else { (span.text()) }
                }
                "\n"
            }
        }
    }
}

/// The class of a role; none for what looks like any text.
const fn class(role: Role) -> Option<&'static str> {
    Some(match role {
        Role::Plain | Role::Note => return None,
        Role::Frame | Role::Faint | Role::Time | Role::Ack => "r-dim",
        Role::Host | Role::Title => "r-b",
        Role::Data => "r-data",
        Role::Call | Role::Linux | Role::Helper => "r-call",
        Role::CallFailed | Role::Bad | Role::Reset | Role::Loss => "r-bad",
        Role::State => "r-state",
        Role::Syn | Role::Milestone | Role::Good => "r-good",
        Role::Fin => "r-fin",
        Role::Caution => "r-warn",
    })
}
