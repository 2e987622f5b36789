//! Pictures in a page: the diagram in both languages, where the bytes of a stream went, graphs.

use maud::{Markup, PreEscaped, html};

use crate::explain::series::Traced;
use crate::explain::spacetime::Spacetime;
use crate::explain::stream::{ByteStreams, StreamPiece, StreamWay};
use crate::protocol::follow::Way;
use crate::text::Message;
use crate::views::svg::draw::{self, DrawOptions, n};
use crate::views::svg::layout::Diagram;
use crate::views::svg::{machine, metrics};
use crate::views::{plot, wording};

use super::tongues::Tongues;

/// The space–time diagram; its lines once, its words in both languages.
#[must_use]
pub fn diagram(story: &Spacetime, anchor: &str, tongues: &Tongues) -> Markup {
    let layouts = tongues
        .all
        .each_ref()
        .map(|catalogue| Diagram::of(story, catalogue));
    let options = DrawOptions {
        anchor: Some(anchor),
    };
    let alike = layouts[0].heights == layouts[1].heights;
    html! {
        div.scroll tabindex="0" role="group" aria-label=(tongues.main().word("page-diagram")) {
            @if alike {
                (root(&layouts[0], &html! {
                    (draw::shared(&layouts[0], story, options))
                    @for (layout, catalogue) in layouts.iter().zip(&tongues.all) {
                        g lang=(catalogue.lang().tag()) { (draw::worded(layout, story, options, catalogue)) }
                    }
                }))
            } @else {
                @for (layout, catalogue) in layouts.iter().zip(&tongues.all) {
                    div lang=(catalogue.lang().tag()) { (root(layout, &draw::picture(layout, story, options, catalogue))) }
                }
            }
        }
    }
}

fn root(layout: &Diagram, inner: &Markup) -> Markup {
    html! {
        svg.diagram xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (n(layout.width)) " " (n(layout.height)) }
            width=(n(layout.width)) height=(n(layout.height)) { (inner) }
    }
}

/// The states with the walked paths; nothing where no kernel spoke.
#[must_use]
pub fn states(story: &Spacetime, tongues: &Tongues) -> Option<Markup> {
    if story.states.is_empty() {
        return None;
    }
    let drawn = tongues.all.iter().map(|catalogue| {
        let (width, height, inner) = machine::figure_of(story, catalogue);
        html! {
            div lang=(catalogue.lang().tag()) {
                svg.machine xmlns="http://www.w3.org/2000/svg" role="img" aria-label=(catalogue.word("svg-states-about"))
                    viewBox={ "0 0 " (n(width)) " " (n(height)) } width=(n(width)) height=(n(height)) { (inner) }
            }
        }
    });
    let drawn: Vec<Markup> = drawn.collect();
    Some(
        html! { div.scroll tabindex="0" role="group" aria-label=(tongues.main().word("page-states")) { @for one in drawn { (one) } } },
    )
}

/// Width of a stream, and the room at its left.
const STREAM: f64 = 1000.0;
const NAMES: f64 = 150.0;

/// Sends, segments and receives below each other, each as wide as its bytes; nothing where there is no stream.
#[must_use]
pub fn streams(
    streams: &ByteStreams,
    story: &Spacetime,
    anchor: &str,
    tongues: &Tongues,
) -> Option<Markup> {
    let ways: Vec<Markup> = streams
        .used()
        .filter(|(_, way)| way.end() > 0)
        .map(|(side, way)| {
            let name = |at: usize, catalogue: &_| match (streams.hosts[at], streams.ends) {
                (Some(host), _) => wording::host_name(host, &story.hosts, catalogue),
                (None, Some((opener, acceptor))) => [opener, acceptor][at].to_string(),
                (None, None) => String::new(),
            };
            html! {
                h3 { (tongues.both(|c| format!("{} → {}", name(side, c), name(1 - side, c)))) }
                p { (tongues.say(&Message::new("page-stream-counts").int("bytes", way.end())
                    .int("sends", way.counts()[0]).int("segments", way.counts()[1]).int("receives", way.counts()[2]))) }
                div.scroll tabindex="0" role="group" aria-label=(tongues.main().word("page-stream")) { (stream(way, anchor, tongues)) }
            }
        })
        .collect();
    (!ways.is_empty()).then(|| html! { @for way in ways { (way) } })
}

fn stream(way: &StreamWay, anchor: &str, tongues: &Tongues) -> Markup {
    let rows = [
        ("page-sends", &way.sends, "bar"),
        ("page-segments", &way.segments, "data"),
        ("page-receives", &way.receives, "syn"),
    ];
    let scale = STREAM / exact(way.end().max(1));
    html! {
        svg.stream xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (n(STREAM + NAMES + 16.0)) " 200" } width=(n(STREAM + NAMES + 16.0)) height="200" font-size="12" {
            rect.paper width=(n(STREAM + NAMES + 16.0)) height="200" fill="#fff" {}
            @for (row, (key, pieces, class)) in rows.into_iter().enumerate() {
                @let y = 20.0 + 60.0 * f64::from(crate::model::number::count32(row));
                @for catalogue in &tongues.all {
                    text.ink lang=(catalogue.lang().tag()) x=(n(NAMES - 12.0)) y=(n(y + 20.0)) text-anchor="end" fill="#1b1f24" { (catalogue.word(key)) }
                }
                @if pieces.is_empty() { line.rail x1=(n(NAMES)) x2=(n(NAMES + STREAM)) y1=(n(y + 16.0)) y2=(n(y + 16.0)) stroke="#c9d1d9" {} }
                g class=(class) stroke=(draw::colour(class)) fill=(draw::colour(class)) stroke-width="1.2" fill-opacity=".16" font-size="11" text-anchor="middle" {
                    @for piece in pieces { (block(piece, y, scale, anchor)) }
                }
            }
            text.dim x=(n(NAMES)) y="196" fill="#59636e" { "1" }
            text.dim x=(n(NAMES + STREAM)) y="196" text-anchor="end" fill="#59636e" { (way.end()) }
        }
    }
}

/// Bytes of a stream on a picture, far coarser than a float.
fn exact(bytes: u64) -> f64 {
    let high = u32::try_from(bytes >> 32).unwrap_or(u32::MAX);
    let low = u32::try_from(bytes & 0xffff_ffff).unwrap_or(u32::MAX);
    f64::from(high) * 4_294_967_296.0 + f64::from(low)
}

fn block(piece: &StreamPiece, y: f64, scale: f64, anchor: &str) -> Markup {
    let x = NAMES + exact(piece.from) * scale;
    let width = (exact(piece.to.saturating_sub(piece.from)) * scale - 1.5).max(0.8);
    let range = format!("{}–{}", piece.from + 1, piece.to);
    let says = match (piece.lost, piece.again) {
        (true, _) => format!("✗ {range}"),
        (false, true) => format!("↻ {range}"),
        (false, false) => range,
    };
    // An ordinary piece looks as its row does.
    let other = match (piece.lost, piece.again) {
        (true, _) => Some("loss"),
        (false, true) => Some("again"),
        (false, false) => None,
    };
    let colour = other.map(draw::colour);
    let y = if piece.again || piece.lost {
        y + 24.0
    } else {
        y
    };
    let fits = metrics::sans(&says, 11.0) + 6.0 < width;
    html! {
        a href={ "#" (anchor) (piece.moment) } {
            rect class=[other] stroke=[colour] fill=[colour] x=(n(x)) y=(n(y)) width=(n(width)) height="22" rx="2" {}
            @if fits { text.ink fill="#1b1f24" stroke="none" fill-opacity="1" x=(n(x + width / 2.0)) y=(n(y + 15.5)) { (says) } }
            @else { title { (says) } }
        }
    }
}

/// The graphs of a connection in both languages; nothing where there was none.
#[must_use]
pub fn graphs(traced: &Traced, tongues: &Tongues) -> Option<Markup> {
    let (opener, acceptor) = traced.ends?;
    let way = traced.series.busier();
    let ends = match way {
        Way::FromOpener => (opener, acceptor),
        Way::FromAcceptor => (acceptor, opener),
    };
    let [one, other] = tongues
        .all
        .each_ref()
        .map(|catalogue| plot::svg(&traced.series, way, ends, traced.queue(way), catalogue));
    let langs = tongues
        .all
        .each_ref()
        .map(|catalogue| catalogue.lang().tag());
    let drawn = merged(&one, &other, langs);
    Some(
        html! { div.scroll.light tabindex="0" role="group" aria-label=(tongues.main().word("page-graphs")) { (PreEscaped(drawn)) } },
    )
}

/// Two drawings of the same graph in one: lines in which they differ stand there for each language, the others once. The graph's
/// white lines on white ground are left out. Both come from the plotter, which has made text of all text.
fn merged(one: &str, other: &str, langs: [&str; 2]) -> String {
    let parts = [one, other].map(elements);
    let mut out = String::with_capacity(one.len() / 2);
    if parts[0].len() != parts[1].len() {
        return one.to_owned();
    }
    for (a, b) in parts[0].iter().zip(&parts[1]) {
        if a.starts_with("<line") && a.contains("#FFFFFF") {
            continue;
        }
        if a == b {
            out.push_str(a);
        } else {
            for (lang, part) in langs.iter().zip([a, b]) {
                out.push_str("<g lang=\"");
                out.push_str(lang);
                out.push_str("\">");
                out.push_str(part);
                out.push_str("</g>");
            }
        }
        out.push('\n');
    }
    out
}

/// The elements of a drawing, each with its text.
fn elements(drawing: &str) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for line in drawing.lines() {
        match all.last_mut() {
            Some(last) if last.starts_with("<text") && !last.contains("</text>") => {
                last.push_str(line);
            }
            _ => all.push(line.to_owned()),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_drawings_share_what_is_alike() {
        let draw = |word: &str| {
            format!(
                "<svg>\n<line stroke=\"#FFFFFF\"/>\n<line x=\"1\"/>\n<text>\n{word}\n</text>\n</svg>\n"
            )
        };
        let both = merged(&draw("windows"), &draw("窗口"), ["en", "zh"]);
        assert_eq!(
            both,
            "<svg>\n<line x=\"1\"/>\n<g lang=\"en\"><text>windows</text></g><g lang=\"zh\"><text>窗口</text></g>\n</svg>\n"
        );
    }
}
