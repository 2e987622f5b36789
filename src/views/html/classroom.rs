//! The pages of `sockscope serve`, in one language each; rows and reports that they show have both.
//!
//! Links are relative, so that a proxy may show all of it below any path: [`PageFrame::root`] leads from a page to the beginning. No page has
//! a style or a script in its markup: the server's policy takes only [`STYLE`] and [`SCRIPT`], which it serves itself. Every sentence
//! that the script shows stands in the page already.

mod form;
mod story;

use maud::{DOCTYPE, Markup, html};

use crate::text::{Catalogue, Lang, Message};
use crate::views::wording;

pub use form::{FieldKind, FormField, form};
pub use story::{StoryKind, StoryPage, story};

use super::page;

/// How the pages look.
pub const STYLE: &[&str] = &[page::STYLE, include_str!("classroom/page.css")];
/// What they do.
pub const SCRIPT: &str = include_str!("classroom/page.js");

/// What every page has to know.
#[derive(Clone, Copy, Debug)]
pub struct PageFrame<'a> {
    /// The reader's language.
    pub catalogue: &'a Catalogue,
    /// From this page to the beginning: nothing, `../` or `../../`.
    pub root: &'a str,
    /// This page's own name behind the last slash, with what restores it.
    pub here: &'a str,
    /// What a form must bring back.
    pub token: &'a str,
}

impl PageFrame<'_> {
    /// The wording of a key.
    pub(super) fn word(&self, key: &'static str) -> String {
        self.catalogue.word(key)
    }

    pub(super) fn say(&self, message: &Message) -> String {
        wording::message(message, self.catalogue)
    }

    /// A page of ours, in the same language.
    pub(super) fn link(&self, to: &str) -> String {
        let mark = if to.contains('?') { '&' } else { '?' };
        format!(
            "{}{to}{mark}lang={}",
            self.root,
            self.catalogue.lang().tag()
        )
    }

    /// What a form carries that no other page can know, and the language.
    pub(super) fn hidden(&self) -> Markup {
        html! {
            input type="hidden" name="csrf" value=(self.token);
            input type="hidden" name="lang" value=(self.catalogue.lang().tag());
        }
    }

    /// A whole page.
    pub(super) fn page(&self, title: &str, main: &Markup) -> String {
        let lang = self.catalogue.lang();
        let other = |lang: Lang| {
            let mark = if self.here.contains('?') { '&' } else { '?' };
            format!("{}{mark}lang={}", self.here, lang.tag())
        };
        let page = html! {
            (DOCTYPE)
            html lang=(lang.tag()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · sockscope" }
                    link rel="icon" href="data:,";
                    link rel="stylesheet" href={ (self.root) "style.css" };
                    script src={ (self.root) "page.js" } defer {}
                }
                body data-root=(self.root) data-token=(self.token) {
                    a.skip href="#main" { (self.word("serve-skip")) }
                    div.switch role="group" aria-label="Language · 语言" {
                        @for (each, name) in [(Lang::En, "English"), (Lang::Zh, "中文")] {
                            a lang=(each.tag()) hreflang=(each.tag()) href=(other(each)) aria-current=[(each == lang).then_some("true")] { (name) }
                        }
                    }
                    nav.main aria-label=(self.word("serve-pages")) {
                        @for (to, key) in PAGES { a href=(self.link(to)) { (self.word(key)) } " " }
                    }
                    main #main { h1 { (title) } (main) }
                    footer { p { (self.word("serve-made")) } }
                }
            }
        };
        page.into_string()
    }
}

/// What stands at the top of each page.
const PAGES: [(&str, &str); 7] = [
    ("", "serve-home"),
    ("article", "serve-article"),
    ("run/tcp", "serve-run-tcp"),
    ("run/udp", "serve-run-udp"),
    ("run/compare", "serve-run-compare"),
    ("lessons", "serve-lessons"),
    ("explain", "serve-explain"),
];

/// The beginning.
#[must_use]
pub fn home(frame: PageFrame<'_>) -> String {
    let main = html! {
        p { (frame.word("serve-home-about")) }
        ul.cards {
            @for (to, key, about) in [
                ("article", "serve-article", "serve-article-short"), ("run/tcp", "serve-run-tcp", "serve-run-tcp-short"),
                ("run/udp", "serve-run-udp", "serve-run-udp-short"), ("run/compare", "serve-run-compare", "serve-run-compare-short"),
                ("lessons", "serve-lessons", "serve-lessons-short"), ("explain", "serve-explain", "serve-explain-short"),
            ] {
                li { a href=(frame.link(to)) { (frame.word(key)) } p { (frame.word(about)) } }
            }
        }
        p { a href={ (frame.root) "openapi.json" } { (frame.word("serve-openapi")) } }
    };
    frame.page(&frame.word("serve-home-title"), &main)
}

/// Who is not known yet brings the token of the link.
#[must_use]
pub fn join(frame: PageFrame<'_>) -> String {
    let main = html! {
        p { (frame.word("serve-join-about")) }
        form #join method="post" action={ (frame.root) "api/session" } {
            (frame.hidden())
            label for="token" { (frame.word("serve-join-token")) }
            " " input #token name="token" type="password" autocomplete="off" required;
            " " button { (frame.word("serve-join")) }
        }
        p.ca { (frame.word("serve-join-plain")) }
    };
    frame.page(&frame.word("serve-join-title"), &main)
}

/// The article's two endpoints; `live` is the story of the server's lab, where there is one.
#[must_use]
pub fn article(frame: PageFrame<'_>, live: Option<&str>) -> String {
    let button = |to: &str, key: &'static str, about: &'static str| {
        html! {
            form.action method="post" action={ (frame.root) (to) } {
                (frame.hidden())
                button { (frame.word(key)) }
                span.dim { " " (frame.word(about)) }
            }
        }
    };
    let main = html! {
        p { (frame.word("serve-article-about")) }
        p { (frame.word("serve-article-hosts")) }
        div.actions {
            (button("api/server", "serve-start-server", "serve-start-server-about"))
            (button("api/client", "serve-start-client", "serve-start-client-about"))
            (button("api/stop", "serve-stop-server", "serve-stop-server-about"))
        }
        p #answer role="status" aria-live="polite" data-none=(frame.word("serve-no-answer")) {}
        h2 { (frame.word("serve-article-get")) }
        p { (frame.word("serve-article-get-about")) }
        pre.wide tabindex="0" { "curl http://127.0.0.1:8080/api/server\ncurl http://127.0.0.1:8080/api/client\n" }
        @if let Some(run) = live {
            (story::live(frame, &format!("{}runs/{run}", frame.root), StoryKind::Rows))
            p { a href=(frame.link(&format!("runs/{run}"))) { (frame.word("serve-whole-story")) } }
        }
    };
    frame.page(&frame.word("serve-article"), &main)
}

/// The lessons: short names with titles.
#[must_use]
pub fn lessons(frame: PageFrame<'_>, all: &[(String, String)]) -> String {
    let main = html! {
        p { (frame.word("serve-lessons-about")) }
        ol.lessons {
            @for (name, title) in all {
                li {
                    form.action method="post" action={ "lessons/" (name) } {
                        (frame.hidden())
                        button { (title) }
                        " " code { "sockscope lesson " (name) }
                    }
                }
            }
        }
    };
    frame.page(&frame.word("serve-lessons"), &main)
}

/// A capture is brought.
#[must_use]
pub fn upload(frame: PageFrame<'_>, megabytes: u64) -> String {
    let main = html! {
        p { (frame.say(&Message::new("serve-explain-about").int("mb", megabytes))) }
        form #upload method="post" action="explain" data-most=(megabytes) {
            label for="capture" { (frame.word("serve-explain-file")) }
            " " input #capture type="file" required;
            " " button { (frame.word("serve-explain-go")) }
            noscript { p.ca { (frame.word("serve-needs-script")) } }
        }
        p #answer role="status" aria-live="polite" data-none=(frame.word("serve-no-answer")) data-large=(frame.word("serve-too-large")) {}
        p { code { "sockscope explain FILE" } }
    };
    frame.page(&frame.word("serve-explain"), &main)
}
