//! The summary at the end: what it all came to.

use crate::explain::{Gaps, Lateness, Summary};
use crate::model::Span;
use crate::text::Message;

use super::census::judgements;
use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::wording::{self, duration};

/// A silence of more round trips than that is a wait for something else.
const LONGEST_PAUSE: i64 = 4;

/// The summary's lines: packets, bytes, round trips, time.
#[must_use]
pub fn lines(options: &Options, summary: &Summary) -> Vec<Line> {
    if summary.packets == 0 {
        return Vec::new();
    }
    let mut said = vec![packets(summary), bytes(summary)];
    // Frames that another host sent and the wire lost were not seen at the saved vantage: they count here alone.
    said.extend(lost(summary));
    // On a loopback a round trip is over before anybody counts; and where a timer or a program let the wire be silent for
    // long, the time is not made of round trips.
    let counts = |rtt: &Span| {
        let waited = summary.longest_pause.ns() > LONGEST_PAUSE * rtt.ns();
        rtt.ns() >= 1_000_000 && summary.round_trips_milli > 0 && !waited
    };
    if let Some(rtt) = summary.round_trip.filter(counts) {
        let tenths = (summary.round_trips_milli + 50) / 100;
        said.push(
            Message::new("summary-round-trips")
                .text("n", format!("{}.{}", tenths / 10, tenths % 10))
                .text("span", duration(rtt)),
        );
    }
    said.push(Message::new("summary-time").text("span", duration(summary.took)));
    let said: Vec<String> = said
        .iter()
        .map(|message| wording::message(message, &options.catalogue))
        .collect();
    let text = said.join(&options.catalogue.word("summary-comma"));
    let mut lines = vec![Line::new()];
    lines.extend(gaps(options, summary.gaps));
    lines.extend(lateness(options, summary.lateness));
    lines.extend(judgements(options, &summary.judgements));
    for piece in wrap(&text, options.width.clamp(80, 140) - 2) {
        lines.push(Line::of(Role::Title, piece));
    }
    lines
}

/// That the story is not whole, where it is not: before anything that is computed from it.
fn gaps(options: &Options, gaps: Gaps) -> Vec<Line> {
    let said = [
        ("summary-missed", gaps.missed),
        ("summary-unsaved", gaps.unsaved),
        ("summary-untold", gaps.untold),
    ];
    let said = said.into_iter().filter(|(_, frames)| *frames > 0);
    said.map(|(key, frames)| Message::new(key).int("n", frames))
        .flat_map(|said| {
            let text = wording::message(&said, &options.catalogue);
            wrap(&text, options.width.clamp(80, 140) - 2)
        })
        .map(|piece| Line::of(Role::Caution, piece))
        .collect()
}

/// That the machine was busy, where it was.
fn lateness(options: &Options, lateness: Lateness) -> Vec<Line> {
    let wire = Message::new("summary-late-wire")
        .int("n", lateness.frames)
        .text("span", duration(lateness.wire));
    let hosts = Message::new("summary-late-hosts").text("span", duration(lateness.hosts));
    let said = [(lateness.wire, wire), (lateness.hosts, hosts)].into_iter();
    let said = said.filter(|(late, _)| *late > Span::ZERO);
    let said = said.map(|(_, message)| wording::message(&message, &options.catalogue));
    said.flat_map(|text| wrap(&text, options.width.clamp(80, 140) - 2))
        .map(|piece| Line::of(Role::Caution, piece))
        .collect()
}

/// How many packets, and what they were.
fn packets(summary: &Summary) -> Message {
    let (packets, segments, datagrams) = (summary.packets, summary.segments, summary.datagrams);
    if summary.copies > 0 {
        return Message::new("summary-packets-copies")
            .int("n", packets)
            .int("copies", summary.copies)
            .int("segments", segments)
            .int("datagrams", datagrams);
    }
    if segments == packets {
        Message::new("summary-segments").int("n", segments)
    } else if datagrams == packets {
        Message::new("summary-datagrams").int("n", datagrams)
    } else {
        Message::new("summary-packets")
            .int("n", packets)
            .int("segments", segments)
            .int("datagrams", datagrams)
    }
}

/// What of each host's frames the wire lost; nothing where it lost none.
fn lost(summary: &Summary) -> impl Iterator<Item = Message> {
    let lossy = summary.sent.iter().filter(|sent| sent.lost > 0);
    lossy.map(|sent| {
        Message::new("summary-lost")
            .text("host", sent.name.clone())
            .int("lost", sent.lost)
            .int("frames", sent.frames)
    })
}

/// Payload and headers, and the headers' share.
fn bytes(summary: &Summary) -> Message {
    let all = summary.payload_bytes + summary.header_bytes;
    // All of it only where there is no payload, nothing only where there are no headers.
    let share = match (summary.payload_bytes, summary.header_bytes) {
        (0, _) => 100,
        (_, 0) => 0,
        (_, headers) => ((headers * 100 + all / 2) / all).clamp(1, 99),
    };
    Message::new("summary-bytes")
        .int("payload", summary.payload_bytes)
        .int("headers", summary.header_bytes)
        .int("share", share)
}
