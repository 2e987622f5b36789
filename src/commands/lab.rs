//! `sockscope lab`: any program in a host, with the sniffers on.

use std::io::IsTerminal as _;

use clap::Args;

use crate::cli::{KeepArgs, PaceArgs, ShowArgs, WireArgs, spelling, values};
use crate::exercise::quoted;
use crate::failure::Failure;
use crate::model::Span;
use crate::model::setting::{Place, RunKind};
use crate::script::{HostPlan, Plan, ProgramsPlan};
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
    /// A program with its arguments that runs alone, with both ends on a loopback of its own.
    #[arg(
        last = true,
        value_name = "CMD",
        conflicts_with_all = ["client", "server", "bare", "wait", "delay", "mtu", "hop_mtu", "hop_silent", "arp", "fault", "seed", "rate", "queue"],
        help = "help-lab-program"
    )]
    pub program: Vec<String>,
    #[command(flatten)]
    pub wire: WireArgs,
    /// Names resolve to IPv4 addresses only.
    #[arg(
        short = '4',
        long = "ipv4",
        conflicts_with = "ipv6",
        help = "help-lab-ipv4"
    )]
    pub ipv4: bool,
    /// Names resolve to IPv6 addresses only.
    #[arg(short = '6', long = "ipv6", help = "help-lab-ipv6")]
    pub ipv6: bool,
    /// Whose end is the end of the run.
    #[arg(
        long,
        value_name = "WHOM",
        default_value = "client",
        help = "help-lab-wait"
    )]
    pub wait: WaitChoice,
    /// Programs that run longer are ended.
    #[arg(long, value_name = "TIME", value_parser = values::limit, help = "help-lab-within")]
    pub within: Option<Span>,
    /// Whether the programs' calls are shown.
    #[arg(long, value_name = "YES", help = "help-lab-trace")]
    pub trace: Option<TraceChoice>,
    /// A program's mistake is the exit code.
    #[arg(long, conflicts_with = "bare", help = "help-check")]
    pub check: bool,
    /// What programs print is shown as it is.
    #[arg(long, help = "help-lab-raw-output")]
    pub raw_output: bool,
    /// Only the wire, nobody looks.
    #[arg(
        long,
        conflicts_with_all = ["format", "quiet", "project", "save", "vantage", "plot", "chart", "force", "svg", "svg_states", "html", "perfetto", "cast"],
        help = "help-lab-bare"
    )]
    pub bare: bool,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
}

/// Whose end is the end of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitChoice {
    /// The client's program: who serves it is ended then.
    Client,
    /// All programs.
    Both,
}
spelling!(WaitChoice: Client "client", Both "both");

/// Whether the programs' calls are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceChoice {
    /// They are, also those of a shell that has the terminal.
    Yes,
    /// They are not.
    No,
}
spelling!(TraceChoice: Yes "yes", No "no");

/// Nobody is hurried out of a shell.
const A_DAY: Span = Span::from_ms(24 * 60 * 60 * 1000);

/// Runs the programs. The client has a shell when it is given none: always where nothing runs in the server, and beside a
/// server's program where somebody can type.
pub fn run(args: &LabArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    let typed = args.server.is_none() || std::io::stdin().is_terminal();
    let alone = !args.program.is_empty();
    let client = if alone {
        Some(quoted(&args.program))
    } else {
        args.client.clone().or_else(|| typed.then(String::new))
    };
    // What a shell starts by itself, sudo say, gains no rights where it is traced.
    let has_shell = client.as_ref().is_some_and(String::is_empty);
    let traced = match args.trace {
        Some(choice) => choice == TraceChoice::Yes,
        None => !has_shell,
    } && !args.bare;
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
        place: if alone {
            Place::PrivateLoopback
        } else {
            Place::Wire
        },
        ipv6: args.ipv6,
        wire: wire_of(&args.wire, args.ipv6, &["client", "server"], console)?,
        hosts: vec![host("client", client), host("server", args.server.clone())],
        saved: saved(&args.keep),
        bare: args.bare,
        programs: ProgramsPlan {
            ipv4_only: args.ipv4,
            patience: None,
            at_most: None,
            output: None,
            wait_for_all: args.wait == WaitChoice::Both,
            traced,
        },
        deadline: args.within.unwrap_or(A_DAY),
    };
    if plan.bare {
        return live::run_bare(&plan, &args.show, args.raw_output, console);
    }
    live::run(
        &plan,
        &args.show,
        &args.keep,
        &PaceArgs::default(),
        live::ProgramsShow {
            raw_output: args.raw_output,
            check: args.check,
        },
        console,
    )
}
