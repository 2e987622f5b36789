//! `sockscope completions`: what a shell needs to complete our verbs and flags.

use super::{Ending, Screen};
use crate::cli::Completions;
use crate::failure::Failure;

/// Prints them, described in the reader's language.
pub fn run(args: &Completions, screen: &Screen) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut screen.command(), "sockscope", &mut script);
    screen.print(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Done)
}
