//! `sockscope udp`: flags to scripts, scripts to a plan, the plan to a run.

use crate::cli::UdpArgs;
use crate::failure::Failure;
use crate::session::{Console, Ending, live, planning};

/// Runs a UDP exchange.
pub fn run(args: &UdpArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let messages = planning::messages(&args.talk, &["cli-message"], console);
    let plan = planning::udp_plan(
        &args.talk,
        messages,
        &args.net,
        planning::saved(&args.keep),
        (command, console),
    )?;
    live::run(&plan, &args.show, &args.keep, &args.pace, false, console)
}
