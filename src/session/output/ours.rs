//! What may be overwritten without a word: what this program writes there itself.

use std::fs::File;
use std::io::Read as _;

use serde::Deserialize;

/// A picture's or a hand-in's beginning that is looked at, and more than any hand-in has.
const LOOK: u64 = 1024 * 1024;

/// What is written into an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A recording: pcapng.
    Recording,
    /// A picture: SVG.
    Picture,
    /// A learner's hand-in: JSON.
    HandIn,
    /// A space–time diagram: SVG.
    Diagram,
    /// A state diagram: SVG.
    States,
    /// A report: HTML.
    Page,
    /// A trace for the Perfetto UI: Protocol Buffers.
    Trace,
    /// A recording for asciinema: JSON lines.
    Cast,
}

/// What every hand-in has, of whatever version.
#[derive(Deserialize)]
struct HandInHead {
    #[serde(rename = "format_version")]
    _version: u32,
    program: String,
}

impl Content {
    /// The option that asks for it.
    pub const fn option(self) -> &'static str {
        match self {
            Self::Recording => "--save",
            Self::Picture => "--plot",
            Self::HandIn => "--report",
            Self::Diagram => "--svg",
            Self::States => "--svg-states",
            Self::Page => "--html",
            Self::Trace => "--perfetto",
            Self::Cast => "--cast",
        }
    }

    /// Its name in the catalogue's choices.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Picture | Self::Diagram | Self::States => "picture",
            Self::Page => "page",
            Self::Trace => "trace",
            Self::Cast => "cast",
            Self::HandIn => "hand-in",
        }
    }

    /// The file holds just that.
    pub fn is(self, file: File) -> bool {
        let mut bytes = Vec::new();
        if file.take(LOOK).read_to_end(&mut bytes).is_err() {
            return false;
        }
        match self {
            Self::Recording => crate::files::pcapng::begins(&bytes),
            Self::Picture | Self::Diagram | Self::States => is_svg(&bytes),
            Self::Page => is_page(&bytes),
            Self::Trace => crate::views::perfetto::begins(&bytes),
            Self::Cast => crate::views::cast::begins(&bytes),
            Self::HandIn => serde_json::from_slice::<HandInHead>(&bytes)
                .is_ok_and(|hand_in| hand_in.program.starts_with("sockscope ")),
        }
    }
}

/// It says that it was made here, before anything that came from outside.
fn is_page(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes));
    let made = head.split("<title>").next().unwrap_or_default();
    made.starts_with("<!DOCTYPE html>") && made.contains("name=\"generator\" content=\"sockscope\"")
}

/// Its root element is `svg`; before it stand at most a declaration, a type and comments.
fn is_svg(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    for (opens, closes) in [
        ("<?", "?>"),
        ("<!--", "-->"),
        ("<!DOCTYPE svg", ">"),
        ("<!--", "-->"),
    ] {
        if rest.starts_with(opens) {
            rest = rest
                .split_once(closes)
                .map_or("", |(_, rest)| rest)
                .trim_start();
        }
    }
    rest.strip_prefix("<svg")
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '>'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_known_by_its_root() {
        for svg in [
            "<svg width=\"1\">",
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- drawn -->\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\">\n<svg\n>",
        ] {
            assert!(is_svg(svg.as_bytes()), "{svg}");
        }
        for other in [
            "",
            "svg",
            "<svgx>",
            "<html><svg>",
            "<?xml version=\"1.0\"?><html>",
            "<!-- <svg> ",
            "notes on <svg width>",
        ] {
            assert!(!is_svg(other.as_bytes()), "{other}");
        }
    }
}
