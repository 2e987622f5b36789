//! The palette: the one place that turns roles into colours, with `colored`.
//!
//! Only the sixteen named colours are used, so that a terminal's own theme decides what they look like and
//! contrast is the user's. Nothing is told by colour alone: flags are words, losses have their own sign.

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
    /// Foreground; none: the terminal's own.
    pub colour: Option<Color>,
    /// Bold.
    pub bold: bool,
    /// Dimmed.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
}

impl Look {
    /// How this role looks.
    #[must_use]
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Plain | Role::Note => Self::bare(None),
            Role::Frame | Role::Faint | Role::Time => Self::bare(None).dimmed(),
            Role::Host | Role::Title | Role::Data => Self::bare(None).heavy(),
            Role::Call | Role::Linux => Self::bare(Some(Color::Yellow)),
            Role::CallFailed | Role::Bad => Self::bare(Some(Color::Red)),
            Role::State => Self::bare(Some(Color::Cyan)).heavy(),
            Role::Syn => Self::bare(Some(Color::Green)).heavy(),
            Role::Ack => Self::bare(Some(Color::Blue)),
            Role::Fin => Self::bare(Some(Color::Magenta)).heavy(),
            Role::Reset | Role::Loss => Self::bare(Some(Color::Red)).heavy(),
            Role::Helper => Self::bare(Some(Color::Cyan)),
            Role::Milestone | Role::Good => Self::bare(Some(Color::Green)),
            Role::Caution => Self::bare(Some(Color::Yellow)).heavy(),
        }
    }

    const fn bare(colour: Option<Color>) -> Self {
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

    /// The colour's number among the eight of a terminal (0 black to 7 white), for painters that are not `colored`.
    #[must_use]
    pub const fn index(self) -> Option<u8> {
        match self.colour {
            Some(Color::Black) => Some(0),
            Some(Color::Red) => Some(1),
            Some(Color::Green) => Some(2),
            Some(Color::Yellow) => Some(3),
            Some(Color::Blue) => Some(4),
            Some(Color::Magenta) => Some(5),
            Some(Color::Cyan) => Some(6),
            Some(Color::White) => Some(7),
            _ => None,
        }
    }

    fn apply(self, text: &str) -> String {
        let mut styled = ColoredString::from(text);
        if let Some(colour) = self.colour {
            styled = styled.color(colour);
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
