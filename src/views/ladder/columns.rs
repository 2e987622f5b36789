//! The ladder's columns: time, state, lifeline, what lies between, lifeline, state.
//!
//! A row is drawn onto cells, so that whatever is written, lifelines stay where they are: text that is too long
//! is cut with `…`, and a wide character takes two cells.

use unicode_width::UnicodeWidthChar;

use super::Side;
use crate::views::styled::{Line, Role, columns as width_of, fit};

/// Columns of the time: `9999.9` and a blank.
const TIME: usize = 7;
/// Columns of a state: `SYN-RECEIVED`.
const STATE: usize = 12;
/// More than this is too wide for an eye to follow an arrow.
const WIDEST: usize = 140;

/// Where everything stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    /// Columns between the lifelines.
    pub middle: usize,
    left_rail: usize,
    right_rail: usize,
    width: usize,
}

impl Columns {
    /// For a terminal of this width; less than 80 counts as 80.
    pub fn of(width: usize) -> Self {
        let width = width.clamp(80, WIDEST);
        let left_rail = TIME + STATE;
        let right_rail = width - STATE - 2;
        Self {
            middle: right_rail - left_rail - 1,
            left_rail,
            right_rail,
            width,
        }
    }

    /// An empty row.
    pub fn row(self) -> Row {
        Row {
            columns: self,
            cells: vec![Cell::Blank; self.width],
        }
    }

    /// Names and addresses above the lifelines.
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
enum Cell {
    Blank,
    Char(Role, char),
    /// The second half of a wide character, or a mark that combines with the one before.
    Rest,
}

/// One row in the making.
#[derive(Clone, Debug)]
pub(super) struct Row {
    columns: Columns,
    cells: Vec<Cell>,
}

impl Row {
    /// The time, right-aligned in its column.
    pub fn time(&mut self, text: &str) {
        let text = fit(text, TIME - 1);
        self.write(TIME - 1 - width_of(&text), Role::Time, &text);
    }

    /// A lifeline's cell.
    pub fn rail(&mut self, side: Side, role: Role, glyph: char) {
        let at = match side {
            Side::Left => self.columns.left_rail,
            Side::Right => self.columns.right_rail,
        };
        self.put(at, role, glyph);
    }

    /// Text outside a lifeline, close to it: a state.
    pub fn outside(&mut self, side: Side, role: Role, text: &str) {
        let text = fit(text, STATE);
        let at = match side {
            // The longest state takes the blank before the lifeline rather than the one behind the time.
            Side::Left if width_of(&text) == STATE => self.columns.left_rail - STATE,
            Side::Left => self.columns.left_rail - 1 - width_of(&text),
            Side::Right => self.columns.right_rail + 2,
        };
        let (from, to) = match side {
            Side::Left => (TIME - 1, self.columns.left_rail),
            Side::Right => (self.columns.right_rail + 1, self.columns.width),
        };
        for cell in &mut self.cells[from..to] {
            *cell = Cell::Blank;
        }
        self.write(at, role, &text);
    }

    /// Text inside a lifeline, close to it: a call.
    pub fn inside(&mut self, side: Side, role: Role, text: &str) {
        let text = fit(text, self.columns.middle - 1);
        let at = match side {
            Side::Left => 1,
            // The longest call takes the blank that keeps others off the far lifeline.
            Side::Right => self.columns.middle - 1 - width_of(&text),
        };
        self.middle(at, role, &text);
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
                        self.cells[at + rest] = Cell::Rest;
                    }
                    at += width;
                }
            }
        }
    }

    fn put(&mut self, at: usize, role: Role, c: char) {
        if let Some(cell) = self.cells.get_mut(at) {
            *cell = Cell::Char(role, c);
        }
    }

    /// The row as styled text.
    pub fn line(self) -> Line {
        let mut line = Line::new();
        for cell in self.cells {
            match cell {
                Cell::Blank => line.push(Role::Plain, " "),
                Cell::Char(role, c) => line.push(role, c.to_string()),
                Cell::Rest => {}
            }
        }
        line
    }
}
