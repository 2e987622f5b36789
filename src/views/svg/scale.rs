//! Time to height: to scale where it can be. What happens at nearly the same time is spread so that its words can be read, and
//! long silences are folded; both are told, so that no slope lies unseen.

use std::collections::BTreeMap;

use crate::model::{Span, Time};

/// Pixels that a usual flight takes downwards.
pub(super) const FLIGHT: f64 = 52.0;
/// A silence that would be higher than this is folded …
const FOLD_ABOVE: f64 = 150.0;
/// … to this.
const FOLD: f64 = 60.0;
/// Time that is drawn higher than it would be to scale by more than this is called spread.
const SPREAD: f64 = 3.0;

/// A column in which words stand below each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Track {
    /// Departures at a lane.
    Tail(usize),
    /// Arrivals at a lane.
    Head(usize),
    /// Calls of a lane.
    Calls(usize),
    /// States of a lane.
    States(usize),
    /// One flight: it goes downwards.
    Flight(usize),
}

/// Something that stands at a time.
#[derive(Clone, Debug)]
pub struct TimeMark {
    /// When.
    pub at: Time,
    /// The columns in which it needs room.
    pub tracks: Vec<Track>,
    /// Room above its line.
    pub above: f64,
    /// Room below it.
    pub below: f64,
}

/// A silence that is drawn shorter than it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fold {
    /// Where it begins.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
    /// How long it was.
    pub span: Span,
}

/// A piece of time that is drawn longer than it was.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lens {
    /// Where it begins.
    pub top: f64,
    /// Where it ends.
    pub bottom: f64,
    /// How many times longer it is drawn than to scale.
    pub factor: f64,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heights {
    /// Each mark's height, in the order in which they were given.
    pub heights: Vec<f64>,
    /// Silences that were folded.
    pub folds: Vec<Fold>,
    /// What was spread.
    pub lenses: Vec<Lens>,
}

/// Pixels in a millisecond: so that a usual flight falls by a hand's breadth; where no flight is known, so that all of it is
/// a page.
#[must_use]
pub fn per_ms(usual: Span, all: Span) -> f64 {
    if usual > Span::from_us(50) {
        FLIGHT / usual.as_ms()
    } else {
        600.0 / all.as_ms().max(0.1)
    }
}

/// Sets the marks, which come in order of time, from `top` on; `extra` is further room above some of them.
#[must_use]
pub fn arrange(marks: &[TimeMark], per_ms: f64, top: f64, extra: &BTreeMap<usize, f64>) -> Heights {
    let mut all = Heights::default();
    let mut last: BTreeMap<Track, f64> = BTreeMap::new();
    let mut before: Option<(Time, f64)> = None;
    for (number, mark) in marks.iter().enumerate() {
        let span = before.map_or(Span::ZERO, |(at, _)| mark.at.since(at));
        let above = before.map_or(top, |(_, y)| y);
        let to_scale = (span.as_ms() * per_ms).max(0.0);
        let folded = to_scale > FOLD_ABOVE;
        let mut y = above + if folded { FOLD } else { to_scale };
        let more = extra.get(&number).copied().unwrap_or(0.0);
        for track in &mark.tracks {
            if let Some(taken) = last.get(track) {
                y = y.max(taken + mark.above + more);
            }
        }
        for track in &mark.tracks {
            last.insert(*track, y + mark.below);
        }
        if folded {
            all.folds.push(Fold {
                top: above,
                bottom: y,
                span,
            });
        } else if y - above > to_scale + SPREAD {
            spread(&mut all.lenses, above, y, to_scale);
        }
        all.heights.push(y);
        before = Some((mark.at, y));
    }
    all
}

/// Joined to the lens above it, where they touch.
fn spread(lenses: &mut Vec<Lens>, top: f64, bottom: f64, to_scale: f64) {
    let to_scale = to_scale.max(0.01);
    match lenses.last_mut() {
        Some(lens) if top - lens.bottom < 12.0 => {
            let before = (lens.bottom - lens.top) / lens.factor;
            let between = top - lens.bottom;
            lens.factor = (bottom - lens.top) / (before + between + to_scale);
            lens.bottom = bottom;
        }
        _ => lenses.push(Lens {
            top,
            bottom,
            factor: (bottom - top) / to_scale,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(ms: i64, track: Track) -> TimeMark {
        TimeMark {
            at: Time::from_ns(ms * 1_000_000),
            tracks: vec![track],
            above: 10.0,
            below: 5.0,
        }
    }

    #[test]
    fn it_is_to_scale_where_there_is_room_and_spread_where_there_is_none() {
        let marks = [
            mark(0, Track::Tail(0)),
            mark(20, Track::Head(1)),
            mark(20, Track::Head(1)),
            mark(50, Track::Tail(0)),
        ];
        let all = arrange(&marks, 2.0, 100.0, &BTreeMap::new());
        assert_eq!(all.heights, [100.0, 140.0, 155.0, 215.0]);
        assert_eq!(all.folds, []);
        assert_eq!(all.lenses.len(), 1);
    }

    #[test]
    fn a_long_silence_is_folded_and_said() {
        let marks = [mark(0, Track::Tail(0)), mark(7_600, Track::Tail(0))];
        let all = arrange(&marks, 2.0, 0.0, &BTreeMap::new());
        assert_eq!(all.heights, [0.0, 60.0]);
        assert_eq!(all.folds[0].span, Span::from_ms(7_600));
    }

    #[test]
    fn the_scale_follows_the_usual_flight() {
        assert!((per_ms(Span::from_ms(20), Span::from_ms(2_000)) - 2.6).abs() < 1e-9);
        assert!((per_ms(Span::ZERO, Span::from_ms(300)) - 2.0).abs() < 1e-9);
    }
}
