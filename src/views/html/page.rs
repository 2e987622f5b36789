//! The page itself: its head with its policy, its parts in order, and what is packed at its end.

use std::fmt::Write as _;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::explain::{Moment, NoteKind, TransitPhase, What};
use crate::model::{Setting, Span};
use crate::text::{Catalogue, Lang, Message, visible};
use crate::views::svg;
use crate::views::{summary, wording};

use super::packed::{fingerprint, pack};
use super::rows::{RowContext, row};
use super::tongues::{Tongues, figure_lines, lines};
use super::{DRAWN, PageStory, Told, figures, octets};

/// Rows that stand in the page without scripts.
const ROWS: usize = 500;
/// Rows that are packed together.
const TOGETHER: usize = 100;
/// Up to so many frames, their fields stand in the page without scripts.
const OPEN: usize = 24;

/// How a report looks, and a page of the classroom as well.
pub const STYLE: &str = concat!(include_str!("page.css"), include_str!("../svg/style.css"));
const SCRIPT: &str = include_str!("page.js");

/// One page of these stories, shown in this language first; `front` stands before them.
#[must_use]
pub fn page(stories: &[&PageStory], front: &Told, first: Lang) -> String {
    let tongues = Tongues::new(first);
    let mut packs = Packs::default();
    let parts: Vec<Markup> = stories
        .iter()
        .enumerate()
        .map(|(at, story)| part(at, story, stories.len() > 1, &tongues, &mut packs))
        .collect();
    let spaces: Vec<_> = stories
        .iter()
        .map(|story| (story.name.clone(), &story.space))
        .collect();
    let title = |catalogue: &Catalogue| svg::title(&spaces, catalogue);
    let policy = format!(
        "default-src 'none'; style-src {}; script-src {}; img-src blob: data:; base-uri 'none'; form-action 'none'",
        fingerprint(STYLE),
        fingerprint(SCRIPT)
    );
    let page = html! {
        (DOCTYPE)
        html lang=(first.tag()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="generator" content="sockscope";
                meta name="color-scheme" content="light dark";
                title { (title(tongues.main())) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                (switch(first))
                header {
                    h1 { (tongues.both(title)) }
                    (contents(stories, &tongues))
                }
                main {
                    @for (lang, said) in front { (figure_lines(said, *lang)) }
                    @for part in &parts { (part) }
                }
                footer { p { (tongues.word("page-made")) } }
                (tools(&tongues))
                aside #panel hidden aria-live="polite" {}
                (packs.markup())
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// What the script takes: the words of its buttons.
fn tools(tongues: &Tongues) -> Markup {
    let button = |class: &str, key: &'static str, sign: &str| {
        html! { button type="button" class=(class) { span aria-hidden="true" { (sign) " " } (tongues.word(key)) } }
    };
    html! {
        template #tools {
            div.bar { (button("prev", "page-previous", "←")) (button("next", "page-next", "→")) (button("close", "page-close", "✕")) }
            div.tools {
                (button("in", "page-zoom-in", "+")) (button("out", "page-zoom-out", "−")) (button("png", "page-png", "⤓"))
                span.range {
                    label { (tongues.word("page-from")) " " input.from type="range" min="0" max="1000" value="0"; } " "
                    label { (tongues.word("page-to")) " " input.to type="range" min="0" max="1000" value="1000"; } " "
                    output { span.span {} ": " (tongues.word("page-frames")) " " span.n {} " · " (tongues.word("page-bytes")) " " span.bytes {}
                        " · " (tongues.word("page-losses")) " " span.lost {} " · RTT " span.rtt {} }
                }
            }
        }
    }
}

/// The languages, without a script too.
fn switch(first: Lang) -> Markup {
    html! {
        div.switch role="group" aria-label="Language · 语言" {
            @for (lang, name) in [(Lang::En, "English"), (Lang::Zh, "中文")] {
                input type="radio" name="l" id={ "l-" (lang.tag()) } value=(lang.tag()) checked[lang == first];
                label for={ "l-" (lang.tag()) } lang=(lang.tag()) { (name) }
            }
        }
    }
}

fn told(told: &Told) -> Markup {
    html! { @for (lang, said) in told { @if !said.is_empty() { (lines(said, *lang)) } } }
}

/// Links to the parts.
fn contents(stories: &[&PageStory], tongues: &Tongues) -> Markup {
    html! {
        nav aria-label=(tongues.main().word("page-contents")) {
            @for (at, story) in stories.iter().enumerate() {
                @if stories.len() > 1 { b { (visible::text(&story.name)) } " " }
                @for (id, key) in PARTS {
                    @if has(story, id) { a href={ "#" (id) (at) } { (tongues.word(key)) } " " }
                }
                @if at + 1 < stories.len() { br; }
            }
        }
    }
}

/// The parts of a story: their anchors and names.
const PARTS: [(&str, &str); 6] = [
    ("diagram", "page-diagram"),
    ("findings", "page-findings"),
    ("story", "page-story"),
    ("states", "page-states"),
    ("stream", "page-stream"),
    ("graphs", "page-graphs"),
];

fn has(story: &PageStory, part: &str) -> bool {
    match part {
        "findings" => findings(story).next().is_some(),
        "states" => !story.space.states.is_empty(),
        "stream" => story.streams.used().any(|(_, way)| way.end() > 0),
        "graphs" => story.traced.ends.is_some(),
        _ => true,
    }
}

/// One story.
fn part(
    at: usize,
    story: &PageStory,
    several: bool,
    tongues: &Tongues,
    packs: &mut Packs,
) -> Markup {
    let anchor = format!("m{at}-");
    html! {
        section.part {
            @if several { h2.name { (visible::text(&story.name)) } }
            (told(&story.before))
            (facts(story, tongues))
            section #{ "diagram" (at) } {
                h2 { (tongues.word("page-diagram")) }
                @if story.space.left_out > 0 {
                    p.ca { (tongues.say(&Message::new("page-drawn").int("drawn", DRAWN as u64).int("n", story.space.left_out))) }
                }
                (figures::diagram(&story.space, &anchor, tongues))
                script.data type="application/json" { (PreEscaped(points(story))) }
            }
            @if has(story, "findings") {
                section #{ "findings" (at) } {
                    h2 { (tongues.word("page-findings")) }
                    ul.find {
                        @for (number, note) in findings(story) {
                            li { a href={ "#" (anchor) (number) } { (tongues.both(|c| wording::note(note, c))) } }
                        }
                    }
                }
            }
            section #{ "story" (at) } {
                h2 { (tongues.word("page-story")) }
                (table(story, &anchor, tongues, packs))
            }
            @if let Some(states) = figures::states(&story.space, tongues) {
                section #{ "states" (at) } { h2 { (tongues.word("page-states")) } (states) }
            }
            @if let Some(streams) = figures::streams(&story.streams, &story.space, &anchor, tongues) {
                section #{ "stream" (at) } { h2 { (tongues.word("page-stream")) } (streams) }
            }
            @if let Some(graphs) = figures::graphs(&story.traced, tongues) {
                section #{ "graphs" (at) } { h2 { (tongues.word("page-graphs")) } (graphs) }
            }
            (told(&story.after))
        }
    }
}

/// Of each frame that is drawn: when it left in milliseconds, its payload, 1 where it was lost, and the round trip that it
/// measured; numbers and nothing else.
fn points(story: &PageStory) -> String {
    let zero = story.space.begun.unwrap_or_default();
    let trips = story.traced.series.directions.iter();
    let trips: std::collections::BTreeMap<i64, f64> = trips
        .flat_map(|direction| direction.round_trips.iter())
        .filter_map(|trip| {
            Some((
                trip.at.ns(),
                Span::from_ns(i64::try_from(trip.value).ok()?).as_ms(),
            ))
        })
        .collect();
    let all: Vec<String> = story
        .space
        .flights
        .iter()
        .map(|flight| {
            let followed = &flight.transit.followed;
            let len = followed
                .segment
                .as_ref()
                .map_or(followed.datagram, |segment| segment.len);
            let trip = trips
                .get(&flight.transit.frame.at.ns())
                .copied()
                .unwrap_or(0.0);
            let at = flight.sent.since(zero).as_ms();
            format!("[{at:.3},{len},{},{trip:.3}]", u8::from(flight.lost))
        })
        .collect();
    format!("[{}]", all.join(","))
}

/// What went wrong or was complete, with the number of its moment.
fn findings(story: &PageStory) -> impl Iterator<Item = (usize, &crate::explain::Note)> {
    let moments = story.moments.iter().enumerate();
    moments
        .flat_map(|(at, moment)| moment.notes.iter().map(move |note| (at + 1, note)))
        .filter(|(_, note)| matches!(note.kind, NoteKind::Caution | NoteKind::Milestone))
        .take(200)
}

/// With what the run was made, and what it came to.
fn facts(story: &PageStory, tongues: &Tongues) -> Markup {
    let settings = story.moments.iter().find_map(|moment| match &moment.what {
        What::Begin(settings) => Some(settings.as_slice()),
        _ => None,
    });
    let pairs: Vec<(&'static str, String)> = settings
        .unwrap_or_default()
        .iter()
        .filter_map(|setting| {
            Some(match setting {
                Setting::Program(text) => ("page-program", visible::untrusted(text)),
                Setting::Kernel(text) => ("page-kernel", visible::untrusted(text)),
                Setting::Command(text) => ("page-command", visible::untrusted(text)),
                Setting::Delay(span) => ("page-delay", wording::duration(*span)),
                Setting::Mtu(mtu) => ("page-mtu", mtu.to_string()),
                Setting::Rate(rate) => ("page-rate", format!("{rate} bit/s")),
                Setting::Seed(seed) => ("page-seed", seed.to_string()),
                Setting::Rule(rule) => ("page-rule", visible::untrusted(rule)),
                _ => return None,
            })
        })
        .collect();
    html! {
        @if !pairs.is_empty() {
            dl.facts { @for (key, value) in pairs { div { dt { (tongues.word(key)) } dd { (value) } } } }
        }
        @for options in tongues.options() { (lines(&summary::lines(&options, &story.summary), options.catalogue.lang())) }
    }
}

/// The table of the story: the first rows in the page, the others packed.
fn table(story: &PageStory, anchor: &str, tongues: &Tongues, packs: &mut Packs) -> Markup {
    let zero = story
        .moments
        .first()
        .map_or_else(Default::default, |moment| moment.at);
    let open = story.frames <= OPEN;
    let context = RowContext {
        tongues,
        hosts: &story.space.hosts,
        zero,
        anchor,
        open,
    };
    let all: Vec<(usize, &Moment)> = story
        .moments
        .iter()
        .enumerate()
        .map(|(at, moment)| (at + 1, moment))
        .filter(|(_, moment)| story.is_chosen(moment))
        .collect();
    let (here, packed) = all.split_at(all.len().min(ROWS));
    if !open {
        for some in all.chunks(TOGETHER) {
            packs.details(anchor, some, tongues);
        }
    }
    let packed: Vec<(usize, usize)> = packed
        .chunks(TOGETHER)
        .map(|some| (packs.rows(some, context), some.len()))
        .collect();
    html! {
        @if !packed.is_empty() {
            noscript { p.ca { (tongues.say(&Message::new("page-first-rows").int("shown", ROWS as u64).int("n", all.len() as u64))) } }
        }
        @if story.left_out > 0 {
            p.ca { (tongues.say(&Message::new("page-left-out").int("n", story.left_out))) }
        }
        @if !open { noscript { p.dim { (tongues.word("page-fields-need-script")) } } }
        table.story {
            caption { (tongues.word("page-caption")) }
            thead { tr { th scope="col" { "ms" } th scope="col" { (tongues.word("page-who")) } th scope="col" { (tongues.word("page-what")) } } }
            tbody { @for (number, moment) in here { @if let Some(row) = row(*number, moment, context) { (row) } } }
            @for (pack, count) in packed {
                tbody.later data-z=(pack) data-n=(count) { tr { td colspan="3" { "…" } } }
            }
        }
    }
}

/// Whose details are packed together: the anchor's beginning, the first moment's number, the last one's.
type DetailRange = (String, usize, usize);

/// What is packed at the end of the page.
#[derive(Default)]
struct Packs {
    all: Vec<(Option<DetailRange>, String)>,
}

impl Packs {
    /// Rows; gives their number.
    fn rows(&mut self, some: &[(usize, &Moment)], context: RowContext<'_>) -> usize {
        let mut text = String::new();
        for (number, moment) in some {
            if let Some(row) = row(*number, moment, context) {
                text.push_str(&row.into_string());
            }
        }
        self.all.push((None, pack(&text)));
        self.all.len() - 1
    }

    /// Fields and TCP_INFO of these moments, by their anchor and the range of their numbers.
    fn details(&mut self, anchor: &str, some: &[(usize, &Moment)], tongues: &Tongues) {
        let mut text = String::new();
        for (number, moment) in some {
            if let What::Transit(transit) = &moment.what
                && (transit.phase != TransitPhase::Arrived || transit.sent.is_none())
            {
                let _ = write!(text, "<div data-m=\"{number}\">");
                text.push_str(&octets::detail(transit, tongues, true).into_string());
                text.push_str("</div>");
            }
        }
        if let (false, Some((first, _)), Some((last, _))) =
            (text.is_empty(), some.first(), some.last())
        {
            self.all
                .push((Some((anchor.to_owned(), *first, *last)), pack(&text)));
        }
    }

    fn markup(&self) -> Markup {
        html! {
            @for (at, (range, text)) in self.all.iter().enumerate() {
                @match range {
                    Some((anchor, first, last)) => { script type="text/plain" id={ "z" (at) } data-a=(anchor) data-f=(first) data-l=(last) { (text) } }
                    None => { script type="text/plain" id={ "z" (at) } { (text) } }
                }
            }
        }
    }
}
