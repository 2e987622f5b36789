//! Why there is no run.

use std::io;

use crate::observe::lab::LabError;

/// Why a run could not be made. What went wrong in a run that was made is its [`Outcome`](crate::model::Outcome).
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The lab could not be set up.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A system call of the run itself failed: which one, on what, and what the kernel said.
    #[error("{operation} {object}: {source}")]
    Step {
        /// Name of the system call.
        operation: &'static str,
        /// What it was about.
        object: String,
        /// What the kernel said.
        source: io::Error,
    },
}

/// For `map_err`: a system call on an object that failed.
pub(super) fn step<E: Into<io::Error>>(
    operation: &'static str,
    object: impl Into<String>,
) -> impl FnOnce(E) -> RunError {
    let object = object.into();
    move |source| RunError::Step {
        operation,
        object,
        source: source.into(),
    }
}
