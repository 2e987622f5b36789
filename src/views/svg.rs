//! Pictures of a story as SVG: the space–time diagram, and the states that both ends walked through.
//!
//! A picture is computed before it is drawn, both purely: [`layout::Diagram`] says where everything stands ([`compose`] makes it of a [`plan`]; [`scale`] turns time
//! into height, [`place`] keeps words apart, [`metrics`] knows how wide they are), [`draw`] makes markup of it. [`machine`] is
//! the state diagram.

mod compose;
pub mod draw;
mod figure;
mod flights;
pub mod layout;
pub mod machine;
pub mod metrics;
pub mod place;
mod plan;
pub mod scale;
mod words;

use maud::html;

use crate::explain::spacetime::Spacetime;
use crate::text::{Catalogue, Message, visible};

use layout::Diagram;

/// The space–time diagrams of these stories, beside each other where there are several.
#[must_use]
pub fn spacetime(stories: &[(String, &Spacetime)], catalogue: &Catalogue) -> String {
    let drawn: Vec<_> = stories
        .iter()
        .map(|(name, story)| {
            let layout = Diagram::of(story, catalogue);
            let inner = draw::picture(&layout, story, draw::DrawOptions::default(), catalogue);
            (name, layout.width, layout.height, inner)
        })
        .collect();
    let several = drawn.len() > 1;
    let head = if several { 40.0 } else { 0.0 };
    let width: f64 = drawn.iter().map(|(_, width, ..)| width).sum();
    let height = drawn
        .iter()
        .map(|(_, _, height, _)| *height)
        .fold(0.0, f64::max)
        + head;
    let mut x = 0.0;
    let mut parts = Vec::new();
    for (name, width, _, inner) in drawn {
        parts.push((name, x, width, inner));
        x += width;
    }
    let inner = html! {
        rect.paper width=(draw::n(width)) height=(draw::n(height)) fill="#fff" {}
        @for (name, x, width, inner) in &parts {
            @if several {
                text.ink x=(draw::n(x + width / 2.0)) y="32" font-size="20" font-weight="700" text-anchor="middle" fill="#1b1f24" {
                    (visible::text(name))
                }
            }
            g transform={ "translate(" (draw::n(*x)) " " (draw::n(head)) ")" } { (inner) }
        }
    };
    let title = title(stories, catalogue);
    let about = catalogue.word("svg-about");
    draw::root(
        width,
        height,
        &title,
        &about,
        catalogue.lang().tag(),
        &inner,
    )
}

/// What made these runs, for the title of a picture.
#[must_use]
pub fn title(stories: &[(String, &Spacetime)], catalogue: &Catalogue) -> String {
    let command = stories.iter().find_map(|(_, story)| story.command.as_ref());
    match command {
        Some(command) => catalogue.say(&Message::new("svg-title").text("command", command)),
        None => catalogue.word("svg-title-capture"),
    }
}
