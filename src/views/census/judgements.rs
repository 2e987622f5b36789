//! What a capture shows of itself, in words.

use super::figures::counts;
use crate::explain::census::Judgement;
use crate::explain::census::judgement::{CopiesSeen, SniffedNear};
use crate::protocol::follow::HopChanges;
use crate::text::{Catalogue, Message};
use crate::views::options::Options;
use crate::views::styled::{Line, Role, wrap};
use crate::views::weighing::hop_names;
use crate::views::wording::duration;

/// A paragraph for each, what is to be known first before the rest.
#[must_use]
pub fn lines(options: &Options, judgements: &[Judgement]) -> Vec<Line> {
    let mut lines = Vec::new();
    for judgement in judgements {
        let (mark, role) = if judgement.is_caution() {
            ("! ", Role::Caution)
        } else {
            ("  ", Role::Plain)
        };
        let said = said(judgement, &options.catalogue);
        for (at, piece) in wrap(&said, options.width.max(80) - 4)
            .into_iter()
            .enumerate()
        {
            let before = if at == 0 { mark } else { "  " };
            lines.push(Line::of(role, format!("  {before}{piece}")));
        }
    }
    lines
}

/// One judgement as sentences.
pub(in crate::views) fn said(judgement: &Judgement, catalogue: &Catalogue) -> String {
    let message = match judgement {
        Judgement::Copies(copies) => return copied(copies, catalogue),
        Judgement::OtherCopies(seen) => Message::new("explain-judged-other-copies")
            .int("n", seen.copies)
            .int("packet", seen.first)
            .int("original", seen.of)
            .text("span", duration(seen.longest)),
        Judgement::OneWay(seen) => Message::new("explain-judged-one-way")
            .int("n", seen.connections)
            .int("stream", seen.first)
            .int("acked", seen.acknowledged),
        Judgement::AcksFirst(seen) => Message::new("explain-judged-acks-first")
            .int("n", seen.segments)
            .int("packet", seen.first)
            .int("ack", seen.acknowledged_in)
            .text("span", duration(seen.longest)),
        Judgement::ClockBack(seen) => Message::new("explain-judged-clock-back")
            .int("n", seen.steps)
            .int("packet", seen.at)
            .text("span", duration(seen.by)),
        Judgement::Unseen(seen) => Message::new("explain-judged-unseen")
            .int("n", seen.holes)
            .int("bytes", seen.bytes)
            .int("from", seen.from)
            .int("to", seen.to)
            .int("ack", seen.acknowledged_in),
        Judgement::Dropped(count) => Message::new("explain-judged-dropped").int("n", *count),
        Judgement::Cut(seen) => Message::new("explain-judged-cut")
            .int("n", seen.packets)
            .int("packet", seen.first)
            .int("len", seen.longest),
        Judgement::SynCut(seen) => Message::new("explain-judged-syn-cut")
            .int("n", seen.syns)
            .int("packet", seen.first),
        Judgement::Begun(seen) => Message::new("explain-judged-begun")
            .int("n", seen.connections)
            .int("stream", seen.first),
        Judgement::Offloaded(seen) => {
            let parts = [
                ("explain-judged-merged", seen.merged),
                ("explain-judged-sums", seen.sums),
            ];
            return counts(catalogue, &parts).join(&catalogue.word("explain-judged-joint"));
        }
        Judgement::Interfaces(seen) => {
            let each: Vec<String> = seen
                .iter()
                .map(|one| format!("{}: {}", one.interface, one.packets))
                .collect();
            Message::new("explain-judged-interfaces")
                .int("n", seen.len())
                .text("each", each.join(", "))
        }
        Judgement::Near(seen) => near(seen),
    };
    catalogue.say(&message)
}

/// How many copies, and what their differences say of where they were taken.
fn copied(copies: &CopiesSeen, catalogue: &Catalogue) -> String {
    let key = if copies.is_all() {
        "explain-judged-copied-all"
    } else {
        "explain-judged-copied"
    };
    let count = Message::new(key)
        .int("n", copies.copies)
        .int("of", copies.segments)
        .int("packet", copies.first)
        .int("original", copies.of)
        .text("span", duration(copies.longest));
    let differs = copies.differs;
    let place = if differs.contains(HopChanges::TTL) {
        "explain-judged-copied-router"
    } else if differs.contains(HopChanges::VLAN) {
        "explain-judged-copied-vlan"
    } else if differs.is_empty() {
        "explain-judged-copied-same"
    } else {
        "explain-judged-copied-places"
    };
    let place = Message::new(place).text("differs", hop_names(differs));
    let joint = catalogue.word("explain-judged-joint");
    format!("{}{joint}{}", catalogue.say(&count), catalogue.say(&place))
}

fn near(seen: &SniffedNear) -> Message {
    let key = match (seen.opener, seen.acceptor, seen.between) {
        (_, 0, 0) => "explain-judged-near-opener",
        (0, _, 0) => "explain-judged-near-acceptor",
        (0, 0, _) => "explain-judged-near-neither",
        _ => "explain-judged-near-several",
    };
    Message::new(key)
        .int("n", seen.opener + seen.acceptor + seen.between)
        .int("opener", seen.opener)
        .int("acceptor", seen.acceptor)
        .int("between", seen.between)
        .int("stream", seen.stream)
        .text("there", duration(seen.to_acceptor))
        .text("back", duration(seen.to_opener))
}
