//! Events in order, and the time between two of them.

use crate::model::Time;
use crate::script::call;
use crate::script::expect::Event;
use crate::script::number::Condition;

use super::{Evidence, Shortfall};

/// The events happened in this order: for each there is a first occurrence not before the one that was taken
/// for the event before it.
pub(super) fn in_order(evidence: &Evidence, events: &[Event]) -> Result<(), Shortfall> {
    let mut from = None;
    let mut found = 0;
    for event in events {
        let Some(at) = next(evidence, event, from) else {
            break;
        };
        from = Some(at);
        found += 1;
    }
    if found == events.len() {
        return Ok(());
    }
    let expected = events
        .iter()
        .enumerate()
        .map(|(i, event)| (event.to_string(), i < found))
        .collect();
    Err(Shortfall::new(
        "lesson-short-order",
        expected,
        listing(evidence, events),
    ))
}

/// So much time is between the first of `from` and the first of `to` after it.
pub(super) fn lasted(
    evidence: &Evidence,
    from: &Event,
    to: &Event,
    is: &Condition,
    tolerance: i64,
) -> Result<(), Shortfall> {
    let start = next(evidence, from, None);
    let end = start.and_then(|start| next(evidence, to, Some(start)));
    let known = |symbol: &_| evidence.symbol(symbol, evidence.stream(None));
    if let (Some(start), Some(end)) = (start, end) {
        let took = end.since(start).ns();
        if is.holds_within(took, tolerance, &known) == Some(true) {
            return Ok(());
        }
        let mut shortfall = Shortfall::new(
            "lesson-short-time",
            vec![(from.to_string(), true), (to.to_string(), true)],
            Vec::new(),
        );
        shortfall.what = shortfall
            .what
            .text("is", is.to_string())
            .text("took", milliseconds(took));
        return Err(shortfall);
    }
    Err(Shortfall::new(
        "lesson-short-order",
        vec![
            (from.to_string(), start.is_some()),
            (to.to_string(), end.is_some()),
        ],
        listing(evidence, &[from.clone(), to.clone()]),
    ))
}

/// A time for a person, rounded to hundredths of a millisecond.
fn milliseconds(ns: i64) -> String {
    format!("{:.2}ms", ns as f64 / 1e6)
}

/// When the event happens first, not before `from`.
fn next(evidence: &Evidence, event: &Event, from: Option<Time>) -> Option<Time> {
    let not_before = |at: &Time| from.is_none_or(|from| *at >= from);
    match event {
        Event::Sent(pattern) => evidence
            .frames
            .iter()
            .filter(|seen| evidence.matches(pattern, seen))
            .filter_map(|seen| seen.sent.or(seen.arrived))
            .filter(not_before)
            .min(),
        Event::Arrived(pattern) => evidence
            .frames
            .iter()
            .filter(|seen| evidence.matches(pattern, seen))
            .filter_map(|seen| seen.arrived)
            .filter(not_before)
            .min(),
        Event::Calls(host, pattern) => {
            let host = evidence.host(host)?;
            evidence
                .calls
                .iter()
                .filter(|made| made.call.host == host)
                .filter(|made| pattern.begins(&made.call, evidence.hosts()))
                .map(|made| made.call.at)
                .filter(not_before)
                .min()
        }
        Event::Returns(host, pattern) => evidence
            .returned_calls(host)
            .filter(|made| evidence.call_matches(pattern, made))
            .filter_map(|made| made.returned.as_ref().map(|returned| returned.at))
            .filter(not_before)
            .min(),
        Event::Is(host, state) => {
            let host = evidence.host(host)?;
            evidence
                .states
                .iter()
                .filter(|change| change.host == host && change.now == *state)
                .map(|change| change.at)
                .filter(not_before)
                .min()
        }
    }
}

/// What happened, of the kinds that the events are of, in the order of time.
fn listing(evidence: &Evidence, events: &[Event]) -> Vec<String> {
    let mut all: Vec<(Time, String)> = Vec::new();
    let has = |kind: fn(&Event) -> bool| events.iter().any(kind);
    if has(|event| matches!(event, Event::Sent(_))) {
        all.extend(evidence.frames.iter().filter_map(|seen| {
            Some((
                seen.sent.or(seen.arrived)?,
                format!("sent {}", evidence.line(seen)),
            ))
        }));
    }
    if has(|event| matches!(event, Event::Arrived(_))) {
        all.extend(
            evidence.frames.iter().filter_map(|seen| {
                Some((seen.arrived?, format!("arrived {}", evidence.line(seen))))
            }),
        );
    }
    for host in evidence.hosts() {
        for made in evidence
            .calls
            .iter()
            .filter(|made| made.call.host == host.id)
        {
            if has(|event| matches!(event, Event::Calls(..))) {
                let line = call::line(&made.call, None, evidence.hosts());
                all.push((made.call.at, format!("{} calls {line}", host.name)));
            }
            if let Some(returned) = made
                .returned
                .as_ref()
                .filter(|_| has(|event| matches!(event, Event::Returns(..))))
            {
                let line = call::line(&made.call, Some(returned), evidence.hosts());
                all.push((returned.at, format!("{} returns {line}", host.name)));
            }
        }
        if has(|event| matches!(event, Event::Is(..))) {
            all.extend(
                evidence
                    .states
                    .iter()
                    .filter(|change| change.host == host.id)
                    .map(|change| (change.at, format!("{} is {}", host.name, change.now))),
            );
        }
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter().map(|(_, line)| line).collect()
}
