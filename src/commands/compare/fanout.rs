//! `sockscope compare --to-many`: the same messages to several receivers by broadcast, by multicast, and over a
//! connection to each, on wires of the same kind and under the same fates; side by side.

use clap::Args;

use super::CompareArgs;
use super::side::{FinishedRun, drawn, one};
use crate::cli::{FormatChoice, values};
use crate::failure::{Failure, flags};
use crate::model::HostId;
use crate::model::setting::{Place, RunKind};
use crate::script::from_flags::{self, FanoutFlags, FanoutMode};
use crate::script::{Plan, RunFlags};
use crate::session::live::Session;
use crate::session::output::Outputs;
use crate::session::pictures::Pictures;
use crate::session::planning::{messages, wire_of};
use crate::session::{Console, Ending};
use crate::text::Message;
use crate::views::fanout as view;

/// Receivers where nobody says how many.
const RECEIVERS: u8 = 3;

/// One sender, several receivers.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct FanoutArgs {
    /// Broadcast and multicast beside a connection each.
    #[arg(long, conflicts_with_all = ["with", "without"], help = "help-to-many")]
    pub to_many: bool,
    /// How many receivers, 2–9.
    #[arg(
        long,
        value_name = "N",
        value_parser = values::receivers,
        conflicts_with_all = ["with", "without"],
        help = "help-receivers"
    )]
    pub receivers: Option<u8>,
}

impl FanoutArgs {
    /// How many receivers there are to be, when there are to be several.
    #[must_use]
    pub fn wanted(self) -> Option<u8> {
        self.receivers.or(self.to_many.then_some(RECEIVERS))
    }
}

/// Runs each way, and compares.
pub fn run(
    args: &CompareArgs,
    receivers: u8,
    command: &str,
    console: &Console,
) -> Result<Ending, Failure> {
    // IPv6 has no broadcast (RFC 4291 §2).
    let ways = [
        ("many-broadcast", "broadcast", FanoutMode::Broadcast),
        ("many-multicast", "multicast", FanoutMode::Multicast),
        ("many-tcp", "tcp", FanoutMode::Connections),
    ];
    let ways = ways.into_iter().skip(usize::from(args.ipv6));
    let mut plans = Vec::new();
    for (name, tag, reach) in ways {
        let name = Message::new(name).int("receivers", receivers);
        let plan = plan(args, receivers, reach, (command, console))?;
        plans.push((console.catalogue.say(&name), tag, plan));
    }
    let pictures = Pictures::asked(&args.pictures, &mut Outputs::new(args.grid.force, console))?;
    let session = Session::enter(Place::Wire)?;
    let mut runs = Vec::new();
    for (name, tag, plan) in plans {
        match one(
            (name, tag),
            &plan,
            args,
            pictures.as_ref(),
            &session,
            console,
        )? {
            (run, Ending::Done) => runs.push(run),
            (_, said) => return Ok(said),
        }
    }
    if args.show.format != FormatChoice::Json {
        let sides: Vec<_> = runs.iter().map(FinishedRun::side).collect();
        console.print_lines(&view::lines(&sides, &console.options(&args.show)))?;
    }
    drawn(pictures, &mut runs, console)?;
    Ok(Ending::Done)
}

fn plan(
    args: &CompareArgs,
    receivers: u8,
    reach: FanoutMode,
    (command, console): (&str, &Console),
) -> Result<Plan, Failure> {
    let keys = ["cli-message-one", "cli-message-two", "cli-message-three"];
    let messages = messages(&args.talk, &keys, console);
    let many = FanoutFlags {
        recv_buffer: args.talk.buffer(args.talk.datagrams(&messages)),
        messages,
        bytes: args.talk.bytes.unwrap_or(0),
        chunk: args.talk.chunk,
        port: args.talk.port,
        receivers,
        ipv6: args.ipv6,
    };
    let hosts = FanoutFlags::hosts(receivers);
    let names: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let run = RunFlags {
        command: command.to_owned(),
        place: Place::Wire,
        ipv6: args.ipv6,
        wire: wire_of(&args.wire, args.ipv6, &names, console)?,
        saved: HostId::CLIENT,
    };
    let kind = if reach == FanoutMode::Connections {
        RunKind::Tcp
    } else {
        RunKind::Udp
    };
    from_flags::plan(kind, run, many.scripts(reach)?)
        .map_err(|mistakes| flags::of_messages(&mistakes))
}
