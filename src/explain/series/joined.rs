//! A list of points that stays short: when it is full, each two neighbours become one.

use super::{Level, Range, SentRange};

/// So many points at most; a screen is narrower.
pub const MOST: usize = 65_536;

/// Points that two of which can stand as one.
pub trait Joins: Copy {
    /// This point and the next as one, or none where they must stay apart.
    fn joined(self, next: Self) -> Option<Self>;
}

/// A bounded list of points in order of time.
#[derive(Clone, Debug)]
pub struct Joined<P> {
    points: Vec<P>,
}

impl<P> Default for Joined<P> {
    fn default() -> Self {
        Self { points: Vec::new() }
    }
}

impl<P: Joins> Joined<P> {
    /// Adds a point.
    pub fn push(&mut self, point: P) {
        if self.points.len() >= MOST {
            self.halve();
        }
        self.points.push(point);
    }

    fn halve(&mut self) {
        let mut kept: Vec<P> = Vec::with_capacity(MOST);
        for pair in self.points.chunks(2) {
            match pair {
                [one, next] => match one.joined(*next) {
                    Some(both) => kept.push(both),
                    None => kept.extend([*one, *next]),
                },
                rest => kept.extend_from_slice(rest),
            }
        }
        if kept.len() > MOST * 3 / 4 {
            // Points that may not be joined fill the list: keep every second of them.
            let mut keep = false;
            kept.retain(|_| {
                keep = !keep;
                keep
            });
        }
        self.points = kept;
    }
}

impl Joined<Level> {
    /// Adds a point that may be a little older than the last one.
    pub fn push_in_time(&mut self, point: Level) {
        self.push(point);
        let mut at = self.points.len() - 1;
        while at > 0 && self.points[at - 1].at > self.points[at].at {
            self.points.swap(at - 1, at);
            at -= 1;
        }
    }
}

impl<P> Joined<P> {
    /// The points in order.
    pub fn iter(&self) -> impl Iterator<Item = &P> {
        self.points.iter()
    }

    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// There is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }
}

impl Joins for SentRange {
    /// New data that follows new data is one longer piece; what was sent again or late stays visible.
    fn joined(self, next: Self) -> Option<Self> {
        let plain =
            self.kind == next.kind && !self.control && !next.control && self.to == next.from;
        plain.then_some(Self {
            to: next.to,
            ..self
        })
    }
}

impl Joins for Level {
    /// The later one stands for both.
    fn joined(self, next: Self) -> Option<Self> {
        Some(next)
    }
}

impl Joins for Range {
    /// Both together when they touch.
    fn joined(self, next: Self) -> Option<Self> {
        let touch = self.from <= next.to && next.from <= self.to;
        touch.then(|| Self {
            at: self.at,
            from: self.from.min(next.from),
            to: self.to.max(next.to),
        })
    }
}
