//! What a person sees when something fails: what, why, what to try. One place words all errors, so that
//! the same fault reads the same wherever it was met.

use crate::model::{HostId, Outcome, Trouble};
use crate::script::Plan;
use crate::text::{Catalogue, Message};

mod caller;
pub mod flags;
mod lab;

/// How the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// An expectation failed, or the run was not whole.
    Failed,
    /// Bad usage, bad input, or a missing privilege.
    Usage,
    /// The machine was too busy: whether an expectation holds, the run does not say.
    TooBusy,
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
            Self::TooBusy => 3,
            Self::Interrupted => 130,
        }
    }
}

/// An error as a person meets it: made with [`Failure::usage`] or [`Failure::failed`], then told more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(Box<Parts>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Parts {
    what: Message,
    places: String,
    why: Option<Message>,
    tries: Vec<Message>,
    code: Code,
}

impl Failure {
    /// Bad usage or input, or a missing privilege (exit code 2): what could not be done, with its object.
    #[must_use]
    pub fn usage(what: Message) -> Self {
        Self(Box::new(Parts {
            what,
            places: String::new(),
            why: None,
            tries: Vec::new(),
            code: Code::Usage,
        }))
    }

    /// Something failed that was rightly asked for (exit code 1).
    #[must_use]
    pub fn failed(what: Message) -> Self {
        Self::usage(what).with_code(Code::Failed)
    }

    /// Something that the system refused (exit code 2): what, with the system's reason.
    #[must_use]
    pub fn of_io(what: Message, error: &std::io::Error) -> Self {
        Self::usage(what).why(io_reason(error))
    }

    /// With its reason.
    #[must_use]
    pub fn why(mut self, why: Message) -> Self {
        self.0.why = Some(why);
        self
    }

    /// With something to try; the first is the most likely cure.
    #[must_use]
    pub fn try_this(mut self, cure: Message) -> Self {
        self.0.tries.push(cure);
        self
    }

    /// With lines that are shown as they are between what and why: places in a file, underlined.
    #[must_use]
    pub fn at_places(mut self, places: String) -> Self {
        self.0.places = places;
        self
    }

    /// With this exit code.
    #[must_use]
    pub fn with_code(mut self, code: Code) -> Self {
        self.0.code = code;
        self
    }

    /// What could not be done.
    #[must_use]
    pub fn what(&self) -> &Message {
        &self.0.what
    }

    /// How the process ends.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// As text, ending in a newline: one line what, one why, one for each thing to try.
    #[must_use]
    pub fn render(&self, catalogue: &Catalogue) -> String {
        let line = |key, name, part| {
            let text = crate::views::visible::text(&catalogue.say(part));
            catalogue.say(&Message::new(key).text(name, text)) + "\n"
        };
        let mut lines = line("error-line", "what", &self.0.what);
        lines.push_str(&self.0.places);
        if let Some(why) = &self.0.why {
            lines.push_str(&line("error-why", "why", why));
        }
        for cure in &self.0.tries {
            lines.push_str(&line("error-try", "cure", cure));
        }
        lines
    }
}

/// What kept a run from its plan, the first of it.
#[must_use]
pub fn trouble(outcome: &Outcome, plan: &Plan) -> Option<Message> {
    let name = |host: &HostId| {
        plan.hosts
            .get(usize::from(host.0))
            .map_or_else(String::new, |host| host.name.clone())
    };
    Some(match outcome.troubles.first()? {
        Trouble::Interrupted => Message::new("error-interrupted"),
        Trouble::Overrun { frames } => Message::new("error-overrun").int("frames", *frames),
        Trouble::Stuck { host, line } => Message::new("error-stuck")
            .text("host", name(host))
            .text("line", line),
        Trouble::OutOfTime { host, within } => Message::new("error-out-of-time")
            .text("host", name(host))
            .text("span", crate::views::wording::duration(*within)),
        Trouble::CallFailed { host, line, errno } => Message::new("error-call-failed")
            .text("host", name(host))
            .text("line", line)
            .text("errno", errno),
        Trouble::ProgramFailed { host, status } => Message::new("error-program-failed")
            .text("host", name(host))
            .int("status", *status),
        Trouble::PrintedTooMuch { host, most } => Message::new("error-printed-too-much")
            .text("host", name(host))
            .int("bytes", *most),
    })
}

/// The system's reason: worded by us where a user commonly meets it, else as the system says it, without
/// Rust's "(os error 13)".
#[must_use]
pub fn io_reason(error: &std::io::Error) -> Message {
    use std::io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => Message::new("error-io-not-found"),
        Kind::PermissionDenied => Message::new("error-io-denied"),
        Kind::AlreadyExists => Message::new("error-io-exists"),
        Kind::NotSeekable => Message::new("error-io-no-file"),
        Kind::IsADirectory => Message::new("error-io-directory"),
        Kind::NotADirectory => Message::new("error-io-not-directory"),
        Kind::StorageFull => Message::new("error-io-full"),
        Kind::QuotaExceeded => Message::new("error-io-quota"),
        Kind::FileTooLarge => Message::new("error-io-too-large"),
        Kind::ReadOnlyFilesystem => Message::new("error-io-read-only"),
        _ => {
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or(&text);
            Message::new("error-plain").text("text", text.to_owned())
        }
    }
}
