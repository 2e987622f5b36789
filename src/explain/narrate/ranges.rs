//! Ranges of sequence numbers that stand apart: what a receiver holds beyond a gap, what a sender was told of.

use crate::model::Seq;

/// Ranges that are remembered; a stream with more gaps than this at once is told without their numbers.
const REMEMBERED: usize = 64;
/// Ranges that a sentence names.
const NAMED: usize = 3;

/// Ranges in order that neither overlap nor touch: from, up to (not including).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::explain) struct Ranges(Vec<(u32, u32)>);

impl Ranges {
    /// Adds a range, joined with those that it overlaps or touches.
    pub fn add(&mut self, from: u32, to: u32) {
        let (mut from, mut to) = (from, to);
        self.0.retain(|&(left, right)| {
            let apart = behind(left, to) || behind(from, right);
            if !apart {
                from = if behind(from, left) { left } else { from };
                to = if behind(right, to) { right } else { to };
            }
            apart
        });
        if self.0.len() < REMEMBERED {
            let at = self.0.partition_point(|&(left, _)| behind(from, left));
            self.0.insert(at, (from, to));
        }
    }

    /// Everything up to `next` has been passed: takes out what begins at or before it, and what follows without a
    /// gap. Gives how far that reaches, and what was taken out.
    pub fn passed(&mut self, next: u32) -> (u32, Self) {
        let mut reach = next;
        let mut out = Self::default();
        while let Some(&(from, to)) = self.0.first()
            && !behind(from, reach)
        {
            self.0.remove(0);
            if behind(to, reach) {
                reach = to;
                out.0.push((from, to));
            }
        }
        (reach, out)
    }

    /// They, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.0.iter().copied()
    }

    /// What of them stands behind this number.
    pub fn above(&self, number: u32) -> Self {
        let above = self.iter().filter(|&(from, _)| behind(from, number));
        Self(above.collect())
    }

    /// There is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How a FIN with this number is among them: 1 where it is all there is, 2 where it is the last of more, else 0.
    pub fn fin(&self, number: Option<u32>) -> u32 {
        let (Some(number), Some(&(from, to))) = (number, self.0.last()) else {
            return 0;
        };
        match (
            to.wrapping_sub(1) == number,
            from == number && self.0.len() == 1,
        ) {
            (true, true) => 1,
            (true, false) => 2,
            (false, _) => 0,
        }
    }

    /// As a sentence names them, last numbers included: `3001–5000, 6001–7000`.
    pub fn text(&self) -> String {
        let named = self.0.iter().take(NAMED);
        let mut text = named
            .map(|&(from, to)| span(from, to))
            .collect::<Vec<_>>()
            .join(", ");
        if self.0.len() > NAMED {
            text.push_str(", …");
        }
        text
    }
}

/// From, up to (not including), as a sentence names it.
pub(in crate::explain) fn span(from: u32, to: u32) -> String {
    let last = to.wrapping_sub(1);
    if last == from {
        return from.to_string();
    }
    format!("{from}–{last}")
}

/// `a` lies behind `b` on the circle of numbers.
pub(in crate::explain) const fn behind(a: u32, b: u32) -> bool {
    Seq(a).after(Seq(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(ranges: &[(u32, u32)]) -> Ranges {
        let mut all = Ranges::default();
        ranges.iter().for_each(|&(from, to)| all.add(from, to));
        all
    }

    #[test]
    fn what_touches_is_joined_and_what_does_not_stands_in_order() {
        let all = of(&[(5, 7), (1, 3), (9, 10), (3, 4)]);
        assert_eq!(all.text(), "1–3, 5–6, 9");
        assert_eq!(of(&[(1, 3), (5, 7), (2, 6)]).text(), "1–6");
        assert_eq!(of(&[(1, 2), (4, 5), (7, 8), (10, 11)]).text(), "1, 4, 7, …");
    }

    #[test]
    fn a_fin_is_known_by_its_number_at_the_end() {
        assert_eq!(of(&[(7, 8)]).fin(Some(7)), 1);
        assert_eq!(of(&[(1, 3), (7, 8)]).fin(Some(7)), 2);
        assert_eq!(of(&[(5, 8)]).fin(Some(7)), 2);
        assert_eq!(of(&[(5, 8)]).fin(Some(8)), 0);
        assert_eq!(of(&[(5, 8)]).fin(None), 0);
    }

    #[test]
    fn a_gap_that_is_filled_takes_out_what_follows_it() {
        let mut all = of(&[(11, 21), (31, 41)]);
        let (reach, out) = all.passed(11);
        assert_eq!((reach, out.text().as_str()), (21, "11–20"));
        assert_eq!(all.text(), "31–40");
        assert_eq!(all.passed(21), (21, Ranges::default()));
    }

    #[test]
    fn numbers_go_around_the_circle() {
        let mut all = of(&[(u32::MAX - 1, 3), (3, 5)]);
        assert_eq!(all.text(), format!("{}–4", u32::MAX - 1));
        assert_eq!(all.passed(u32::MAX - 3).0, u32::MAX - 3);
        assert_eq!(all.passed(u32::MAX).0, 5);
    }
}
