//! `sockscope lab`: any program in a host, with the sniffers on.

use clap::Args;

use crate::cli::{KeepArgs, PaceArgs, ShowArgs, WireArgs};
use crate::failure::Failure;
use crate::model::Span;
use crate::model::setting::{Place, RunKind};
use crate::script::{HostPlan, Plan};
use crate::session::planning::{saved, wire_of};
use crate::session::{Console, Ending, live};

/// `sockscope lab`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lab", after_help = "help-lab-examples")]
pub struct LabArgs {
    /// Command line that runs in the client, by the shell.
    #[arg(long, value_name = "CMD", help = "help-lab-client")]
    pub client: Option<String>,
    /// Command line that runs in the server, by the shell.
    #[arg(long, value_name = "CMD", help = "help-lab-server")]
    pub server: Option<String>,
    #[command(flatten)]
    pub wire: WireArgs,
    /// What programs print is shown as it is.
    #[arg(long, help = "help-lab-raw-output")]
    pub raw_output: bool,
    /// Only the wire, nobody looks.
    #[arg(
        long,
        conflicts_with_all = ["format", "quiet", "project", "save", "vantage", "plot", "chart", "force"],
        help = "help-lab-bare"
    )]
    pub bare: bool,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

/// Nobody is hurried out of a shell.
const A_DAY: Span = Span::from_ms(24 * 60 * 60 * 1000);

/// Runs the programs, or a shell in the client when none is given.
pub fn run(args: &LabArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let client = match (&args.client, &args.server) {
        (None, None) => Some(String::new()),
        (client, _) => client.clone(),
    };
    let host = |name: &str, program| HostPlan {
        name: name.to_owned(),
        text: String::new(),
        steps: Vec::new(),
        program,
        sysctls: Vec::new(),
    };
    let plan = Plan {
        kind: RunKind::Lab,
        command: command.to_owned(),
        lesson: None,
        place: Place::Wire,
        ipv6: false,
        wire: wire_of(&args.wire, false, &["client", "server"], console)?,
        hosts: vec![host("client", client), host("server", args.server.clone())],
        saved: saved(&args.keep),
        bare: args.bare,
        deadline: A_DAY,
    };
    if plan.bare {
        return live::run_bare(&plan, &args.show, args.raw_output, console);
    }
    live::run(
        &plan,
        &args.show,
        &args.keep,
        &PaceArgs::default(),
        args.raw_output,
        console,
    )
}
