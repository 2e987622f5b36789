//! A story as it is told in a terminal, with its own times: asciinema's recording, version 2, one JSON value a line
//! (<https://docs.asciinema.org/manual/asciicast/v2/>).

use std::fmt::Write as _;

use serde_json::json;

use crate::explain::{Moment, MomentSink as _, NoteKind, Summary};
use crate::model::Time;

use super::options::Options;
use super::palette::Palette;
use super::{ladder::Ladder, wording};

/// Rows of the terminal that it is played in.
const ROWS: u32 = 40;

/// By this member of its head a recording that was made here is known again; players skip it.
const MADE_BY: &str = "sockscope";

/// One story of a cast.
#[derive(Clone, Copy, Debug)]
pub struct CastStory<'a> {
    /// What it is called beside others.
    pub name: &'a str,
    /// What is told.
    pub moments: &'a [Moment],
    /// What it came to.
    pub summary: &'a Summary,
}

/// The recording: stories one behind the other, each by its own clock.
#[must_use]
pub fn cast(stories: &[CastStory<'_>], title: &str, options: &Options, palette: Palette) -> String {
    let begun = stories.iter().find_map(|story| {
        story
            .moments
            .iter()
            .map(|moment| moment.at)
            .find(|at| at.ns() > 0)
    });
    let head = json!({
        "version": 2,
        "width": options.width,
        "height": ROWS,
        "timestamp": begun.unwrap_or_default().ns() / 1_000_000_000,
        "title": title,
        "env": {"TERM": "xterm-256color"},
        MADE_BY: env!("CARGO_PKG_VERSION"),
    });
    let mut out = format!("{head}\n");
    let mut base = 0;
    for story in stories {
        base = told(story, stories.len() > 1, base, options, palette, &mut out);
    }
    out
}

/// Tells one story from `base` on, in nanoseconds; gives when it is over.
fn told(
    story: &CastStory<'_>,
    several: bool,
    base: i64,
    options: &Options,
    palette: Palette,
    out: &mut String,
) -> i64 {
    let mut ladder = Ladder::new(options.clone());
    let mut event = |at: i64, kind: &str, data: &str| {
        // Whole microseconds, as the player's own recorder writes.
        let (seconds, micros) = (at / 1_000_000_000, at % 1_000_000_000 / 1000);
        let data = json!(data);
        // Writing to a string never fails.
        let _ = writeln!(out, "[{seconds}.{micros:06}, \"{kind}\", {data}]");
    };
    let paint = |lines: &[super::Line]| -> String {
        lines
            .iter()
            .map(|line| format!("{}\r\n", palette.paint(line)))
            .collect()
    };
    if several {
        event(base, "m", &crate::text::visible::text(story.name));
    }
    let zero: Option<Time> = story.moments.first().map(|moment| moment.at);
    let mut now = base;
    for moment in story.moments {
        let since = zero.map_or(0, |zero| moment.at.since(zero).ns());
        now = now.max(base.saturating_add(since));
        let lines = ladder.moment(moment);
        if !lines.is_empty() {
            event(now, "o", &paint(&lines));
        }
        for note in &moment.notes {
            if note.kind == NoteKind::Milestone {
                let said = wording::note(note, &options.catalogue);
                event(now, "m", &crate::text::visible::text(&said));
            }
        }
    }
    let lines = ladder.end(story.summary);
    if !lines.is_empty() {
        event(now, "o", &paint(&lines));
    }
    now
}

/// These bytes begin as a recording that was made here does.
#[must_use]
pub fn begins(bytes: &[u8]) -> bool {
    let head = bytes.split(|byte| *byte == b'\n').next();
    let head: Option<serde_json::Value> = head.and_then(|head| serde_json::from_slice(head).ok());
    head.is_some_and(|head| head["version"] == 2 && head[MADE_BY].is_string())
}
