//! A live run, told and kept.

use super::keep::Opened;
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Keep, Show};
use crate::failure::Failure;
use crate::script::Plan;

/// Runs a plan: opens the file to save, enters the lab, tells the story.
pub fn run(plan: Plan, show: &Show, keep: &Keep, screen: &Screen) -> Result<Ending, Failure> {
    let opened = keep.save.as_deref().map(Opened::new).transpose()?;
    let _ = (plan, opened);
    let teller = Teller::new(screen, show, None);
    teller.finish()?;
    Ok(Ending::Done)
}
