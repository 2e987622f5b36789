//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind
//! and under the same fates; both ledgers side by side, and both stories where they are wanted.
//!
//! Two runs with and without a setting ([`switched`]) and two files ([`recorded`]) are compared line by line as well.

mod many;
mod recorded;
mod side;
mod switched;

use side::{Run, one, plain};

mod grid;

use super::exchange::{messages, tcp_plan, udp_plan};
use super::live::Session;
use super::{Ending, Screen};
use crate::cli::{Compare, Format, Net};
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::views::compare as view;
use crate::views::compare::Side;

/// Runs both and compares.
pub fn run(args: &Compare, command: &str, screen: &Screen) -> Result<Ending, Failure> {
    if let (Some(first), Some(second)) = (&args.first, &args.second) {
        return recorded::run([first, second], args, screen);
    }
    if !args.sides.asked.is_empty() {
        return switched::run(args, command, screen);
    }
    if let Some(receivers) = args.many.wanted() {
        return many::run(args, receivers, command, screen);
    }
    if !args.grid.sizes.is_empty() {
        return grid::run(args, command, screen);
    }
    let keys = ["cli-message-one", "cli-message-two", "cli-message-three"];
    let said = messages(&args.talk, &keys, screen);
    let client = HostId::CLIENT;
    let net = Net {
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
        (command, screen),
    )?;
    let udp = udp_plan(&args.talk, said, &net, client, (command, screen))?;
    let session = Session::enter(Place::Wire)?;
    let mut runs = Vec::new();
    for (name, tag, plan) in [("TCP", "tcp", &tcp), ("UDP", "udp", &udp)] {
        match one(name.to_owned(), tag, plan, args, &session, screen)? {
            (run, Ending::Done) => runs.push(run),
            (_, said) => return Ok(said),
        }
    }
    let sides: Vec<Side<'_>> = runs.iter().map(Run::side).collect();
    if let ([tcp, udp], true) = (&sides[..], args.show.format != Format::Json) {
        let options = screen.options(&args.show);
        screen.print_lines(&view::lines(tcp, udp, &options))?;
    }
    Ok(Ending::Done)
}
