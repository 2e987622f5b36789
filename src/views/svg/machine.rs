//! The states of a TCP connection as RFC 9293 draws them (§3.3.2, Figure 5), and in it the paths that both ends walked: each with
//! its own colour, its own dashes and its own sign, the steps numbered.

use maud::{Markup, html};

use crate::explain::spacetime::{Spacetime, StatePath};
use crate::model::TcpState;
use crate::model::number::{count32, signed};
use crate::text::{Catalogue, Message};

use super::draw::{self, n};
use super::figure::{END, FIGURE, FigureEdge, place};
use super::place::Anchor;
use super::words;

/// Size of the figure; below it come the words.
const WIDTH: f64 = 1000.0;
const HEIGHT: f64 = 786.0;
/// Half a state's size.
const HALF_WIDTH: f64 = 66.0;
const HALF_HEIGHT: f64 = 21.0;

/// A step of a path: which change of the figure, or none of it.
struct LitStep {
    walker: usize,
    number: usize,
    edge: usize,
}

/// The figure with the paths of the first connection's ends lit: its size and its drawing.
#[must_use]
pub fn figure_of(story: &Spacetime, catalogue: &Catalogue) -> (f64, f64, Markup) {
    let all = story.paths();
    let paths: Vec<&StatePath> = first(&all);
    let edges = &FIGURE;
    let mut lit = Vec::new();
    let mut elsewhere = Vec::new();
    for (walker, path) in paths.iter().enumerate() {
        for (number, step) in path.states.windows(2).enumerate() {
            let [from, to] = [step[0], step[1]];
            let found = edges
                .iter()
                .position(|edge| (edge.from, edge.to) == (from, to));
            match found {
                Some(edge) => lit.push(LitStep {
                    walker,
                    number: number + 1,
                    edge,
                }),
                None => elsewhere.push((walker, number + 1, from, to)),
            }
        }
    }
    let mut said = Vec::new();
    for (walker, path) in paths.iter().enumerate() {
        let name = words::lane(story, path.lane, catalogue).0;
        let states: Vec<&str> = path.states.iter().map(|state| state.name()).collect();
        said.push((
            Some(walker),
            format!("{name} {}: {}", path.local, states.join(" → ")),
        ));
    }
    for (walker, number, from, to) in elsewhere {
        let name = paths.get(walker).map_or_else(String::new, |path| {
            words::lane(story, path.lane, catalogue).0
        });
        let message = Message::new("svg-not-in-figure")
            .text("host", name)
            .int("n", signed(number))
            .text("from", from.name())
            .text("to", to.name());
        said.push((None, catalogue.say(&message)));
    }
    let height = HEIGHT + 30.0 + 22.0 * f64::from(count32(said.len().max(1)));
    let drawn = html! {
        rect.paper width=(n(WIDTH)) height=(n(height)) fill="#fff" {}
        (quiet_edges(edges, &lit))
        (lit_edges(edges, &lit))
        (nodes(&paths))
        (numbers(edges, &lit))
        (below(&said, catalogue))
    };
    (WIDTH, height, drawn)
}

/// A picture of its own.
#[must_use]
pub fn svg(stories: &[(String, &Spacetime)], catalogue: &Catalogue) -> String {
    let drawn: Vec<_> = stories
        .iter()
        .map(|(_, story)| figure_of(story, catalogue))
        .collect();
    let width = drawn.iter().map(|(width, ..)| *width).sum::<f64>();
    let height = drawn
        .iter()
        .map(|(_, height, _)| *height)
        .fold(0.0, f64::max);
    let inner = html! {
        @for (at, (_, _, drawn)) in drawn.iter().enumerate() {
            g transform={ "translate(" (n(WIDTH * f64::from(count32(at)))) " 0)" } { (drawn) }
        }
    };
    let about = catalogue.word("svg-states-about");
    let title = super::title(stories, catalogue);
    draw::root(
        width,
        height,
        &title,
        &about,
        catalogue.lang().tag(),
        &inner,
    )
}

/// Both ends of the first connection; where there is none, the first socket.
fn first(all: &[StatePath]) -> Vec<&StatePath> {
    let Some(one) = all.iter().find(|path| path.remote.is_some()) else {
        return all.iter().take(1).collect();
    };
    let is_other = |path: &&StatePath| {
        path.lane != one.lane && path.remote == Some(one.local) && Some(path.local) == one.remote
    };
    let mut both = vec![one];
    both.extend(all.iter().find(is_other));
    both.sort_by_key(|path| path.lane);
    both
}

fn quiet_edges(edges: &[FigureEdge], lit: &[LitStep]) -> Markup {
    html! {
        g font-size="11.5" {
            @for (number, edge) in edges.iter().enumerate() {
                @let walked = lit.iter().any(|step| step.edge == number);
                @if walked || !edge.only_walked {
                    path.edge d=(curve(edge, 0.0)) fill="none" stroke="#afb8c1" stroke-width="1.2" {}
                    (tip(edge, 0.0, "edge-tip", "#afb8c1"))
                    @let anchor = match edge.anchor { Anchor::Start => None, Anchor::Middle => Some("middle"), Anchor::End => Some("end") };
                    text class=(if walked { "ink" } else { "dim" }) fill=(if walked { "#1b1f24" } else { "#59636e" })
                        font-weight=[walked.then_some("600")] x=(n(edge.place.0)) y=(n(edge.place.1)) text-anchor=[anchor]
                        textLength=(n(super::metrics::sans(edge.says, 11.5))) lengthAdjust="spacingAndGlyphs" { (edge.says) }
                }
            }
        }
    }
}

/// Colours of both walkers on white.
const WALKERS: [&str; 2] = ["#0969da", "#b04500"];

fn lit_edges(edges: &[FigureEdge], lit: &[LitStep]) -> Markup {
    html! {
        @for step in lit {
            @if let Some(edge) = edges.get(step.edge) {
                @let aside = aside(step, lit);
                path class={ "walk" (step.walker) } d=(curve(edge, aside)) fill="none" stroke=(WALKERS[step.walker.min(1)])
                    stroke-width="3.6" stroke-linecap="round" stroke-dasharray=[(step.walker == 1).then_some("9 6")] {}
                (tip(edge, aside, &format!("tip{}", step.walker), WALKERS[step.walker.min(1)]))
            }
        }
    }
}

/// Where both walked the same way, their lines stand beside each other.
fn aside(step: &LitStep, lit: &[LitStep]) -> f64 {
    let other = |other: &LitStep| other.edge == step.edge && other.walker != step.walker;
    match (lit.iter().any(other), step.walker) {
        (false, _) => 0.0,
        (true, 0) => -3.5,
        (true, _) => 3.5,
    }
}

fn curve(edge: &FigureEdge, aside: f64) -> String {
    let [from, by, to] = shifted(edge, aside);
    format!(
        "M{} {}Q{} {} {} {}",
        n(from.0),
        n(from.1),
        n(by.0),
        n(by.1),
        n(to.0),
        n(to.1)
    )
}

fn shifted(edge: &FigureEdge, aside: f64) -> [(f64, f64); 3] {
    let [from, _, to] = edge.points;
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.hypot(dy).max(1.0);
    edge.points
        .map(|(x, y)| (x - dy / length * aside, y + dx / length * aside))
}

fn tip(edge: &FigureEdge, aside: f64, class: &str, colour: &str) -> Markup {
    let [_, by, to] = shifted(edge, aside);
    let length = (to.0 - by.0).hypot(to.1 - by.1).max(1.0);
    let (dx, dy) = ((to.0 - by.0) / length, (to.1 - by.1) / length);
    let corner = |side: f64| {
        format!(
            "{} {}",
            n(to.0 - dx * 11.0 - dy * side),
            n(to.1 - dy * 11.0 + dx * side)
        )
    };
    html! { path class=(class) fill=(colour) d={ "M" (n(to.0)) " " (n(to.1)) "L" (corner(5.0)) "L" (corner(-5.0)) "z" } {} }
}

fn nodes(paths: &[&StatePath]) -> Markup {
    let seen = |state: TcpState| paths.iter().any(|path| path.states.contains(&state));
    let ended =
        |path: &&StatePath| path.states.len() > 1 && path.states.last() == Some(&TcpState::Closed);
    let mut all: Vec<((f64, f64), &str, bool)> = TcpState::ALL
        .iter()
        .map(|state| (place(*state), state.name(), seen(*state)))
        .collect();
    all.push((END, TcpState::Closed.name(), paths.iter().any(ended)));
    html! {
        @for ((x, y), name, seen) in all {
            rect.node x=(n(x - HALF_WIDTH)) y=(n(y - HALF_HEIGHT)) width=(n(HALF_WIDTH * 2.0)) height=(n(HALF_HEIGHT * 2.0)) rx="9"
                fill=(if seen { "#ddf4ff" } else { "#f6f8fa" }) stroke=(if seen { "#1b1f24" } else { "#afb8c1" })
                stroke-width=(if seen { "2" } else { "1" }) {}
            text class=(if seen { "ink" } else { "dim" }) x=(n(x)) y=(n(y + 5.0)) text-anchor="middle" font-size="13.5" font-weight=(if seen { "700" } else { "500" })
                fill=(if seen { "#1b1f24" } else { "#59636e" }) textLength=(n(super::metrics::sans(name, 13.5))) lengthAdjust="spacingAndGlyphs" { (name) }
        }
    }
}

/// The steps' numbers: the first walker's in circles, the other's in squares.
fn numbers(edges: &[FigureEdge], lit: &[LitStep]) -> Markup {
    html! {
        g font-size="11" font-weight="700" text-anchor="middle" {
            @for step in lit {
                @if let Some(edge) = edges.get(step.edge) {
                    @let [from, by, to] = edge.points;
                    @let part = if aside(step, lit) < 0.0 { 0.35 } else if aside(step, lit) > 0.0 { 0.65 } else { 0.5 };
                    @let at = |a: f64, b: f64, c: f64| (1.0 - part) * (1.0 - part) * a + 2.0 * part * (1.0 - part) * b + part * part * c;
                    (sign(step.walker, (at(from.0, by.0, to.0), at(from.1, by.1, to.1)), &step.number.to_string()))
                }
            }
        }
    }
}

fn sign(walker: usize, (x, y): (f64, f64), text: &str) -> Markup {
    let colour = WALKERS[walker.min(1)];
    html! {
        @if walker == 0 {
            circle.tip0 cx=(n(x)) cy=(n(y)) r="9.5" fill=(colour) {}
        } @else {
            rect.tip1 x=(n(x - 9.0)) y=(n(y - 9.0)) width="18" height="18" fill=(colour) {}
        }
        text.paper x=(n(x)) y=(n(y + 4.0)) fill="#fff" { (text) }
    }
}

/// Who walked how, and the source of the figure.
fn below(said: &[(Option<usize>, String)], catalogue: &Catalogue) -> Markup {
    let y = |row: usize| HEIGHT + 22.0 * f64::from(count32(row + 1));
    html! {
        g font-size="13" {
            @for (row, (walker, text)) in said.iter().enumerate() {
                @let y = y(row);
                @if let Some(walker) = walker {
                    g font-size="11" font-weight="700" text-anchor="middle" { (sign(*walker, (46.0, y - 4.0), "")) }
                }
                text.ink fill="#1b1f24" x="64" y=(n(y)) { (text) }
            }
            @if said.is_empty() { text.dim fill="#59636e" x="64" y=(n(y(0))) { (catalogue.word("svg-no-states")) } }
        }
    }
}
