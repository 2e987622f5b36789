//! `sockscope compare`: the same messages over TCP, then over UDP, in one process on two wires of the same kind
//! and under the same fates; both ledgers side by side, and both stories where they are wanted.
//!
//! Two runs with and without a setting ([`switched`]) and two files ([`recorded`]) are compared line by line as well.

mod recorded;
mod switched;

use super::exchange::{messages, tcp_plan, udp_plan};
use super::live::{Session, ending};
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Close, Compare, Format, Net, Stream};
use crate::explain::difference::Difference;
use crate::explain::ledger::Ledger;
use crate::explain::losses::Loss;
use crate::explain::story::Story;
use crate::failure::Failure;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::script::Plan;
use crate::views::compare::Side;
use crate::views::{Line, Role, compare as view, difference};

/// Runs both and compares.
pub fn run(args: &Compare, command: &str, screen: &Screen) -> Result<Ending, Failure> {
    if let (Some(first), Some(second)) = (&args.first, &args.second) {
        return recorded::run([first, second], args, screen);
    }
    if !args.sides.asked.is_empty() {
        return switched::run(args, command, screen);
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
        match one(name.to_owned(), None, plan, args, &session, screen)? {
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
struct Run {
    name: String,
    ledger: Ledger,
    losses: Vec<Loss>,
    story: Story,
}

impl Run {
    fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            ledger: &self.ledger,
            losses: &self.losses,
        }
    }
}

/// Runs one of the two; its story is told under its name where it is wanted, and kept under its tag where it is to be
/// laid beside the other.
fn one(
    name: String,
    tag: Option<&'static str>,
    plan: &Plan,
    args: &Compare,
    session: &Session,
    screen: &Screen,
) -> Result<(Run, Ending), Failure> {
    let mut teller = begin(&name, tag, args, screen)?;
    let outcome = session.run(plan, &mut teller)?;
    Ok((end(name, teller, args, screen)?, ending(&outcome)))
}

/// Who tells one of the two.
fn begin<'s>(
    name: &str,
    tag: Option<&'static str>,
    args: &Compare,
    screen: &'s Screen,
) -> Result<Teller<'s>, Failure> {
    let mut teller = Teller::new(screen, &args.show, None).accounting();
    if let Some(tag) = tag {
        teller = teller.recounting().tagged(tag);
    }
    let json = args.show.format == Format::Json;
    if args.ladders && !json {
        screen.print_lines(&[Line::of(Role::Title, name), Line::default()])?;
    } else if !json {
        teller = teller.hidden();
    }
    Ok(teller)
}

/// It was told.
fn end(name: String, teller: Teller<'_>, args: &Compare, screen: &Screen) -> Result<Run, Failure> {
    let told = teller.finish()?;
    if args.ladders && args.show.format != Format::Json {
        screen.print_lines(&[Line::default()])?;
    }
    Ok(Run {
        name,
        ledger: told.ledger,
        losses: told.losses,
        story: told.story,
    })
}

/// Both ledgers side by side, and both stories line by line.
fn line_by_line([left, right]: [Run; 2], args: &Compare, screen: &Screen) -> Result<(), Failure> {
    let options = screen.options(&args.show);
    let hosts = left.ledger.hosts.clone();
    let names = [left.name.as_str(), right.name.as_str()];
    let table = view::lines(&left.side(), &right.side(), &options);
    let difference = Difference::of(left.story, right.story);
    if args.show.format == Format::Json {
        return screen.print_lines(&difference::json(&difference, names, &hosts, &options));
    }
    screen.print_lines(&table)?;
    screen.print_lines(&[Line::default()])?;
    screen.print_lines(&difference::lines(&difference, names, &hosts, &options))
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
