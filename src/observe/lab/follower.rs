//! Threads that follow a run: they take its facts, and are where it is, with no more rights than it has.

use std::sync::OnceLock;

use nix::unistd::{Pid, gettid};

use super::enter::drop_privileges;
use super::error::LabError;
use super::processor::{KeptOff, stay_beside};

/// What a run's thread and those who follow it share.
#[derive(Debug)]
pub struct Follower {
    leader: OnceLock<Pid>,
    /// The run gives its rights up as soon as it has opened what it needs.
    gives_up: bool,
}

/// As long as this lives, its thread keeps to where the run's may be.
#[derive(Debug)]
#[must_use]
pub struct Following(#[expect(dead_code, reason = "what counts is when it goes")] Option<KeptOff>);

impl Follower {
    /// For a run that gives up its rights, or does not.
    #[must_use]
    pub const fn new(gives_up: bool) -> Self {
        Self {
            leader: OnceLock::new(),
            gives_up,
        }
    }

    /// The calling thread makes the run.
    pub fn lead(&self) {
        self.leader.get_or_init(gettid);
    }

    /// The calling thread, which has got a first fact of the run, follows it: off the lab's processor, and for good
    /// without what the run has given up.
    ///
    /// # Errors
    /// Of setgroups, setresgid, setresuid, capset.
    pub fn follow(&self) -> Result<Following, LabError> {
        if self.gives_up {
            drop_privileges()?;
        }
        Ok(Following(
            self.leader.get().and_then(|leader| stay_beside(*leader)),
        ))
    }
}
