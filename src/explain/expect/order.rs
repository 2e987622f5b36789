//! Events in order, and the time between two of them.

use crate::model::{Span, Time};
use crate::notation::call;
use crate::notation::claim::Event;
use crate::notation::condition::Condition;

use super::{Evidence, Shortfall};

/// The events happened in this order: for each there is a first occurrence not before the one that was taken
/// for the event before it.
pub(super) fn in_order(evidence: &Evidence, events: &[Event]) -> Result<(), Shortfall> {
    let mut from = None;
    let mut found = 0;
    for (i, event) in events.iter().enumerate() {
        let again = i > 0 && events[i - 1] == *event;
        let Some(at) = next(evidence, event, from, again) else {
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
    let mut shortfall = Shortfall::new("lesson-short-order", expected, listing(evidence, events));
    shortfall.late = overtaken(evidence, events, found);
    Err(shortfall)
}

/// The event at this place happened, but before the one that it was to follow: by how much that one was late since the
/// one before it, if that accounts for it.
fn overtaken(evidence: &Evidence, events: &[Event], at: usize) -> Option<Span> {
    let (mut since, mut behind) = (evidence.began(), None);
    for (i, event) in events[..at].iter().enumerate() {
        let again = i > 0 && events[i - 1] == *event;
        since = behind.unwrap_or(since);
        behind = next(evidence, event, behind, again);
    }
    let behind = behind?;
    let early = times(evidence, &events[at])
        .into_iter()
        .rfind(|at| *at <= behind)?;
    evidence
        .late
        .accounts_for(behind.since(early), since, behind)
}

/// So much time is between the first of `from` and the first of `to` after it.
pub(super) fn lasted(
    evidence: &Evidence,
    from: &Event,
    to: &Event,
    is: &Condition,
    tolerance: i64,
) -> Result<(), Shortfall> {
    let start = next(evidence, from, None, false);
    let end = start.and_then(|start| next(evidence, to, Some(start), from == to));
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
        shortfall.late = is.off_by(took, tolerance, &known).and_then(|off| {
            let by = Span::from_ns(off.abs());
            if off > 0 {
                evidence.late.accounts_for(by, start, end)
            } else {
                // It began too late: within twice as long before that it was kept from beginning.
                let since = start.plus(Span::from_ns(by.ns().saturating_mul(-2)));
                evidence.late.accounts_for(by, since, start)
            }
        });
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
    format!("{:.2}ms", Span::from_ns(ns).as_ms())
}

/// When the event happens first, not before `from`; later than it when it is the same event `again`.
fn next(evidence: &Evidence, event: &Event, from: Option<Time>, again: bool) -> Option<Time> {
    times(evidence, event)
        .into_iter()
        .find(|at| from.is_none_or(|from| *at > from || (*at == from && !again)))
}

/// Every time when the event happens, in their order.
pub(super) fn times(evidence: &Evidence, event: &Event) -> Vec<Time> {
    let frames = |pattern| {
        let all = evidence.frames.iter();
        all.filter(move |seen| evidence.matches(pattern, seen))
    };
    let mut all: Vec<Time> = match event {
        Event::Sent(pattern) => frames(pattern)
            .filter_map(|seen| seen.sent.or(seen.arrived))
            .collect(),
        Event::Arrived(pattern) => frames(pattern).filter_map(|seen| seen.arrived).collect(),
        Event::Calls(host, pattern) => evidence
            .calls
            .iter()
            .filter(|made| Some(made.call.host) == evidence.host(host))
            .filter(|made| pattern.begins(&made.call, evidence.hosts()))
            .map(|made| made.call.at)
            .collect(),
        Event::Returns(host, pattern) => evidence
            .returned_calls(host)
            .filter(|made| evidence.call_matches(pattern, made))
            .filter_map(|made| made.returned.as_ref().map(|returned| returned.at))
            .collect(),
        Event::Is(host, state) => evidence
            .states
            .iter()
            .filter(|change| Some(change.host) == evidence.host(host) && change.now == *state)
            .map(|change| change.at)
            .collect(),
        Event::Nth(nth, event) => {
            let at = (*nth as usize).saturating_sub(1);
            times(evidence, event)
                .get(at)
                .copied()
                .into_iter()
                .collect()
        }
    };
    all.sort();
    all
}

/// What happened, of the kinds and at the hosts that the events are of, in the order of time; before each
/// line the milliseconds since the first of all calls and frames.
pub(super) fn listing(evidence: &Evidence, events: &[Event]) -> Vec<String> {
    let events: Vec<&Event> = events.iter().map(plain).collect();
    let mut all: Vec<(Time, String)> = Vec::new();
    if events.iter().any(|event| matches!(event, Event::Sent(_))) {
        all.extend(evidence.frames.iter().filter_map(|seen| {
            let at = seen.sent.or(seen.arrived)?;
            Some((at, format!("sent {}", evidence.line(seen))))
        }));
    }
    if events
        .iter()
        .any(|event| matches!(event, Event::Arrived(_)))
    {
        all.extend(
            evidence.frames.iter().filter_map(|seen| {
                Some((seen.arrived?, format!("arrived {}", evidence.line(seen))))
            }),
        );
    }
    for host in evidence.hosts() {
        let name = host.name.raw();
        let about = |kind: fn(&Event) -> Option<&String>| {
            events
                .iter()
                .any(|event| kind(event).is_some_and(|known| known == name))
        };
        let calls = about(|event| match event {
            Event::Calls(host, _) => Some(host),
            _ => None,
        });
        let returns = about(|event| match event {
            Event::Returns(host, _) => Some(host),
            _ => None,
        });
        let states = about(|event| match event {
            Event::Is(host, _) => Some(host),
            _ => None,
        });
        for made in evidence
            .calls
            .iter()
            .filter(|made| made.call.host == host.id)
        {
            if calls {
                let line = call::line(&made.call, None, evidence.hosts());
                all.push((made.call.at, format!("{name} calls {line}")));
            }
            if let Some(returned) = made.returned.as_ref().filter(|_| returns) {
                let line = call::line(&made.call, Some(returned), evidence.hosts());
                all.push((returned.at, format!("{name} returns {line}")));
            }
        }
        let changes = evidence
            .states
            .iter()
            .filter(|change| change.host == host.id && states);
        all.extend(changes.map(|change| (change.at, format!("{name} is {}", change.now))));
    }
    all.sort_by_key(|(at, _)| *at);
    all.into_iter()
        .map(|(at, line)| evidence.timed(Some(at), &line))
        .collect()
}

fn plain(event: &Event) -> &Event {
    match event {
        Event::Nth(_, event) => plain(event),
        event => event,
    }
}
