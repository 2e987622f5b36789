//! `sockscope tcp`: flags to scripts, scripts to a plan, the plan to a run.

use crate::cli::TcpArgs;
use crate::failure::Failure;
use crate::session::{Console, Ending, live, planning};

/// Runs a TCP exchange.
pub fn run(args: &TcpArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let messages = planning::messages(&args.talk, &["cli-message"], console);
    let plan = planning::tcp_plan(
        &args.talk,
        &args.stream,
        messages,
        &args.net,
        planning::saved(&args.keep),
        (command, console),
    )?;
    live::run(&plan, &args.show, &args.keep, &args.pace, false, console)
}
