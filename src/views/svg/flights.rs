//! Arrows and what is said on them: turned with the arrow, near its tail, else in its middle or near its head, and shorter
//! where there is no room; no label on another one.

use std::collections::BTreeMap;

use crate::explain::spacetime::Flight;

use super::layout::{FlightPath, HALF, ON_ARROW, SMALL};
use super::metrics::sans;
use super::place::{Anchor, Occupied, PlacedText};
use super::plan::{Happens, PicturePlan};
use super::words;

/// From the line of a host to an arrow's end.
const GAP: f64 = HALF + 2.0;
/// Steeper texts are not turned: they could not be read.
const STEEPEST: f64 = 34.0;
/// How far a frame comes that dies on its way.
const DIES_AT: f64 = 0.62;

/// Places all arrows; gives the marks above which there must be more room.
pub(super) fn place(plan: &mut PicturePlan<'_>) -> Vec<usize> {
    let mut tails: BTreeMap<usize, usize> = BTreeMap::new();
    let mut heads: BTreeMap<usize, usize> = BTreeMap::new();
    for (mark, happens) in plan.happenings.iter().enumerate() {
        match happens {
            Happens::Sent(flight) => tails.insert(*flight, mark),
            Happens::Arrived(flight) => heads.insert(*flight, mark),
            _ => None,
        };
    }
    let mut fixed = fixed(plan);
    fixed.reverse();
    let mut taken = Occupied::default();
    let mut crowded = Vec::new();
    let mut paths = Vec::new();
    let mut order: Vec<(usize, usize)> = tails.into_iter().map(|(f, m)| (m, f)).collect();
    order.sort_unstable();
    for (mark, number) in order {
        let Some(flight) = plan.story.flights.get(number) else {
            continue;
        };
        let mut path = path(plan, number, flight, mark, heads.get(&number).copied());
        let top = path.from.1 - 40.0;
        taken.below(top - 200.0);
        while fixed
            .last()
            .is_some_and(|label| label.reach().0 < path.from.1.max(path.to.1) + 60.0)
        {
            if let Some(label) = fixed.pop() {
                taken.take(&label);
            }
        }
        if flight.lost {
            path.loss = loss(plan, flight, &path, &taken);
            if let Some(label) = &path.loss {
                taken.take(label);
            }
        }
        let tokens = words::on_arrow(flight, &plan.story.hosts);
        path.label = candidates(&path, &tokens, flight.lost)
            .into_iter()
            .find(|label| taken.is_free(label));
        match &path.label {
            Some(label) => taken.take(label),
            None => crowded.push(mark),
        }
        paths.push(path);
    }
    plan.layout.flights = paths;
    crowded
}

/// Labels that stand where they stand, from top to bottom.
fn fixed(plan: &PicturePlan<'_>) -> Vec<PlacedText> {
    let layout = &plan.layout;
    let milestones = layout.milestones.iter().map(|(_, label)| {
        let mut label = label.clone();
        label.width += 20.0;
        label.size += 5.0;
        label
    });
    let mut all: Vec<PlacedText> = milestones.collect();
    if layout.lanes.len() > 2 {
        all.extend(layout.bars.iter().flat_map(|bar| bar.labels.clone()));
        all.extend(layout.states.iter().filter_map(|state| state.label.clone()));
    }
    all.sort_by(|a, b| a.reach().0.total_cmp(&b.reach().0));
    all
}

fn path(
    plan: &PicturePlan<'_>,
    number: usize,
    flight: &Flight,
    tail: usize,
    head: Option<usize>,
) -> FlightPath {
    let y = plan.height(tail);
    let (from, to) = (plan.x(flight.from), plan.x(flight.to));
    let direction = if to >= from { 1.0 } else { -1.0 };
    let (mut x1, mut x2) = (from + direction * GAP, to - direction * GAP);
    if flight.from == flight.to {
        (x1, x2) = (from + GAP, from + GAP + 60.0);
    }
    let mut end = (x2, head.map_or(y, |head| plan.height(head)));
    if head.is_none() && !flight.seen_once {
        // Where it would have arrived is not known: it falls as others do.
        end.1 = plan.falls_to(flight, y);
        let part = if flight.lost { DIES_AT } else { 0.8 };
        end = (x1 + (x2 - x1) * part, y + (end.1 - y) * part);
    }
    FlightPath {
        number,
        from: (x1, y),
        to: end,
        label: None,
        loss: None,
    }
}

/// Places for the words of an arrow, the best first: all of them near the tail, in the middle, near the head; then fewer.
fn candidates(path: &FlightPath, tokens: &[String], lost: bool) -> Vec<PlacedText> {
    let ((x1, y1), (x2, y2)) = (path.from, path.to);
    let rightward = x2 >= x1;
    let length = (x2 - x1).hypot(y2 - y1).max(1.0);
    let slope = ((y2 - y1) / (x2 - x1).abs().max(1.0)).atan().to_degrees();
    let turned = slope.abs() <= STEEPEST;
    let angle = match (turned, rightward) {
        (false, _) => 0.0,
        (true, true) => slope,
        (true, false) => -slope,
    };
    let mut all = Vec::new();
    for count in (1..=tokens.len()).rev() {
        let text = tokens[..count].join(" ");
        let width = sans(&text, ON_ARROW);
        // A frame that died has its cross at the end.
        if width > length - if lost { 24.0 } else { 30.0 } {
            continue;
        }
        let whole = (count < tokens.len()).then(|| tokens.join(" "));
        let tail = 12.0 + width / 2.0;
        for along in [tail, length / 2.0, length - 18.0 - width / 2.0] {
            if lost && along > tail {
                continue;
            }
            let part = along / length;
            let (x, y) = (x1 + (x2 - x1) * part, y1 + (y2 - y1) * part);
            // Above the line, square to it.
            let (sin, cos) = angle.to_radians().sin_cos();
            let lift = if turned { 4.5 } else { (y2 - y1) * part + 4.5 };
            all.push(PlacedText {
                text: text.clone(),
                whole: whole.clone(),
                x: x + sin * lift,
                y: y - cos * lift,
                anchor: Anchor::Middle,
                angle,
                width,
                size: ON_ARROW,
            });
        }
    }
    all
}

/// Beside the cross.
fn loss(
    plan: &PicturePlan<'_>,
    flight: &Flight,
    path: &FlightPath,
    taken: &Occupied,
) -> Option<PlacedText> {
    let text = words::loss(flight, plan.story, plan.catalogue);
    let room = WORDS_OF_LOSS;
    let width = |text: &str| sans(text, SMALL);
    let cut = super::metrics::fit(&text, room, width);
    let rightward = path.to.0 >= path.from.0;
    let side = if rightward { 1.0 } else { -1.0 };
    [4.0, 16.0, -10.0, 28.0]
        .into_iter()
        .map(|down| PlacedText {
            width: width(&cut),
            whole: (cut != text).then(|| text.clone()),
            text: cut.clone(),
            x: path.to.0 + side * 13.0,
            y: path.to.1 + down,
            anchor: if rightward {
                Anchor::Start
            } else {
                Anchor::End
            },
            angle: 0.0,
            size: SMALL,
        })
        .find(|label| taken.is_free(label))
}

/// Room beside a cross.
const WORDS_OF_LOSS: f64 = 138.0;
