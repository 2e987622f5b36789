//! `sockscope completions`: what a shell needs to complete our verbs and flags.

use clap::Args;

use crate::failure::Failure;
use crate::session::{Console, Ending};

/// `sockscope completions`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-completions", after_help = "help-completions-examples")]
pub struct CompletionsArgs {
    /// For which shell.
    #[arg(value_name = "SHELL", help = "help-shell")]
    pub shell: clap_complete::Shell,
}

/// Prints them, described in the reader's language.
pub fn run(args: &CompletionsArgs, console: &Console) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut super::command(console),
        "sockscope",
        &mut script,
    );
    console.print(&String::from_utf8_lossy(&script))?;
    Ok(Ending::Done)
}
