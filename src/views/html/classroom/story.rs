//! The page of one run: what happens, live; played again; its report and its files.

use maud::{Markup, html};

use super::PageFrame;
use super::form::command;

/// What a run shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryKind {
    /// Rows with a picture.
    Rows,
    /// Text, as on a terminal.
    Text,
    /// Text that asks questions.
    Lesson,
}

/// One run.
#[derive(Clone, Debug)]
pub struct StoryPage<'a> {
    /// What it is called.
    pub title: &'a str,
    /// The command that makes it.
    pub command: &'a str,
    /// Where its form is, filled in; none where it has no form.
    pub form: Option<&'a str>,
    /// The last part of its address.
    pub id: &'a str,
    /// What it shows.
    pub kind: StoryKind,
    /// It is over: its files are there.
    pub over: bool,
    /// The names of the files that it left.
    pub files: &'a [&'a str],
}

/// The page.
#[must_use]
pub fn story(frame: PageFrame<'_>, run: &StoryPage<'_>) -> String {
    let main = html! {
        p { (frame.word("serve-command")) }
        (command(frame, run.command))
        p {
            @if let Some(form) = run.form { a href=(frame.link(form)) { (frame.word("serve-again")) } " " }
        }
        form.action #stop method="post" action={ (run.id) "/stop" } hidden[run.over] {
            (frame.hidden()) button { (frame.word("serve-stop")) }
        }
        (live(frame, run.id, run.kind))
        section #results hidden[!run.over] aria-label=(frame.word("serve-results")) {
            h2 { (frame.word("serve-results")) }
            ul.files data-id=(run.id) {
                @for (name, key) in FILES {
                    @let there = run.files.contains(&name);
                    li hidden[!there] data-file=(name) {
                        a href={ (run.id) "/" (name) } download[name != "report.html"] target=[(name == "report.html").then_some("_blank")] { (frame.word(key)) }
                    }
                }
            }
        }
        @if !run.over { noscript { p { a href=(frame.here) { (frame.word("serve-reload")) } } } }
    };
    frame.page(run.title, &main)
}

/// What a run leaves.
const FILES: [(&str, &str); 4] = [
    ("report.html", "serve-file-report"),
    ("run.pcapng", "serve-file-pcapng"),
    ("story.json", "serve-file-json"),
    ("diagram.svg", "serve-file-svg"),
];

/// What happens, while it does.
pub(super) fn live(frame: PageFrame<'_>, at: &str, kind: StoryKind) -> Markup {
    html! {
        section.live data-at=(at) data-over=(frame.word("serve-over")) data-live=(frame.word("serve-live")) data-lost=(frame.word("serve-lost"))
            data-left=(frame.word("serve-left-out")) data-played=(frame.word("serve-played")) aria-label=(frame.word("serve-story")) {
            h2 { (frame.word("serve-story")) " " small.mode {} }
            p.say role="status" aria-live="polite" {}
            @if kind == StoryKind::Rows {
                div.player hidden role="group" aria-label=(frame.word("serve-player")) {
                    button.back type="button" { span aria-hidden="true" { "← " } (frame.word("serve-step-back")) }
                    button.forth type="button" { (frame.word("serve-step")) span aria-hidden="true" { " →" } }
                    button.play type="button" data-pause=(frame.word("serve-pause")) data-play=(frame.word("serve-play")) { (frame.word("serve-play")) }
                    label { (frame.word("serve-slower")) " "
                        select.slower { @for times in ["1", "10", "50", "200"] { option value=(times) selected[times == "50"] { (times) " ×" } } }
                    }
                    label { (frame.word("serve-scrub")) " " input.scrub type="range" min="0" max="0" value="0"; }
                }
                div.scroll.picture tabindex="0" role="group" aria-label=(frame.word("serve-picture")) hidden {}
                table.story {
                    caption { (frame.word("page-caption")) }
                    thead { tr { th scope="col" { "ms" } th scope="col" { (frame.word("page-who")) } th scope="col" { (frame.word("page-what")) } } }
                    tbody.rows {}
                }
                div.summary {}
            }
            pre.said tabindex="0" aria-label=(frame.word("serve-said")) hidden[kind == StoryKind::Rows] {}
            @if kind == StoryKind::Lesson {
                form.answer method="post" action={ (at) "/answer" } hidden {
                    (frame.hidden())
                    label for="given" { (frame.word("serve-answer")) }
                    " " input #given name="given" autocomplete="off" maxlength="200";
                    " " button { (frame.word("serve-answer-go")) }
                    span.dim { " " (frame.word("serve-answer-about")) }
                }
            }
            noscript { p.ca { (frame.word("serve-needs-script")) } }
        }
    }
}
