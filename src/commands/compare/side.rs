//! One of two runs that are compared: told where that is wanted, and accounted for.

use crate::cli::{Close, Compare, Format, Stream};
use crate::commands::live::{Session, ending};
use crate::commands::tell::Teller;
use crate::commands::{Ending, Screen};
use crate::explain::difference::Difference;
use crate::explain::ledger::Ledger;
use crate::explain::losses::Loss;
use crate::explain::story::Story;
use crate::failure::Failure;
use crate::script::Plan;
use crate::views::compare::Side;
use crate::views::ladder::troubles;
use crate::views::{Line, Role, compare as view, difference};

/// One of the two, when it is over.
pub(super) struct Run {
    name: String,
    ledger: Ledger,
    losses: Vec<Loss>,
    story: Story,
}

impl Run {
    pub(super) fn side(&self) -> Side<'_> {
        Side {
            name: &self.name,
            ledger: &self.ledger,
            losses: &self.losses,
        }
    }
}

/// Runs one of the two; its story is told under its name where it is wanted, and kept under its tag where it is to be
/// laid beside the other.
pub(super) fn one(
    name: String,
    tag: &'static str,
    plan: &Plan,
    args: &Compare,
    session: &Session,
    screen: &Screen,
) -> Result<(Run, Ending), Failure> {
    let mut teller = begin(&name, tag, args, screen)?;
    let outcome = session.run(plan, &mut teller)?;
    let run = end(name, teller, args, screen)?;
    if !args.ladders && args.show.format != Format::Json {
        // What was not told must not have failed in silence.
        let options = screen.options(&args.show);
        screen.print_lines(&troubles(&outcome, &run.ledger.hosts, &options))?;
    }
    Ok((run, ending(&outcome)))
}

/// Who tells one of the two.
pub(super) fn begin<'s>(
    name: &str,
    tag: &'static str,
    args: &Compare,
    screen: &'s Screen,
) -> Result<Teller<'s>, Failure> {
    let mut teller = Teller::new(screen, &args.show, None)
        .accounting()
        .recounting()
        .tagged(tag);
    let json = args.show.format == Format::Json;
    if args.ladders && !json {
        screen.print_lines(&[Line::of(Role::Title, name), Line::default()])?;
    } else if !json {
        teller = teller.hidden();
    }
    Ok(teller)
}

/// It was told.
pub(super) fn end(
    name: String,
    teller: Teller<'_>,
    args: &Compare,
    screen: &Screen,
) -> Result<Run, Failure> {
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
pub(super) fn line_by_line(
    [left, right]: [Run; 2],
    args: &Compare,
    screen: &Screen,
) -> Result<(), Failure> {
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
pub(super) fn plain() -> Stream {
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
