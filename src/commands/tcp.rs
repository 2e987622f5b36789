//! `sockscope tcp`: flags to scripts, scripts to a plan, the plan to a run.

use clap::Args;

use super::needs_of_net;
use crate::cli::{KeepArgs, NetArgs, PaceArgs, ShowArgs, StreamArgs, TalkArgs};
use crate::failure::Failure;
use crate::observe::caller::Needs;
use crate::session::{Console, Ending, live, planning};

/// `sockscope tcp`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-tcp", after_help = "help-tcp-examples")]
pub struct TcpArgs {
    #[command(flatten)]
    pub talk: TalkArgs,
    #[command(flatten)]
    pub stream: StreamArgs,
    #[command(flatten)]
    pub net: NetArgs,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

impl TcpArgs {
    /// What it keeps of the rights that were lent.
    pub fn needs(&self) -> Needs {
        needs_of_net(&self.net)
    }
}

/// Runs a TCP exchange and tells it.
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
    live::run(
        &plan,
        &args.show,
        &args.keep,
        &args.pace,
        live::ProgramsShow::default(),
        console,
    )
}
