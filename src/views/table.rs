//! The one table: cells in columns, by their width in a terminal, and in as many lines as the tallest needs.
//!
//! Whoever shows one says where its columns begin; a heading is a row like any other.

use super::styled::{Line, Role, columns, fit, wrap};
use crate::text::Shown;

/// Blanks between two columns that are set side by side.
const GAP: usize = 2;

/// Where a column stands.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Where it begins, in columns of the terminal from 0; where it ends, if `right`.
    at: usize,
    /// How wide a cell may be that is cut or wrapped.
    width: usize,
    /// Its cells end at one place, not begin there.
    right: bool,
}

impl Column {
    /// Cells that begin here; as wide as they are.
    #[must_use]
    pub const fn at(begins: usize) -> Self {
        Self::within(begins, usize::MAX)
    }

    /// Cells that begin here and are cut or wrapped to this width.
    #[must_use]
    pub const fn within(begins: usize, width: usize) -> Self {
        Self {
            at: begins,
            width,
            right: false,
        }
    }

    /// Cells that end before this place. One that is too wide ends behind it, a blank after the cell before.
    #[must_use]
    pub const fn right(ends: usize) -> Self {
        Self {
            at: ends,
            width: usize::MAX,
            right: true,
        }
    }

    fn set(self, line: &mut Line, role: Role, text: &str) {
        if self.right {
            let begins = self.at.saturating_sub(columns(text));
            line.pad_to(begins.max(line.columns() + 1));
        } else {
            line.pad_to(self.at);
        }
        line.push(role, text);
    }
}

/// What stands in one column of a row.
#[derive(Clone, Debug)]
pub struct Cell {
    role: Role,
    text: CellText,
}

#[derive(Clone, Debug)]
enum CellText {
    Whole(String),
    Cut(String),
    Wrapped(String),
    Broken(Vec<String>),
}

impl Cell {
    /// Nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self {
            role: Role::Plain,
            text: CellText::Broken(Vec::new()),
        }
    }

    /// A text in one line, however wide.
    #[must_use]
    pub fn whole(role: Role, text: impl Into<Shown>) -> Self {
        let text = CellText::Whole(text.into().into_string());
        Self { role, text }
    }

    /// A text in one line, cut to its column.
    #[must_use]
    pub fn cut(role: Role, text: impl Into<Shown>) -> Self {
        let text = CellText::Cut(text.into().into_string());
        Self { role, text }
    }

    /// A text in as many lines as its column's width makes of it.
    #[must_use]
    pub fn wrapped(role: Role, text: impl Into<Shown>) -> Self {
        let text = CellText::Wrapped(text.into().into_string());
        Self { role, text }
    }

    /// A text that was broken into lines.
    #[must_use]
    pub const fn broken(role: Role, lines: Vec<String>) -> Self {
        let text = CellText::Broken(lines);
        Self { role, text }
    }

    fn lines(&self, width: usize) -> Vec<String> {
        match &self.text {
            CellText::Whole(text) => vec![text.clone()],
            CellText::Cut(text) => vec![fit(text, width)],
            CellText::Wrapped(text) => wrap(text, width),
            CellText::Broken(lines) => lines.clone(),
        }
    }
}

/// Columns, left to right.
#[derive(Clone, Debug)]
pub struct Table(Vec<Column>);

impl Table {
    /// A table with these columns.
    #[must_use]
    pub fn new(columns: impl Into<Vec<Column>>) -> Self {
        Self(columns.into())
    }

    /// Labels, their text in `label` columns, and from `begins` on `count` columns of this width side by side.
    #[must_use]
    pub fn labelled(label: usize, begins: usize, count: usize, width: usize) -> Self {
        let values = (0..count).map(|at| Column::within(begins + at * (width + GAP), width));
        let columns = [Column::within(0, label)].into_iter().chain(values);
        Self(columns.collect())
    }

    /// A sign, and behind it columns side by side, each as wide as the widest of its texts.
    #[must_use]
    pub fn signed<'a, const N: usize>(
        sign: usize,
        rows: impl Iterator<Item = &'a [String; N]>,
    ) -> Self {
        let mut widths = [0; N];
        for row in rows {
            for (width, text) in widths.iter_mut().zip(row) {
                *width = columns(text).max(*width);
            }
        }
        let mut begins = sign;
        let texts = widths.into_iter().map(|width| {
            let column = Column::within(begins, width);
            begins += width + GAP;
            column
        });
        Self([Column::at(0)].into_iter().chain(texts).collect())
    }

    /// A row; cells that are left out at its end are empty.
    #[must_use]
    pub fn row(&self, cells: &[Cell]) -> Vec<Line> {
        let cells: Vec<(Column, Role, Vec<String>)> = self
            .0
            .iter()
            .zip(cells)
            .map(|(column, cell)| (*column, cell.role, cell.lines(column.width)))
            .collect();
        let tallest = cells.iter().map(|(.., lines)| lines.len()).max();
        (0..tallest.unwrap_or(0))
            .map(|at| {
                let mut line = Line::new();
                for (column, role, lines) in &cells {
                    if let Some(text) = lines.get(at) {
                        column.set(&mut line, *role, text);
                    }
                }
                line
            })
            .collect()
    }

    /// A row of one line: none of its cells is wrapped.
    #[must_use]
    pub fn line(&self, cells: &[Cell]) -> Line {
        self.row(cells).into_iter().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(lines: &[Line]) -> Vec<String> {
        lines.iter().map(Line::plain).collect()
    }

    #[test]
    fn a_row_is_as_tall_as_its_tallest_cell_and_wide_characters_keep_the_columns() {
        let table = Table::labelled(6, 8, 2, 8);
        let row = table.row(&[
            Cell::cut(Role::Note, "三次握手"),
            Cell::wrapped(Role::Plain, "one two three"),
            Cell::wrapped(Role::Plain, "四次挥手"),
        ]);
        assert_eq!(plain(&row), ["三次…   one two   四次挥手", "        three"]);
    }

    #[test]
    fn right_is_where_cells_end_and_what_is_too_wide_stays_apart() {
        let table = Table::new([Column::at(0), Column::right(8), Column::at(10)]);
        let row = |value: &str| {
            let cells = [
                Cell::whole(Role::Host, "udp"),
                Cell::whole(Role::Data, value),
                Cell::whole(Role::Faint, "x"),
            ];
            plain(&table.row(&cells)).join("\n")
        };
        assert_eq!(row("1.5"), "udp  1.5  x");
        assert_eq!(row("1500000"), "udp 1500000x");
        assert_eq!(row("字"), "udp   字  x");
    }

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let rows = [["a", "right"], ["小明", "x"]].map(|row| row.map(str::to_owned));
        let table = Table::signed(2, rows.iter());
        let row = |[name, value]: &[String; 2]| {
            let cells = [
                Cell::whole(Role::Plain, "✓ "),
                Cell::whole(Role::Plain, name),
                Cell::whole(Role::Plain, value),
            ];
            plain(&table.row(&cells)).join("\n")
        };
        assert_eq!(
            rows.iter().map(row).collect::<Vec<_>>(),
            ["✓ a     right", "✓ 小明  x"]
        );
    }

    #[test]
    fn cells_that_are_left_out_are_empty() {
        let table = Table::new([Column::at(0), Column::at(4), Column::at(8)]);
        let cells = [Cell::empty(), Cell::whole(Role::Plain, "b")];
        assert_eq!(plain(&table.row(&cells)), ["    b"]);
        assert!(table.row(&[]).is_empty());
    }
}
