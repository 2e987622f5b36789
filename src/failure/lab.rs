//! What keeps a lab from being set up: the refusals that `doctor` words too, and what went wrong on the way.

use super::Failure;
use crate::observe::lab::{LabError, Refusal, Unwritten};
use crate::observe::run::RunError;
use crate::text::Message;

impl From<Refusal> for Failure {
    /// A refusal with its reason and its cure, as `doctor` says them.
    fn from(refusal: Refusal) -> Self {
        let (why, cure) = refusal.keys();
        let what = match refusal {
            Refusal::NotRoot => "error-no-loopback",
            _ => "error-no-lab",
        };
        Self::usage(Message::new(what))
            .why(Message::new(why))
            .try_this(Message::new(cure))
            .try_this(Message::new("error-see-doctor"))
    }
}

impl From<LabError> for Failure {
    fn from(error: LabError) -> Self {
        if let Some(refusal) = error.refusal() {
            return refusal.into();
        }
        match error {
            LabError::Sysctl {
                host,
                name,
                value,
                why,
            } => {
                let what = Message::new("error-sysctl")
                    .text("host", host)
                    .text("name", name)
                    .text("value", value);
                match why {
                    Unwritten::Refused(source) => Self::of_io(what, &source),
                    Unwritten::Forbidden(_) => {
                        Self::usage(what).why(Message::new("error-sysctl-forbidden"))
                    }
                    Unwritten::NotThere(known) => Self::usage(what).why(
                        Message::new("error-sysctl-congestion").text("words", known.join(", ")),
                    ),
                }
            }
            LabError::Step {
                operation,
                object,
                source,
            } => Self::of_io(
                Message::new("error-lab-step")
                    .text("operation", operation)
                    .text("object", object),
                &source,
            )
            .try_this(Message::new("error-see-doctor")),
            LabError::NoIpv6 => Self::usage(Message::new("error-no-ipv6"))
                .try_this(Message::new("error-no-ipv6-try")),
            other => Self::failed(Message::new("error-lab-broken"))
                .why(Message::new("error-plain").text("text", other.to_string()))
                .try_this(Message::new("error-panic-try")),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Lab(error) => error.into(),
            RunError::Step {
                operation,
                object,
                source,
            } => Self::of_io(
                Message::new("error-lab-step")
                    .text("operation", operation)
                    .text("object", object),
                &source,
            ),
        }
    }
}
