//! What a capture shows of itself, as objects.

use serde_json::{Value, json};

use crate::explain::census::Judgement;
use crate::model::Span;
use crate::views::census::judgement as said;
use crate::views::options::Options;

/// An object each: `judgement` says which, `caution` whether a story of it is to be read with it in mind, `text` says it in words. What
/// it rests on are counts, numbers of packets and of connections, and times in microseconds.
pub(super) fn judgements(judgements: &[Judgement], options: &Options) -> Vec<Value> {
    let object = |judgement: &Judgement| {
        let mut object = evidence(judgement);
        object["judgement"] = judgement.name().into();
        object["caution"] = judgement.is_caution().into();
        object["text"] = said(judgement, &options.catalogue).into();
        object
    };
    judgements.iter().map(object).collect()
}

/// Microseconds.
const fn us(span: Span) -> i64 {
    span.ns() / 1_000
}

fn evidence(judgement: &Judgement) -> Value {
    match judgement {
        Judgement::Copies(seen) => json!({
            "copies": seen.copies,
            "segments": seen.segments,
            "packet": seen.first,
            "copy_of": seen.of,
            "differs": seen.differs.names().collect::<Vec<_>>().join(" "),
            "longest_us": us(seen.longest),
        }),
        Judgement::OtherCopies(seen) => json!({
            "copies": seen.copies,
            "packet": seen.first,
            "copy_of": seen.of,
            "longest_us": us(seen.longest),
        }),
        Judgement::OneWay(seen) => json!({
            "connections": seen.connections,
            "stream": seen.first,
            "acknowledged": seen.acknowledged,
        }),
        Judgement::AcksFirst(seen) => json!({
            "segments": seen.segments,
            "packet": seen.first,
            "acknowledged_in": seen.acknowledged_in,
            "longest_us": us(seen.longest),
        }),
        Judgement::ClockBack(seen) => json!({
            "steps": seen.steps,
            "first": seen.first,
            "packet": seen.at,
            "by_us": us(seen.by),
        }),
        Judgement::Unseen(seen) => json!({
            "holes": seen.holes,
            "bytes": seen.bytes,
            "from": seen.from,
            "to": seen.to,
            "acknowledged_in": seen.acknowledged_in,
        }),
        Judgement::Dropped(count) => json!({ "packets": count }),
        Judgement::Cut(seen) => json!({
            "packets": seen.packets,
            "packet": seen.first,
            "longest": seen.longest,
        }),
        Judgement::SynCut(seen) => json!({ "syns": seen.syns, "packet": seen.first }),
        Judgement::Begun(seen) => json!({
            "connections": seen.connections,
            "stream": seen.first,
        }),
        Judgement::Offloaded(seen) => json!({ "merged": seen.merged, "checksums": seen.sums }),
        Judgement::Interfaces(seen) => {
            let each = seen
                .iter()
                .map(|one| json!({ "interface": one.interface, "packets": one.packets }));
            json!({ "interfaces": each.collect::<Vec<_>>() })
        }
        Judgement::Near(seen) => json!({
            "opener": seen.opener,
            "acceptor": seen.acceptor,
            "between": seen.between,
            "stream": seen.stream,
            "to_acceptor_us": us(seen.to_acceptor),
            "to_opener_us": us(seen.to_opener),
        }),
    }
}
