//! Words that do not overlap: each label is a box that may be turned, and takes a place only where no other one is.

use std::collections::VecDeque;

/// Where a text's reference point is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// A text in its place.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedText {
    /// What is read.
    pub text: String,
    /// All of it, where something had to be cut.
    pub whole: Option<String>,
    /// The reference point, on the base line.
    pub x: f64,
    /// The same, downwards.
    pub y: f64,
    /// Where in the text that is.
    pub anchor: Anchor,
    /// Degrees that it is turned by, clockwise about the reference point.
    pub angle: f64,
    /// The width that it takes, whatever the font.
    pub width: f64,
    /// Size of its font.
    pub size: f64,
}

impl PlacedText {
    /// The corners of the room that it takes.
    #[must_use]
    pub fn corners(&self) -> [(f64, f64); 4] {
        let left = match self.anchor {
            Anchor::Start => 0.0,
            Anchor::Middle => -self.width / 2.0,
            Anchor::End => -self.width,
        };
        let (sin, cos) = self.angle.to_radians().sin_cos();
        let (top, bottom) = (-self.size * 0.82, self.size * 0.24);
        [
            (left, top),
            (left + self.width, top),
            (left + self.width, bottom),
            (left, bottom),
        ]
        .map(|(x, y)| (self.x + x * cos - y * sin, self.y + x * sin + y * cos))
    }

    /// The highest and the lowest place that it reaches.
    #[must_use]
    pub fn reach(&self) -> (f64, f64) {
        let ys = self.corners().map(|(_, y)| y);
        let top = ys.iter().copied().fold(f64::INFINITY, f64::min);
        let bottom = ys.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        (top, bottom)
    }
}

/// Two labels take some of the same room (separating axes of two rectangles).
#[must_use]
pub fn overlap(one: &PlacedText, other: &PlacedText) -> bool {
    let (a, b) = (one.corners(), other.corners());
    let axes = [one.angle, one.angle + 90.0, other.angle, other.angle + 90.0];
    axes.iter().all(|degrees| {
        let (sin, cos) = degrees.to_radians().sin_cos();
        let range = |corners: &[(f64, f64); 4]| {
            corners
                .iter()
                .map(|(x, y)| x * cos + y * sin)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| {
                    (low.min(at), high.max(at))
                })
        };
        let ((a_low, a_high), (b_low, b_high)) = (range(&a), range(&b));
        a_low < b_high - 0.01 && b_low < a_high - 0.01
    })
}

/// Labels that were placed, as far as later ones can meet them. They are asked for from top to bottom.
#[derive(Debug, Default)]
pub struct Occupied {
    near: VecDeque<(f64, PlacedText)>,
}

impl Occupied {
    /// Nothing that comes reaches above this.
    pub fn below(&mut self, top: f64) {
        self.near.retain(|(bottom, _)| *bottom > top);
    }

    /// It may stand there.
    #[must_use]
    pub fn is_free(&self, label: &PlacedText) -> bool {
        self.near.iter().all(|(_, other)| !overlap(label, other))
    }

    /// It stands there.
    pub fn take(&mut self, label: &PlacedText) {
        self.near.push_back((label.reach().1, label.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(x: f64, y: f64, angle: f64) -> PlacedText {
        PlacedText {
            text: "SYN".into(),
            whole: None,
            x,
            y,
            anchor: Anchor::Start,
            angle,
            width: 100.0,
            size: 10.0,
        }
    }

    #[test]
    fn turned_texts_below_each_other_do_not_overlap_and_level_ones_may() {
        assert!(!overlap(&label(0.0, 0.0, 20.0), &label(0.0, 14.0, 20.0)));
        assert!(overlap(&label(0.0, 0.0, 20.0), &label(50.0, 14.0, 0.0)));
        assert!(!overlap(&label(0.0, 0.0, 0.0), &label(101.0, 0.0, 0.0)));
        let mut end = label(0.0, 0.0, 0.0);
        end.anchor = Anchor::End;
        assert!(!overlap(&end, &label(1.0, 0.0, 0.0)));
    }
}
