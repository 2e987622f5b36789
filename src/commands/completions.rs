//! `sockscope completions`: what a shell needs to complete our verbs and flags.

use crate::cli::CompletionsArgs;
use crate::failure::Failure;
use crate::session::{Console, Ending};

/// Prints them, described in the reader's language.
pub fn run(args: &CompletionsArgs, console: &Console) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut console.command(), "sockscope", &mut script);
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Done)
}
