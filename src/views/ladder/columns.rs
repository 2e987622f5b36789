//! The ladder's columns: time, state, lifeline, what lies between, lifeline, state. More hosts than two have their
//! lifelines in between, as many as there is room for; the rest share the last one.
//!
//! A row is drawn onto cells, so that whatever is written, lifelines stay where they are: text that is too long
//! is cut with `…`, and a wide character takes two cells.

use unicode_width::UnicodeWidthChar;

use crate::views::styled::{Line, Role, columns as width_of, fit};

/// Columns of the time: `9999.9` and a blank.
const TIME: usize = 7;
/// Columns of a state: `SYN-RECEIVED`.
const STATE: usize = 12;
/// The least between two lifelines: a state and a blank on either side.
const GAP: usize = STATE + 2;
/// Columns of a ladder at most: an eye does not follow a longer arrow.
const WIDEST: usize = 140;

/// A side of a lifeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LifelineSide {
    Left,
    Right,
}

/// Where time, states and lifelines stand, in columns from the left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Columns between the lifelines.
    pub middle: usize,
    left_rail: usize,
    right_rail: usize,
    width: usize,
    /// Lifelines: two at least.
    pub lanes: usize,
}

impl Columns {
    /// For a terminal of this width, where less than 80 counts as 80, and so many hosts.
    pub fn of(width: usize, hosts: usize) -> Self {
        let width = width.clamp(80, WIDEST);
        let left_rail = TIME + STATE;
        let right_rail = width - STATE - 2;
        Self {
            middle: right_rail - left_rail - 1,
            left_rail,
            right_rail,
            width,
            lanes: hosts.clamp(2, 1 + (right_rail - left_rail) / GAP),
        }
    }

    /// The column in which a lifeline stands.
    fn rail(self, lane: usize) -> usize {
        self.left_rail + (self.right_rail - self.left_rail) * lane / (self.lanes - 1)
    }

    /// The columns between two lifelines, from and up to, as [`LadderRow::middle`] counts them.
    pub fn between(self, one: usize, other: usize) -> (usize, usize) {
        let first = self.left_rail + 1;
        (
            self.rail(one.min(other)) + 1 - first,
            self.rail(one.max(other)) - first,
        )
    }

    /// On which side of a lifeline there is more room for a text, and how much.
    pub fn roomier(self, lane: usize) -> (LifelineSide, usize) {
        let (_, left) = self.between(0, lane.max(1));
        let left = if lane == 0 { 0 } else { left };
        let right = if lane + 1 == self.lanes {
            0
        } else {
            let (from, to) = self.between(lane, self.lanes - 1);
            to - from
        };
        if right >= left {
            (LifelineSide::Right, right)
        } else {
            (LifelineSide::Left, left)
        }
    }

    /// An empty row.
    pub fn row(self) -> LadderRow {
        LadderRow {
            columns: self,
            cells: vec![LadderCell::Blank; self.width],
        }
    }

    /// Names and addresses above more lifelines than two: a line each.
    pub fn titles(self, names: &[(String, String)]) -> Vec<Line> {
        let mut rows = [self.row(), self.row()];
        rows[0].write(TIME - 3, Role::Time, "ms");
        for (lane, (name, address)) in names.iter().enumerate() {
            let rail = self.rail(lane);
            for (row, text) in rows.iter_mut().zip([name, address]) {
                let text = fit(text, GAP - 1);
                let wide = width_of(&text);
                let at = rail.saturating_sub(wide / 2).min(self.width - wide);
                row.write(at, Role::Host, &text);
            }
        }
        rows.into_iter().map(LadderRow::line).collect()
    }

    /// Names and addresses above two lifelines.
    pub fn title(self, left: &(String, String), right: &(String, String)) -> Line {
        let mut row = self.row();
        row.write(TIME - 3, Role::Time, "ms");
        let label = |(name, address): &(String, String)| {
            format!("{name} {address}").trim_start().to_owned()
        };
        let room = self.width / 2 - 6;
        let (left, right) = (fit(&label(left), room), fit(&label(right), room));
        let centred = |rail: usize, text: &str| {
            let half = width_of(text) / 2;
            rail.saturating_sub(half)
        };
        let at = centred(self.left_rail, &left).max(TIME + 1);
        row.write(at, Role::Host, &left);
        let at = centred(self.right_rail, &right).min(self.width - width_of(&right));
        row.write(at, Role::Host, &right);
        row.line()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LadderCell {
    Blank,
    Char(Role, char),
    /// The second half of a wide character, or a mark that combines with the one before.
    Rest,
}

/// One row in the making.
#[derive(Clone, Debug)]
pub(super) struct LadderRow {
    columns: Columns,
    cells: Vec<LadderCell>,
}

impl LadderRow {
    /// The time, right-aligned in its column.
    pub fn time(&mut self, text: &str) {
        let text = fit(text, TIME - 1);
        self.write(TIME - 1 - width_of(&text), Role::Time, &text);
    }

    /// What a lifeline looks like in this row.
    pub fn rail(&mut self, lane: usize, role: Role, glyph: char) {
        let at = self.columns.rail(lane);
        self.put(at, role, glyph);
    }

    /// A state close to a lifeline: of the first and the last one outside, of another on this side.
    pub fn state(&mut self, lane: usize, side: LifelineSide, role: Role, text: &str) {
        if lane == 0 {
            self.outside(LifelineSide::Left, role, text);
        } else if lane + 1 == self.columns.lanes {
            self.outside(LifelineSide::Right, role, text);
        } else {
            let text = fit(text, STATE);
            let at = match side {
                LifelineSide::Left => self.columns.rail(lane) - 1 - width_of(&text),
                LifelineSide::Right => self.columns.rail(lane) + 2,
            };
            self.write(at, role, &text);
        }
    }

    fn outside(&mut self, side: LifelineSide, role: Role, text: &str) {
        let text = fit(text, STATE);
        let at = match side {
            // The longest state takes the blank before the lifeline rather than the one behind the time.
            LifelineSide::Left if width_of(&text) == STATE => self.columns.left_rail - STATE,
            LifelineSide::Left => self.columns.left_rail - 1 - width_of(&text),
            LifelineSide::Right => self.columns.right_rail + 2,
        };
        let (from, to) = match side {
            LifelineSide::Left => (TIME - 1, self.columns.left_rail),
            LifelineSide::Right => (self.columns.right_rail + 1, self.columns.width),
        };
        for cell in &mut self.cells[from..to] {
            *cell = LadderCell::Blank;
        }
        self.write(at, role, &text);
    }

    /// Text beside a lifeline, close to it, where there is more room: a call.
    pub fn beside(&mut self, lane: usize, role: Role, text: &str) {
        let (side, room) = self.columns.roomier(lane);
        let text = fit(text, room - 1);
        let rail = self.columns.rail(lane);
        let at = match side {
            LifelineSide::Right => rail + 2,
            // The longest call takes the blank that keeps others off the far lifeline.
            LifelineSide::Left => rail - 1 - width_of(&text),
        };
        self.write(at, role, &text);
    }

    /// Text between the lifelines, from column `at` there; cut where it would touch the right one.
    pub fn middle(&mut self, at: usize, role: Role, text: &str) {
        let room = self.columns.middle.saturating_sub(at);
        let text = fit(text, room);
        self.write(self.columns.left_rail + 1 + at, role, &text);
    }

    fn write(&mut self, at: usize, role: Role, text: &str) {
        let mut at = at;
        for c in text.chars() {
            match c.width() {
                Some(0) | None => {}
                Some(width) => {
                    if at + width > self.cells.len() {
                        return;
                    }
                    self.put(at, role, c);
                    for rest in 1..width {
                        self.cells[at + rest] = LadderCell::Rest;
                    }
                    at += width;
                }
            }
        }
    }

    fn put(&mut self, at: usize, role: Role, c: char) {
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = LadderCell::Char(role, c);
        }
    }

    /// The row as styled text.
    pub fn line(self) -> Line {
        let mut line = Line::new();
        for cell in self.cells {
            match cell {
                LadderCell::Blank => line.push(Role::Plain, " "),
                LadderCell::Char(role, c) => line.push(role, c.to_string()),
                LadderCell::Rest => {}
            }
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_as_many_lifelines_as_hosts_while_there_is_room() {
        let lanes = |width, hosts| Columns::of(width, hosts).lanes;
        assert_eq!([0, 1, 2].map(|hosts| lanes(80, hosts)), [2, 2, 2]);
        assert_eq!((lanes(80, 4), lanes(80, 5)), (4, 4));
        assert_eq!((lanes(90, 5), lanes(140, 8), lanes(500, 40)), (5, 8, 8));
    }

    #[test]
    fn every_lifeline_has_room_for_a_state_beside_it() {
        for (width, hosts) in [(80, 4), (90, 5), (140, 8)] {
            let columns = Columns::of(width, hosts);
            for lane in 1..columns.lanes {
                let (from, to) = columns.between(lane - 1, lane);
                assert!(to - from > STATE, "{width} {hosts} {lane}");
            }
        }
    }
}
