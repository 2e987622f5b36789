//! What a person sees when something fails: what, why, what to try. One place words all errors, so that
//! the same fault reads the same wherever it was met.

use crate::text::{Catalogue, Message};

/// How the process ends (design §6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An expectation failed, or the run was not whole.
    Failed,
    /// Bad usage, bad input, or a missing privilege.
    Usage,
    /// Ctrl-C.
    Interrupted,
}

impl Code {
    /// The number that the shell sees.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Interrupted => 130,
        }
    }
}

/// An error as a person meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What could not be done, with its object.
    pub what: Message,
    /// Why.
    pub why: Option<Message>,
    /// What to try, most likely first.
    pub tries: Vec<Message>,
    /// Lines shown as they are between what and why: places in a file, underlined.
    pub places: String,
    /// How the process ends.
    pub code: Code,
}

impl Failure {
    /// Bad usage or input (exit code 2): what.
    #[must_use]
    pub const fn usage(what: Message) -> Self {
        Self {
            what,
            why: None,
            tries: Vec::new(),
            places: String::new(),
            code: Code::Usage,
        }
    }

    /// Something failed that was rightly asked for (exit code 1): what.
    #[must_use]
    pub fn failed(what: Message) -> Self {
        Self {
            code: Code::Failed,
            ..Self::usage(what)
        }
    }

    /// With its reason.
    #[must_use]
    pub fn why(mut self, why: Message) -> Self {
        self.why = Some(why);
        self
    }

    /// With something to try.
    #[must_use]
    pub fn try_this(mut self, cure: Message) -> Self {
        self.tries.push(cure);
        self
    }

    /// As text, ending in a newline: one line what, one why, one for each thing to try.
    #[must_use]
    pub fn render(&self, catalogue: &Catalogue) -> String {
        let mut lines =
            catalogue.say(&Message::new("error-line").text("what", catalogue.say(&self.what)));
        lines.push('\n');
        lines.push_str(&self.places);
        if let Some(why) = &self.why {
            lines.push_str(
                &catalogue.say(&Message::new("error-why").text("why", catalogue.say(why))),
            );
            lines.push('\n');
        }
        for cure in &self.tries {
            lines.push_str(
                &catalogue.say(&Message::new("error-try").text("cure", catalogue.say(cure))),
            );
            lines.push('\n');
        }
        lines
    }
}
