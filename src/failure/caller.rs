//! Why it cannot be said who called. Nothing is done then.

use super::Failure;
use crate::observe::caller::CallerError;
use crate::text::Message;

impl From<CallerError> for Failure {
    fn from(error: CallerError) -> Self {
        let unsure = |why| {
            Self::usage(Message::new("error-caller"))
                .why(why)
                .try_this(Message::new("error-caller-try"))
        };
        match error {
            CallerError::SetId => Self::usage(Message::new("error-setid"))
                .why(Message::new("error-setid-why"))
                .try_this(Message::new("error-setid-try")),
            CallerError::Half { there, missing } => unsure(
                Message::new("error-caller-half")
                    .text("there", there)
                    .text("missing", missing),
            ),
            CallerError::NoId { name, value } => unsure(
                Message::new("error-caller-no-id")
                    .text("name", name)
                    .text("value", visible(&value)),
            ),
            CallerError::Nobody { name, value } => unsure(
                Message::new("error-caller-nobody")
                    .text("name", name)
                    .text("value", visible(&value)),
            ),
            CallerError::Differ { first, second } => unsure(
                Message::new("error-caller-differ")
                    .text("first", first)
                    .text("second", second),
            ),
            CallerError::Step { operation, source } => Self::of_io(
                Message::new("error-become").text("operation", operation),
                &source,
            )
            .try_this(Message::new("error-caller-try")),
        }
    }
}

fn visible(value: &std::ffi::OsStr) -> String {
    crate::views::visible::text(&value.to_string_lossy())
}
