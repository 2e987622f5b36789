//! `sockscope udp`: flags to scripts, scripts to a plan, the plan to a run.

use clap::Args;

use super::needs_of_net;
use crate::cli::{KeepArgs, NetArgs, PaceArgs, ShowArgs, TalkArgs};
use crate::failure::Failure;
use crate::observe::caller::Needs;
use crate::session::{Console, Ending, live, planning};

/// `sockscope udp`: the messages and nothing else. No graph is drawn of them: who asks for one is told why.
#[derive(Clone, Debug, Args)]
#[command(mut_arg("plot", |arg| arg.hide(true)), mut_arg("chart", |arg| arg.hide(true)))]
#[command(about = "help-udp", after_help = "help-udp-examples")]
pub struct UdpArgs {
    #[command(flatten)]
    pub talk: TalkArgs,
    #[command(flatten)]
    pub net: NetArgs,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

impl UdpArgs {
    /// What it keeps of the rights that were lent.
    pub fn needs(&self) -> Needs {
        needs_of_net(&self.net)
    }
}

/// Runs a UDP exchange and tells it.
pub fn run(args: &UdpArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let messages = planning::messages(&args.talk, &["cli-message"], console);
    let plan = planning::udp_plan(
        &args.talk,
        messages,
        &args.net,
        planning::saved(&args.keep),
        (command, console),
    )?;
    live::run(
        &plan,
        &args.show,
        &args.keep,
        &args.pace,
        live::ProgramsShow::default(),
        console,
    )
}
