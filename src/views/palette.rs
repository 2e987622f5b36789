//! The palette: the one place that turns roles into colours, with `colored`.
//!
//! The colours are of the fixed 6 × 6 × 6 cube of a terminal's 256, of middle brightness, so that each can be read on black
//! and on white: the named eight cannot (yellow on white, blue on black). Nothing is told by colour alone: flags are words,
//! losses have their own sign.

use colored::{Color, ColoredString, Colorize as _};

use super::styled::{Line, Role};

/// Paints lines: with colour, without, or for a projector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Palette {
    colour: bool,
    /// For a projector: no colour and nothing dim; what has weight is bold.
    contrast: bool,
}

impl Palette {
    /// A palette that leaves all text as it is: for pipes, files and `NO_COLOR`.
    pub const PLAIN: Self = Self {
        colour: false,
        contrast: false,
    };

    /// A palette that colours, or not. Who calls this has decided; `colored` is told to ask neither the
    /// terminal nor the environment again.
    #[must_use]
    pub fn new(colour: bool) -> Self {
        colored::control::set_override(colour);
        Self {
            colour,
            contrast: false,
        }
    }

    /// The same for a projector, where colours fade and what is dim cannot be read.
    #[must_use]
    pub const fn contrasting(mut self) -> Self {
        self.contrast = true;
        self
    }

    /// The line as text with escape sequences, or without any; no blanks and no line end at its end.
    #[must_use]
    pub fn paint(self, line: &Line) -> String {
        if !self.colour {
            return line.plain();
        }
        let mut out = String::new();
        let last = line
            .spans()
            .iter()
            .rposition(|span| !span.text().trim_end().is_empty());
        for (at, span) in line.spans().iter().enumerate() {
            match last {
                Some(last) if at < last => out.push_str(&self.piece(span.role(), span.text())),
                Some(last) if at == last => {
                    out.push_str(&self.piece(span.role(), span.text().trim_end()));
                }
                _ => break,
            }
        }
        out
    }

    /// One piece of text in its role's colour.
    fn piece(self, role: Role, text: &str) -> String {
        if !self.colour || text.trim().is_empty() {
            return text.to_owned();
        }
        let mut look = Look::of(role);
        if self.contrast {
            look = Look {
                bold: look.bold || look.colour.is_some(),
                ..Look::default()
            };
        }
        if look == Look::default() {
            return text.to_owned();
        }
        look.apply(text)
    }
}

/// A role's colour and weight, for `colored` here and for other painters (the TUI, CSS) elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// Foreground, as the colour's number among the 256 of a terminal; none: the terminal's own.
    pub colour: Option<u8>,
    /// Bold.
    pub bold: bool,
    /// Dimmed.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
}

/// #af5f00.
const YELLOW: u8 = 130;
/// #d70000.
const RED: u8 = 160;
/// #008700.
const GREEN: u8 = 28;
/// #008787.
const CYAN: u8 = 30;
/// #005fff.
const BLUE: u8 = 27;
/// #d700af.
const MAGENTA: u8 = 163;

impl Look {
    /// How this role looks.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Plain | Role::Note => Self::bare(None),
            Role::Frame | Role::Faint | Role::Time => Self::bare(None).dimmed(),
            Role::Host | Role::Title | Role::Data => Self::bare(None).heavy(),
            Role::Call | Role::Linux => Self::bare(Some(YELLOW)),
            Role::CallFailed | Role::Bad => Self::bare(Some(RED)),
            Role::State => Self::bare(Some(CYAN)).heavy(),
            Role::Syn => Self::bare(Some(GREEN)).heavy(),
            Role::Ack => Self::bare(Some(BLUE)),
            Role::Fin => Self::bare(Some(MAGENTA)).heavy(),
            Role::Reset | Role::Loss => Self::bare(Some(RED)).heavy(),
            Role::Helper => Self::bare(Some(CYAN)),
            Role::Milestone | Role::Good => Self::bare(Some(GREEN)),
            Role::Caution => Self::bare(Some(YELLOW)).heavy(),
        }
    }

    const fn bare(colour: Option<u8>) -> Self {
        Self {
            colour,
            bold: false,
            dim: false,
            italic: false,
        }
    }

    const fn heavy(mut self) -> Self {
        self.bold = true;
        self
    }

    const fn dimmed(mut self) -> Self {
        self.dim = true;
        self
    }

    fn apply(self, text: &str) -> String {
        let mut styled = ColoredString::from(text);
        if let Some(colour) = self.colour {
            styled = styled.color(Color::AnsiColor(colour));
        }
        if self.bold {
            styled = styled.bold();
        }
        if self.dim {
            styled = styled.dimmed();
        }
        if self.italic {
            styled = styled.italic();
        }
        styled.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance (WCAG 2.1) of a colour of the cube: 16 and on, six steps of red, green and blue.
    fn luminance(colour: u8) -> f64 {
        let at = colour - 16;
        let part = |step: u8| {
            let value = [0.0, 95.0, 135.0, 175.0, 215.0, 255.0][usize::from(step % 6)] / 255.0;
            if value <= 0.040_45 {
                value / 12.92
            } else {
                f64::powf((value + 0.055) / 1.055, 2.4)
            }
        };
        0.2126 * part(at / 36) + 0.7152 * part(at / 6) + 0.0722 * part(at)
    }

    #[test]
    fn every_colour_can_be_read_on_black_and_on_white() {
        for colour in [YELLOW, RED, GREEN, CYAN, BLUE, MAGENTA] {
            let luminance = luminance(colour);
            let (on_black, on_white) = ((luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05));
            // Large or bold text needs 3, text of any size 4.5 (WCAG 2.1, 1.4.3); no colour has 4.6 on both.
            assert!(
                on_black > 3.8 && on_white > 3.8,
                "{colour}: {on_black} {on_white}"
            );
        }
    }
}
