//! A layout as markup: lines, bars and words by classes and presentation attributes, so that neither a page's policy nor a
//! reader without style sheets breaks it. Colour says nothing that words, dashes and shapes do not say too.

use maud::{Markup, PreEscaped, html};

use crate::explain::spacetime::Spacetime;
use crate::model::TcpState;
use crate::text::{Catalogue, Message};
use crate::views::wording;

use super::layout::{self, Diagram, FOOT, HALF, ON_ARROW, SMALL, TOP};
use super::place::{Anchor, PlacedText};

/// What goes into the drawing beside the lines.
#[derive(Clone, Copy, Debug, Default)]
pub struct DrawOptions<'a> {
    /// Each thing is a link to the place that tells of it: `#` + this + the number of its moment.
    pub anchor: Option<&'a str>,
}

/// A coordinate, to a tenth of a pixel.
#[must_use]
pub fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some("-0") => "0".to_owned(),
        Some(whole) => whole.to_owned(),
        None => text,
    }
}

/// The colour of an arrow, or of a piece of a stream, on white; the dark ones stand in `style.css`.
pub const fn colour(class: &str) -> &'static str {
    match class.as_bytes() {
        b"bar" => "#9a6b00",
        b"syn" => "#1a7f37",
        b"data" => "#0969da",
        b"ack" => "#57606a",
        b"fin" => "#8250df",
        b"rst" | b"loss" => "#cf222e",
        b"again" => "#b04500",
        b"udp" => "#0b6b78",
        _ => "#8a5a00",
    }
}

/// The diagram without its root element, to be put into one.
#[must_use]
pub fn picture(
    layout: &Diagram,
    story: &Spacetime,
    options: DrawOptions<'_>,
    catalogue: &Catalogue,
) -> Markup {
    html! {
        (shared(layout, story, options))
        (worded(layout, story, options, catalogue))
    }
}

/// What is the same in every language: lines, bars, and what the protocol and the calls say.
#[must_use]
pub fn shared(layout: &Diagram, story: &Spacetime, options: DrawOptions<'_>) -> Markup {
    html! {
        rect.paper width=(n(layout.width)) height=(n(layout.height)) fill="#fff" {}
        (milestone_bands(layout))
        (rails(layout))
        (states(layout, story))
        (bars(layout, story, options))
        (flights(layout, story, options))
        (gutter(layout))
    }
}

/// What is said in the reader's language.
#[must_use]
pub fn worded(
    layout: &Diagram,
    story: &Spacetime,
    options: DrawOptions<'_>,
    catalogue: &Catalogue,
) -> Markup {
    html! {
        (names(layout))
        (losses(layout))
        (milestone_words(layout, options))
        @for fold in &layout.heights.folds { (silence(layout, fold, catalogue)) }
        (legend(layout, story, catalogue))
    }
}

/// A text that takes the room that was planned for it.
fn words(label: &PlacedText, class: Option<&str>) -> Markup {
    let anchor = match label.anchor {
        Anchor::Start => None,
        Anchor::Middle => Some("middle"),
        Anchor::End => Some("end"),
    };
    let turn = (label.angle.abs() > 0.05)
        .then(|| format!("rotate({} {} {})", n(label.angle), n(label.x), n(label.y)));
    html! {
        text class=[class] x=(n(label.x)) y=(n(label.y)) text-anchor=[anchor] transform=[turn]
            textLength=(n(label.width)) lengthAdjust="spacingAndGlyphs" {
            (label.text)
            @if let Some(whole) = &label.whole { title { (whole) } }
        }
    }
}

fn rails(layout: &Diagram) -> Markup {
    let bottom = layout.height - FOOT + 8.0;
    html! {
        g.rail stroke="#c9d1d9" stroke-width="2" {
            @for (x, ..) in &layout.lanes {
                line x1=(n(*x)) x2=(n(*x)) y1=(n(TOP - 22.0)) y2=(n(bottom)) {}
            }
        }
    }
}

/// The hosts' names above their lines.
fn names(layout: &Diagram) -> Markup {
    html! {
        @for (x, name, address) in &layout.lanes {
            @let place = |y: f64, size: f64, text: &str| PlacedText {
                width: super::metrics::sans(text, size), text: text.to_owned(), whole: None,
                x: *x, y, anchor: Anchor::Middle, angle: 0.0, size,
            };
            g.ink font-size="17" font-weight="600" fill="#1b1f24" { (words(&place(34.0, 17.5, name), None)) }
            @if !address.is_empty() {
                g.dim font-size="12.5" fill="#59636e" { (words(&place(54.0, 12.5, address), None)) }
            }
        }
    }
}

/// A state's class and its colour on white.
const fn tint(state: TcpState) -> (&'static str, &'static str) {
    match state {
        TcpState::Closed => ("s-closed", "none"),
        TcpState::Listen => ("s-listen", "#d0d7de"),
        TcpState::SynSent | TcpState::SynReceived => ("s-open", "#aceebb"),
        TcpState::Established => ("s-established", "#a5d8ff"),
        TcpState::FinWait1 | TcpState::FinWait2 | TcpState::Closing => ("s-close", "#e2c5ff"),
        TcpState::CloseWait => ("s-close-wait", "#ffdf5d"),
        TcpState::LastAck => ("s-last-ack", "#ffc680"),
        TcpState::TimeWait => ("s-time-wait", "#eaeef2"),
    }
}

fn states(layout: &Diagram, story: &Spacetime) -> Markup {
    html! {
        g stroke="#8c959f" stroke-width=".6" {
            @for state in &layout.states {
                @let name = story.states.get(state.number).map(|stretch| stretch.state);
                @if let Some(state_name) = name.filter(|name| *name != TcpState::Closed) {
                    @let (class, fill) = tint(state_name);
                    rect class={ "st " (class) } x=(n(state.x - HALF)) y=(n(state.top)) rx="3" width=(n(HALF * 2.0))
                        height=(n((state.bottom - state.top).max(3.0))) fill=(fill) {}
                }
            }
        }
        g.ink font-size="10.5" font-weight="600" fill="#1b1f24" {
            @for label in layout.states.iter().filter_map(|state| state.label.as_ref()) { (words(label, None)) }
        }
    }
}

/// Something that leads to the place that tells of it, where there is one.
fn linked(inner: &Markup, moment: u32, options: DrawOptions<'_>) -> Markup {
    match options.anchor {
        Some(anchor) => html! { a href={ "#" (anchor) (moment) } { (inner) } },
        None => inner.clone(),
    }
}

fn bars(layout: &Diagram, story: &Spacetime, options: DrawOptions<'_>) -> Markup {
    html! {
        g.mono.ink font-size=(n(SMALL)) fill="#1b1f24" {
            @for bar in &layout.bars {
                @if let Some(call) = story.calls.get(bar.number) {
                    @let bad = layout::failed(call);
                    @let class = if bad { "bar bad" } else { "bar" };
                    @let colour = if bad { "#cf222e" } else { "#c69026" };
                    @let inner = html! {
                        @if bar.bottom > bar.top {
                            line class=(class) x1=(n(bar.x)) x2=(n(bar.x)) y1=(n(bar.top)) y2=(n(bar.bottom)) stroke=(colour)
                                stroke-width="4" stroke-linecap="round" {}
                        } @else {
                            circle class=(class) cx=(n(bar.x)) cy=(n(bar.top)) r="3.2" fill=(colour) {}
                        }
                        @for label in &bar.labels { (words(label, None)) }
                    };
                    (linked(&inner, call.moment, options))
                }
            }
        }
    }
}

fn flights(layout: &Diagram, story: &Spacetime, options: DrawOptions<'_>) -> Markup {
    // A page has the light colours in its style as well.
    let plain = options.anchor.is_none();
    html! {
        g.fl font-size=(n(ON_ARROW)) font-weight="600" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke" {
            @for path in &layout.flights {
                @if let Some(flight) = story.flights.get(path.number) {
                    @let class = layout::class(flight);
                    @let quiet = class == "ack";
                    @let dash = (class == "again").then_some("7 4").or(flight.seen_once.then_some("1 0"));
                    @let inner = html! {
                        g class=(class) stroke=[plain.then(|| colour(class))] fill=[plain.then(|| colour(class))] {
                            line x1=(n(path.from.0)) y1=(n(path.from.1)) x2=(n(path.to.0)) y2=(n(path.to.1))
                                stroke-width=(if quiet { "1.3" } else { "2.2" }) stroke-dasharray=[dash] {}
                            @if !flight.lost { (tip(path.from, path.to)) }
                        }
                        @if flight.lost { (cross(path.to)) }
                        @if let Some(label) = &path.label { (on_paper(label, class, plain)) }
                    };
                    (linked(&inner, flight.moment, options))
                }
            }
        }
    }
}

/// What is said where frames died.
fn losses(layout: &Diagram) -> Markup {
    html! {
        g.fl font-size=(n(SMALL)) font-weight="600" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke" {
            @for label in layout.flights.iter().filter_map(|path| path.loss.as_ref()) { (on_paper(label, "loss", true)) }
        }
    }
}

/// Words with the rim of paper that their group gives them: a line that crosses them stays behind.
fn on_paper(label: &PlacedText, class: &str, plain: bool) -> Markup {
    html! { g class={ "t-" (class) } fill=[plain.then(|| colour(class))] { (words(label, None)) } }
}

/// The head of an arrow.
fn tip((x1, y1): (f64, f64), (x2, y2): (f64, f64)) -> Markup {
    let length = (x2 - x1).hypot(y2 - y1).max(0.1);
    let (dx, dy) = ((x2 - x1) / length, (y2 - y1) / length);
    let corner = |side: f64| {
        let (x, y) = (x2 - dx * 10.0 - dy * side, y2 - dy * 10.0 + dx * side);
        format!("{} {}", n(x), n(y))
    };
    html! { path stroke="none" d={ "M" (n(x2)) " " (n(y2)) "L" (corner(4.2)) "L" (corner(-4.2)) "z" } {} }
}

/// Where a frame died.
fn cross((x, y): (f64, f64)) -> Markup {
    let stroke = |down: f64| {
        format!(
            "M{} {}L{} {}",
            n(x - 6.0),
            n(y - down),
            n(x + 6.0),
            n(y + down)
        )
    };
    html! { path.loss stroke="#cf222e" stroke-width="3" fill="none" stroke-linecap="round" d={ (stroke(6.0)) (stroke(-6.0)) } {} }
}

fn milestone_bands(layout: &Diagram) -> Markup {
    let left = layout.lanes.first().map_or(0.0, |(x, ..)| *x);
    let right = layout.lanes.last().map_or(0.0, |(x, ..)| *x);
    html! {
        g.band fill="#f6f8fa" stroke="#d8dee4" {
            @for (_, label) in &layout.milestones {
                rect x=(n(left + HALF + 5.0)) width=(n(right - left - HALF * 2.0 - 10.0)) y=(n(label.y - 14.0)) height="20" rx="10" {}
            }
        }
    }
}

fn milestone_words(layout: &Diagram, options: DrawOptions<'_>) -> Markup {
    html! {
        g.ink.rim font-size=(n(SMALL)) fill="#1b1f24" stroke="#f6f8fa" stroke-width="5" stroke-linejoin="round" paint-order="stroke" {
            @for (moment, label) in &layout.milestones { (linked(&words(label, None), *moment, options)) }
        }
    }
}

/// The left edge: times, and where they are not to scale.
fn gutter(layout: &Diagram) -> Markup {
    let x = 62.0;
    html! {
        g.dim font-size=(n(SMALL)) fill="#59636e" text-anchor="end" {
            text x="54" y="54" { "ms" }
            @for (y, text) in &layout.ticks { text x="54" y=(n(y + 4.0)) { (text) } }
        }
        g.hair stroke="#afb8c1" stroke-width="1" {
            line x1=(n(x)) x2=(n(x)) y1=(n(TOP - 6.0)) y2=(n(layout.height - FOOT)) {}
            @for (y, _) in &layout.ticks { line x1=(n(x - 4.0)) x2=(n(x)) y1=(n(*y)) y2=(n(*y)) {} }
        }
        g.lens fill="#afb8c1" {
            @for lens in &layout.heights.lenses {
                rect x=(n(x - 1.5)) width="4" y=(n(lens.top)) height=(n(lens.bottom - lens.top)) {}
            }
        }
        g.fold fill="#fff" stroke="#8c959f" {
            @for fold in &layout.heights.folds {
                path d=(zigzag(x, fold)) {}
                @for (x, ..) in &layout.lanes { path d=(zigzag(*x, fold)) {} }
            }
        }
    }
}

/// Where a silence breaks the lines.
fn fold_height(fold: &super::scale::Fold) -> f64 {
    f64::midpoint(fold.top, fold.bottom.min(fold.top + 60.0))
}

/// A break in a line.
fn zigzag(x: f64, fold: &super::scale::Fold) -> String {
    format!(
        "M{} {}l5 -5l6 6l6 -6l5 5v5l-5 -5l-6 6l-6 -6l-5 5z",
        n(x - 11.0),
        n(fold_height(fold))
    )
}

/// `40`, `1.5`: how many times.
fn factor(factor: f64) -> String {
    if factor >= 10.0 {
        format!("{factor:.0}")
    } else {
        format!("{factor:.1}")
    }
}

/// How long a silence was.
fn silence(layout: &Diagram, fold: &super::scale::Fold, catalogue: &Catalogue) -> Markup {
    let left = layout.lanes.first().map_or(0.0, |(x, ..)| *x);
    let said = Message::new("svg-silence").text("span", wording::duration(fold.span));
    let text = catalogue.say(&said);
    let label = PlacedText {
        width: super::metrics::sans(&text, SMALL),
        text,
        whole: None,
        x: left + 22.0,
        y: fold_height(fold) + 5.0,
        anchor: Anchor::Start,
        angle: 0.0,
        size: SMALL,
    };
    html! { g font-size=(n(SMALL)) font-style="italic" { (dim_on_paper(&label)) } }
}

fn dim_on_paper(label: &PlacedText) -> Markup {
    html! {
        g.dim.fl fill="#59636e" stroke="#fff" stroke-width="4" stroke-linejoin="round" paint-order="stroke" { (words(label, None)) }
    }
}

/// What the lines mean, those that there are; and the scale.
fn legend(layout: &Diagram, story: &Spacetime, catalogue: &Catalogue) -> Markup {
    let kinds = [
        ("syn", "svg-syn"),
        ("data", "svg-data"),
        ("ack", "svg-ack"),
        ("fin", "svg-fin"),
        ("rst", "svg-rst"),
        ("again", "svg-again"),
        ("udp", "svg-udp"),
        ("other", "svg-other"),
    ];
    let y = layout.height - 46.0;
    let mut x = 62.0;
    let mut items = Vec::new();
    for (class, key) in kinds {
        if story
            .flights
            .iter()
            .any(|flight| layout::class(flight) == class)
        {
            let text = catalogue.word(key);
            let width = super::metrics::sans(&text, SMALL);
            items.push((class, text, x, width));
            x += width + 62.0;
        }
    }
    let scale = Message::new("svg-scale").text("px", factor(layout.per_ms));
    let mut said = vec![catalogue.say(&scale)];
    if !layout.heights.lenses.is_empty() {
        said.push(catalogue.word("svg-spread"));
    }
    if story.left_out > 0 {
        said.push(catalogue.say(&Message::new("svg-left-out").int("n", story.left_out)));
    }
    let said = said.join(&catalogue.word("svg-semicolon"));
    html! {
        g font-size=(n(SMALL)) {
            @for (class, text, x, width) in items {
                g class=(class) stroke=(colour(class)) fill=(colour(class)) {
                    line x1=(n(x)) x2=(n(x + 30.0)) y1=(n(y - 4.0)) y2=(n(y - 4.0)) stroke-width=(if class == "ack" { "1.3" } else { "2.2" })
                        stroke-dasharray=[(class == "again").then_some("7 4")] {}
                    text stroke="none" x=(n(x + 37.0)) y=(n(y)) textLength=(n(width)) lengthAdjust="spacingAndGlyphs" { (text) }
                }
            }
            text.dim fill="#59636e" x="62" y=(n(y + 20.0)) { (said) }
        }
    }
}

/// A picture of its own: the root, its title for who does not see it, its style.
#[must_use]
pub fn root(
    width: f64,
    height: f64,
    title: &str,
    about: &str,
    lang: &str,
    inner: &Markup,
) -> String {
    let style = PreEscaped(STYLE);
    let drawn = html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (n(width)) " " (n(height)) } width=(n(width)) height=(n(height))
            lang=(lang) xml:lang=(lang) role="img" aria-labelledby="t d" font-family=(super::metrics::SANS) {
            title id="t" { (title) }
            desc id="d" { (about) }
            style { (style) }
            (inner)
        }
    };
    format!("{}\n", drawn.into_string())
}

/// The style of all pictures: fonts, and colours in the dark.
pub const STYLE: &str = include_str!("style.css");
