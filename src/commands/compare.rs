//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind;
//! both stories, then both ledgers side by side.

use super::exchange::{messages, tcp_plan, udp_plan};
use super::live::{Session, ending};
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Close, Compare, Format, Net, Stream};
use crate::explain::ledger::Ledger;
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::script::Plan;
use crate::views::{Line, Role, compare as view};

/// Runs both and compares.
pub fn run(args: &Compare, command: &str, screen: &Screen) -> Result<Ending, Failure> {
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
    let mut ledgers = Vec::new();
    for (name, plan) in [("TCP", &tcp), ("UDP", &udp)] {
        match one(name, plan, args, &session, screen)? {
            (ledger, Ending::Done) => ledgers.push(ledger),
            (_, said) => return Ok(said),
        }
    }
    if let [tcp, udp] = &ledgers[..]
        && args.show.format != Format::Json
    {
        let options = screen.options(&args.show);
        screen.print_lines(&[Line::default()])?;
        screen.print_lines(&view::lines(("TCP", tcp), ("UDP", udp), &options))?;
    }
    Ok(Ending::Done)
}

/// One of the two, told under its name.
fn one(
    name: &str,
    plan: &Plan,
    args: &Compare,
    session: &Session,
    screen: &Screen,
) -> Result<(Ledger, Ending), Failure> {
    if args.show.format != Format::Json {
        screen.print_lines(&[Line::of(Role::Title, name), Line::default()])?;
    }
    let mut teller = Teller::new(screen, &args.show, None).accounting();
    let outcome = session.run(plan, &mut teller)?;
    let told = teller.finish()?;
    Ok((told.ledger, ending(&outcome)))
}

/// A stream without any of its own flags: four segments to close, the client first.
fn plain() -> Stream {
    Stream {
        reply: None,
        echo: false,
        duplex: false,
        backlog: 5,
        close: Close::Four,
        nodelay: false,
        mss: None,
        rcvbuf: None,
        sndbuf: None,
    }
}
