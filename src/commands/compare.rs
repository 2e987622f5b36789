//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind
//! and under the same fates; both ledgers side by side, and both stories where they are wanted.
//!
//! Two runs with and without a setting ([`toggled`]) and two files ([`recorded`]) are compared line by line as well.

mod fanout;
mod recorded;
mod side;
mod toggled;

use side::{FinishedRun, one, plain};

mod grid;

use crate::cli::{CompareArgs, FormatChoice, NetArgs};
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::session::live::Session;
use crate::session::planning::{messages, tcp_plan, udp_plan};
use crate::session::{Console, Ending};
use crate::views::compare as view;
use crate::views::compare::ComparedRun;

/// Runs both and compares.
pub fn run(args: &CompareArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
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
    let session = Session::enter(Place::Wire)?;
    let mut runs = Vec::new();
    for (name, tag, plan) in [("TCP", "tcp", &tcp), ("UDP", "udp", &udp)] {
        match one(name.to_owned(), tag, plan, args, &session, console)? {
            (run, Ending::Done) => runs.push(run),
            (_, said) => return Ok(said),
        }
    }
    let sides: Vec<ComparedRun<'_>> = runs.iter().map(FinishedRun::side).collect();
    if let ([tcp, udp], true) = (&sides[..], args.show.format != FormatChoice::Json) {
        let options = console.options(&args.show);
        console.print_lines(&view::lines(tcp, udp, &options))?;
    }
    Ok(Ending::Done)
}
