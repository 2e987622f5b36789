//! One of two runs that are compared: told where that is wanted, and accounted for.

use super::CompareArgs;
use crate::cli::{CloseChoice, FormatChoice, StreamArgs};
use crate::explain::compare::comparable::ComparableStory;
use crate::explain::compare::difference::Difference;
use crate::explain::compare::losses::{Loss, Losses};
use crate::explain::compare::transfer::Transfer;
use crate::failure::Failure;
use crate::script::Plan;
use crate::session::live::{Session, ending};
use crate::session::pictures::{self, DrawnStory, Pictures};
use crate::session::screen::{StoryView, view_of};
use crate::session::teller::Teller;
use crate::session::{Console, Ending};
use crate::views::compare::ComparedRun;
use crate::views::ladder::troubles;
use crate::views::{Json, Line, Role, compare as view, difference, fanout};

/// One of the two, when it is over.
pub(super) struct FinishedRun {
    name: String,
    transfer: Transfer,
    losses: Vec<Loss>,
    story: ComparableStory,
    /// What is drawn of it.
    chapter: Option<DrawnStory>,
}

impl FinishedRun {
    pub(super) fn side(&self) -> ComparedRun<'_> {
        ComparedRun {
            name: &self.name,
            transfer: &self.transfer,
            losses: &self.losses,
        }
    }
}

/// One of the two, while it is told.
#[derive(Default)]
pub(super) struct Gathered {
    transfer: Transfer,
    losses: Losses,
    story: ComparableStory,
    chapter: Option<DrawnStory>,
}

impl Gathered {
    /// Nothing so far; with a chapter where pictures are wanted.
    pub(super) fn drawn(pictures: Option<&Pictures>, name: &str) -> Self {
        Self {
            chapter: pictures.map(|pictures| pictures.chapter(name, None)),
            ..Self::default()
        }
    }
}

/// Writes the pictures of all of them, where they are wanted.
pub(super) fn drawn(
    mut pictures: Option<Pictures>,
    runs: &mut [FinishedRun],
    console: &Console,
) -> Result<(), Failure> {
    if let Some(pictures) = &mut pictures {
        let sides: Vec<ComparedRun<'_>> = runs.iter().map(FinishedRun::side).collect();
        pictures.front(|options| match &sides[..] {
            [left, right] => view::lines(left, right, options),
            several => fanout::lines(several, options),
        });
    }
    let chapters: Vec<DrawnStory> = runs
        .iter_mut()
        .filter_map(|run| run.chapter.take())
        .collect();
    pictures::write(pictures, &chapters, console).map_or(Ok(()), Err)
}

/// Runs one of the two; its story is told under its name where it is wanted, and kept under its tag where it is to be
/// laid beside the other.
pub(super) fn one(
    (name, tag): (String, &'static str),
    plan: &Plan,
    args: &CompareArgs,
    pictures: Option<&Pictures>,
    session: &Session,
    console: &Console,
) -> Result<(FinishedRun, Ending), Failure> {
    let mut gathered = Gathered::drawn(pictures, &name);
    let mut teller = begin(&name, tag, &mut gathered, args, console)?;
    let outcome = session.run(plan, &mut teller)?;
    teller.finish()?;
    let run = end(name, gathered, args, console)?;
    if !args.ladders && args.show.format != FormatChoice::Json {
        // What was not told must not have failed in silence.
        let options = console.options(&args.show);
        console.print_lines(&troubles(&outcome, &run.transfer.hosts, &options))?;
    }
    Ok((run, ending(&outcome)))
}

/// Who tells one of the two.
pub(super) fn begin<'s>(
    name: &str,
    tag: &'static str,
    gathered: &'s mut Gathered,
    args: &CompareArgs,
    console: &'s Console,
) -> Result<Teller<'s>, Failure> {
    let options = console.options(&args.show);
    let view: Option<StoryView> = match args.show.format {
        FormatChoice::Json => Some(Box::new(Json::new(options).tagged(tag))),
        format if args.ladders => {
            console.print_lines(&[Line::of(Role::Title, name), Line::default()])?;
            Some(view_of(format, options))
        }
        _ => None,
    };
    Ok(Teller::new(console, view)
        .with_an_end(&args.show)
        .to(&mut gathered.transfer)
        .to(&mut gathered.losses)
        .to(&mut gathered.story)
        .to(&mut gathered.chapter))
}

/// Ends the telling of a side, and gives what is compared of it.
pub(super) fn end(
    name: String,
    gathered: Gathered,
    args: &CompareArgs,
    console: &Console,
) -> Result<FinishedRun, Failure> {
    if args.ladders && args.show.format != FormatChoice::Json {
        console.print_lines(&[Line::default()])?;
    }
    Ok(FinishedRun {
        name,
        transfer: gathered.transfer,
        losses: gathered.losses.found(),
        story: gathered.story,
        chapter: gathered.chapter,
    })
}

/// Both ledgers side by side, and both stories line by line.
pub(super) fn line_by_line(
    [left, right]: [FinishedRun; 2],
    args: &CompareArgs,
    console: &Console,
) -> Result<(), Failure> {
    let options = console.options(&args.show);
    let hosts = left.transfer.hosts.clone();
    let names = [left.name.as_str(), right.name.as_str()];
    let table = view::lines(&left.side(), &right.side(), &options);
    let difference = Difference::of(left.story, right.story);
    if args.show.format == FormatChoice::Json {
        return console.print_lines(&difference::json(&difference, names, &hosts, &options));
    }
    console.print_lines(&table)?;
    console.print_lines(&[Line::default()])?;
    console.print_lines(&difference::lines(&difference, names, &hosts, &options))
}

/// A stream without any of its own flags: four segments to close, the client first. Without Nagle's algorithm, so
/// that the same message is the same unit of data in both, and the same fate meets it.
pub(super) fn plain() -> StreamArgs {
    StreamArgs {
        reply: None,
        echo: false,
        duplex: false,
        backlog: 5,
        close: CloseChoice::Four,
        nodelay: true,
        mss: None,
        rcvbuf: None,
        sndbuf: None,
    }
}
