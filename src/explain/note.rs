//! A note: one explanation attached to a moment, as a key with arguments; worded by `text` when shown.

use std::fmt;

use crate::text::Message;

/// One explanation that stands beside a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is for: decides where it stands and whether `--quiet` hides it.
    pub kind: NoteKind,
    /// What is to be said.
    pub message: Message,
    /// Where it can be read up.
    pub rfc: Option<Rfc>,
}

/// What a note is for. The first three make up a frame's plain sentence, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// What the frame is.
    What,
    /// Why it came now: the call behind it, or the kernel by itself.
    Why,
    /// What comes next.
    Next,
    /// Linux did something else than the textbook says.
    Linux,
    /// Something is complete: opened, closed. Shown even when quiet.
    Milestone,
    /// Something went wrong, in the network or in the recording. Shown even when quiet.
    Caution,
}

impl NoteKind {
    /// `--quiet` hides it.
    #[must_use]
    pub const fn hidden_when_quiet(self) -> bool {
        matches!(self, Self::What | Self::Why | Self::Next | Self::Linux)
    }
}

/// A section of an RFC. Every one that is cited was looked up in the full text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rfc {
    /// The RFC's number, 9293.
    pub number: u16,
    /// The section, `3.5`; empty for an RFC without numbered sections (768, 792).
    pub section: &'static str,
}

impl Rfc {
    /// This section of this RFC.
    #[must_use]
    pub const fn new(number: u16, section: &'static str) -> Self {
        Self { number, section }
    }
}

impl fmt::Display for Rfc {
    /// `RFC 9293 §3.5`, in every language.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.section.is_empty() {
            write!(f, "RFC {}", self.number)
        } else {
            write!(f, "RFC {} §{}", self.number, self.section)
        }
    }
}

impl Note {
    /// A note without a reference.
    #[must_use]
    pub const fn new(kind: NoteKind, message: Message) -> Self {
        Self {
            kind,
            message,
            rfc: None,
        }
    }

    /// The same note with its RFC section.
    #[must_use]
    pub const fn rfc(mut self, number: u16, section: &'static str) -> Self {
        self.rfc = Some(Rfc::new(number, section));
        self
    }
}
