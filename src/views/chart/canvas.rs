//! A picture of characters: cells of two by four dots (braille), or of a sign that stands above them.

use super::super::styled::Role;

/// Where eight dots of a cell begin in Unicode.
const BRAILLE: u32 = 0x2800;
/// The bit of each dot of a cell, by column and row (ISO/IEC TR 11548-1).
const DOTS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

/// Cells of a terminal that are drawn into, each a sign or eight dots.
#[derive(Debug)]
pub(super) struct Canvas {
    width: usize,
    height: usize,
    cells: Vec<CanvasCell>,
}

#[derive(Clone, Copy, Debug, Default)]
struct CanvasCell {
    dots: u8,
    dots_role: Role,
    sign: Option<Sign>,
}

/// A sign, what it is, and how it stands to others of its cell: the greater rank is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub glyph: char,
    pub role: Role,
    pub rank: u8,
}

impl Sign {
    pub const fn new(glyph: char, role: Role, rank: u8) -> Self {
        Self { glyph, role, rank }
    }
}

/// Signs of this rank and above stand before dots; the others behind them.
pub(super) const BEFORE_DOTS: u8 = 10;

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self {
            width,
            height,
            cells: vec![CanvasCell::default(); width * height],
        }
    }

    /// How many columns of cells.
    pub const fn width(&self) -> usize {
        self.width
    }

    /// Sets a dot; `x` from the left and `y` from the bottom, both from 0 to 1.
    pub fn dot(&mut self, x: f64, y: f64, role: Role) {
        let column = scaled(x, self.width * 2);
        let row = self.height * 4 - 1 - scaled(y, self.height * 4);
        if let Some(cell) = self.cell(column / 2, row / 4) {
            cell.dots |= DOTS[column % 2][row % 4];
            cell.dots_role = role;
        }
    }

    /// An upright stroke of dots.
    pub fn stroke(&mut self, x: f64, from: f64, to: f64, role: Role) {
        let dots = self.height * 4;
        let (from, to) = (scaled(from.min(to), dots), scaled(from.max(to), dots));
        for dot in from..=to {
            // The middle of the dot.
            self.dot(x, (dot as f64 + 0.5) / dots as f64, role);
        }
    }

    /// Sets a sign in the cell of this place.
    pub fn sign(&mut self, x: f64, y: f64, sign: Sign) {
        let row = self.height - 1 - scaled(y, self.height);
        let column = scaled(x, self.width);
        if let Some(cell) = self.cell(column, row)
            && cell.sign.is_none_or(|other| other.rank <= sign.rank)
        {
            cell.sign = Some(sign);
        }
    }

    /// What a cell shows.
    pub fn shown(&self, column: usize, row: usize) -> (Role, char) {
        let Some(cell) = self.cells.get(row * self.width + column) else {
            return (Role::Plain, ' ');
        };
        match cell.sign {
            Some(sign) if sign.rank >= BEFORE_DOTS || cell.dots == 0 => (sign.role, sign.glyph),
            _ if cell.dots == 0 => (Role::Plain, ' '),
            _ => (
                cell.dots_role,
                char::from_u32(BRAILLE + u32::from(cell.dots)).unwrap_or(' '),
            ),
        }
    }

    fn cell(&mut self, column: usize, row: usize) -> Option<&mut CanvasCell> {
        if column >= self.width || row >= self.height {
            return None;
        }
        self.cells.get_mut(row * self.width + column)
    }
}

/// A share of so many steps; what lies outside goes to the border.
fn scaled(share: f64, steps: usize) -> usize {
    let last = steps.saturating_sub(1);
    ((share * steps as f64).max(0.0) as usize).min(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_where_they_were_set_and_signs_stand_above_or_behind_them() {
        let mut canvas = Canvas::new(2, 1);
        canvas.dot(0.0, 0.0, Role::Data);
        canvas.dot(0.3, 0.9, Role::Data);
        assert_eq!(canvas.shown(0, 0), (Role::Data, '⡈'));
        canvas.sign(0.0, 0.5, Sign::new('-', Role::Faint, 0));
        assert_eq!(canvas.shown(0, 0).1, '⡈');
        canvas.sign(0.9, 0.5, Sign::new('-', Role::Faint, 0));
        assert_eq!(canvas.shown(1, 0), (Role::Faint, '-'));
        canvas.sign(0.0, 0.5, Sign::new('R', Role::Loss, BEFORE_DOTS));
        assert_eq!(canvas.shown(0, 0), (Role::Loss, 'R'));
        canvas.sign(0.0, 0.5, Sign::new(':', Role::Ack, 1));
        assert_eq!(canvas.shown(0, 0).1, 'R');
    }

    #[test]
    fn nothing_falls_out_of_the_picture() {
        let mut canvas = Canvas::new(3, 2);
        canvas.dot(7.0, -1.0, Role::Data);
        canvas.sign(f64::NAN, 9.0, Sign::new('x', Role::Plain, 0));
        canvas.stroke(0.5, 0.0, 1.0, Role::Data);
        assert_eq!(canvas.shown(2, 1).1, '⢀');
        assert_eq!((canvas.shown(1, 0).1, canvas.shown(1, 1).1), ('⢸', '⢸'));
        assert_eq!(canvas.shown(9, 9), (Role::Plain, ' '));
    }
}
