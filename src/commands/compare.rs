//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind
//! and under the same fates; both ledgers side by side, and both stories where they are wanted.

use super::exchange::{messages, tcp_plan, udp_plan};
use super::live::{Session, ending};
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Close, Compare, Format, Net, Stream};
use crate::explain::ledger::Ledger;
use crate::explain::losses::{Loss, losses};
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::script::Plan;
use crate::views::compare::Side;
use crate::views::ladder::troubles;
use crate::views::{Line, Role, compare as view};

/// Runs both and compares.
pub fn run(args: &Compare, command: &str, screen: &Screen) -> Result<Ending, Failure> {
    if let Some(receivers) = args.many.wanted() {
        return super::many::run(args, receivers, command, screen);
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
    for (name, plan) in [("TCP", &tcp), ("UDP", &udp)] {
        match one(name, plan, args, &session, screen)? {
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

/// One of the two, when it is over.
pub(super) struct Run<'p> {
    name: &'p str,
    ledger: Ledger,
    losses: Vec<Loss>,
}

impl Run<'_> {
    pub(super) fn side(&self) -> Side<'_> {
        Side {
            name: self.name,
            ledger: &self.ledger,
            losses: &self.losses,
        }
    }
}

/// Runs one of the two; its story is told under its name where it is wanted.
pub(super) fn one<'p>(
    name: &'p str,
    plan: &Plan,
    args: &Compare,
    session: &Session,
    screen: &Screen,
) -> Result<(Run<'p>, Ending), Failure> {
    let tells = args.ladders || args.show.format == Format::Json;
    if args.ladders && args.show.format != Format::Json {
        screen.print_lines(&[Line::of(Role::Title, name), Line::default()])?;
    }
    let mut teller = Teller::new(screen, &args.show, None)
        .accounting()
        .remembering();
    if !tells {
        teller = teller.hidden();
    }
    let outcome = session.run(plan, &mut teller)?;
    let told = teller.finish()?;
    if !tells {
        // What was not told must not have failed in silence.
        let options = screen.options(&args.show);
        screen.print_lines(&troubles(&outcome, &told.ledger.hosts, &options))?;
    }
    if args.ladders && args.show.format != Format::Json {
        screen.print_lines(&[Line::default()])?;
    }
    let run = Run {
        name,
        ledger: told.ledger,
        losses: losses(&told.moments),
    };
    Ok((run, ending(&outcome)))
}

/// A stream without any of its own flags: four segments to close, the client first. Without Nagle's algorithm, so
/// that the same message is the same unit of data in both, and the same fate meets it.
fn plain() -> Stream {
    Stream {
        reply: None,
        echo: false,
        duplex: false,
        backlog: 5,
        close: Close::Four,
        nodelay: true,
        mss: None,
        rcvbuf: None,
        sndbuf: None,
    }
}
