//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind
//! and under the same fates; both ledgers side by side, and both stories where they are wanted.
//!
//! Two runs with and without a setting ([`toggled`]) and two files ([`recorded`]) are compared line by line as well.

mod fanout;
mod grid;
mod recorded;
mod side;
mod sides;
mod toggled;

use std::path::PathBuf;

use clap::{ArgGroup, Args};

use fanout::FanoutArgs;
use grid::GridArgs;
use side::{FinishedRun, drawn, one, plain};
use sides::Sides;

use crate::cli::{FormatChoice, NetArgs, PICTURES, PictureArgs, ShowArgs, TalkArgs, WireArgs};
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::observe::caller::Needs;
use crate::session::live::Session;
use crate::session::output::Outputs;
use crate::session::pictures::Pictures;
use crate::session::planning::{messages, tcp_plan, udp_plan};
use crate::session::{Console, Ending};
use crate::views::compare as view;
use crate::views::compare::ComparedRun;

/// `sockscope compare`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-compare", after_help = "help-compare-examples")]
#[command(group(ArgGroup::new("written").args(PICTURES).multiple(true)))]
pub struct CompareArgs {
    /// Two files instead of two runs.
    #[arg(
        value_name = "A",
        requires = "second",
        conflicts_with_all = [
            "message", "bytes", "chunk", "port", "recv_buffer", "delay", "mtu", "hop_mtu", "hop_silent", "arp", "fault",
            "seed", "rate", "queue", "ipv6", "with", "without", "to_many", "receivers"
        ],
        help = "help-compare-first"
    )]
    pub first: Option<PathBuf>,
    /// The second file.
    #[arg(value_name = "B", help = "help-compare-second")]
    pub second: Option<PathBuf>,
    #[command(flatten)]
    pub sides: Sides,
    #[command(flatten)]
    pub talk: TalkArgs,
    #[command(flatten)]
    pub wire: WireArgs,
    /// IPv6 instead of IPv4.
    #[arg(short = '6', long = "ipv6", help = "help-ipv6")]
    pub ipv6: bool,
    #[command(flatten)]
    pub many: FanoutArgs,
    /// Both stories are told as well, before the table.
    #[arg(long, help = "help-ladders")]
    pub ladders: bool,
    #[command(flatten)]
    pub grid: GridArgs,
    #[command(flatten)]
    pub pictures: PictureArgs,
    #[command(flatten)]
    pub show: ShowArgs,
}

impl CompareArgs {
    /// What it keeps of the rights that were lent.
    pub fn needs(&self) -> Needs {
        match self.first {
            Some(_) => Needs::Nothing,
            None => Needs::Lab,
        }
    }
}

/// Runs both and compares.
pub fn run(args: &CompareArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    console.read_in_viewer(&args.show);
    if let (Some(first), Some(second)) = (&args.first, &args.second) {
        return recorded::run([first, second], args, console);
    }
    if !args.sides.asked.is_empty() {
        return toggled::run(args, command, console);
    }
    if let Some(receivers) = args.many.wanted() {
        return fanout::run(args, receivers, command, console);
    }
    if !args.grid.sizes.is_empty() {
        return grid::run(args, command, console);
    }
    let keys = ["cli-message-one", "cli-message-two", "cli-message-three"];
    let said = messages(&args.talk, &keys, console);
    let client = HostId::CLIENT;
    let net = NetArgs {
        wire: args.wire.clone(),
        ipv6: args.ipv6,
        on: None,
    };
    let tcp = tcp_plan(
        &args.talk,
        &plain(),
        said.clone(),
        &net,
        client,
        (command, console),
    )?;
    let udp = udp_plan(&args.talk, said, &net, client, (command, console))?;
    let pictures = Pictures::asked(&args.pictures, &mut Outputs::new(args.grid.force, console))?;
    let session = Session::enter(Place::Wire)?;
    let mut runs = Vec::new();
    for (name, tag, plan) in [("TCP", "tcp", &tcp), ("UDP", "udp", &udp)] {
        match one(
            (name.to_owned(), tag),
            plan,
            args,
            pictures.as_ref(),
            &session,
            console,
        )? {
            (run, Ending::Done) => runs.push(run),
            (_, said) => return Ok(said),
        }
    }
    let sides: Vec<ComparedRun<'_>> = runs.iter().map(FinishedRun::side).collect();
    if let ([tcp, udp], true) = (&sides[..], args.show.format != FormatChoice::Json) {
        let options = console.options(&args.show);
        console.print_lines(&view::lines(tcp, udp, &options))?;
    }
    drawn(pictures, &mut runs, console)?;
    Ok(Ending::Done)
}
