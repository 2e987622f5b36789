//! Flags that make no run, and scripts with mistakes.

use super::Failure;
use crate::lesson;
use crate::notation::Mistake;
use crate::script::FlagsError;
use crate::text::Message;
use crate::views::styled::columns;
use crate::views::visible;

impl From<FlagsError> for Failure {
    fn from(error: FlagsError) -> Self {
        match error {
            FlagsError::ThreeNeedsData => Self::usage(Message::new("error-three-needs-data"))
                .why(Message::new("error-three-needs-data-why"))
                .try_this(Message::new("error-three-needs-data-try")),
            FlagsError::Conflict(one, other) => Self::usage(
                Message::new("error-conflict")
                    .text("arg", one)
                    .text("other", other),
            ),
            FlagsError::Needs(one, other) => Self::usage(
                Message::new("error-needs")
                    .text("arg", one)
                    .text("other", other),
            ),
            FlagsError::DatagramTooLarge { len, most } => {
                Self::usage(Message::new("error-datagram-too-large").int("len", len))
                    .why(Message::new("error-datagram-too-large-why").int("most", most))
                    .try_this(Message::new("error-datagram-too-large-try").int("most", most))
            }
        }
    }
}

/// Mistakes in a script that flags made: only a message's text can be wrong there.
#[must_use]
pub fn of_messages(mistakes: &[Mistake]) -> Failure {
    let mut failure = Failure::usage(Message::new("error-message"));
    if let Some(mistake) = mistakes.first() {
        failure = failure.why(lesson::message(mistake));
        if let Some(nearest) = &mistake.nearest {
            failure = failure
                .try_this(Message::new("error-did-you-mean").text("nearest", nearest.clone()));
        }
    }
    failure
}

/// A mistake in a packet filter, with the place underlined.
#[must_use]
pub fn of_filter(text: &str, mistake: &Mistake) -> Failure {
    let shown = |part: &str| visible::text(part);
    let (before, rest) = text.split_at(mistake.span.start);
    let marked = &rest[..mistake.span.len()];
    let line = format!(
        "  {}\n  {}{}\n",
        shown(text),
        " ".repeat(columns(&shown(before))),
        "^".repeat(columns(&shown(marked)).max(1)),
    );
    let mut failure = Failure::usage(Message::new("explain-filter"))
        .at_places(line)
        .why(lesson::message(mistake));
    if let Some(nearest) = &mistake.nearest {
        failure =
            failure.try_this(Message::new("error-did-you-mean").text("nearest", nearest.clone()));
    }
    failure
}
