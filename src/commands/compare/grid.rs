//! `compare --sizes … --losses … --seeds …`: the same messages over TCP and over UDP, for each size at each loss
//! with several seeds, and what that comes to as a table, as objects, as graphs.
//!
//! One run sends its messages right after each other and is over when the last byte was read, or (over UDP) when
//! nothing more can come, or when its time is over. Closing the connection is not measured, and not waited for.

mod plans;
mod workers;

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use plans::Plans;

use super::{CompareArgs, Console, Ending};
use crate::cli::{FormatChoice, values};
use crate::explain::compare::grid::{Grid, GridSpec, TrialEnd};
use crate::failure::{Code, Failure};
use crate::model::Span;
use crate::model::setting::Place;
use crate::session::live::Session;
use crate::session::output::{Content, Outputs};
use crate::text::Message;
use crate::views::grid::{lines, objects, svg};

/// What no grid has: with these, clap would not ask for `--sizes`, and the others would be ignored in silence.
const NOT_OF_A_GRID: [&str; 14] = [
    "message",
    "bytes",
    "chunk",
    "ladders",
    "first",
    "with",
    "without",
    "to_many",
    "receivers",
    "svg",
    "svg_states",
    "perfetto",
    "cast",
    "html",
];

/// Many runs instead of two: each size at each loss, with several seeds.
#[derive(Clone, Debug, Args)]
pub struct GridArgs {
    /// Sizes of a message in bytes; none: no grid.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        value_parser = values::bytes,
        conflicts_with_all = NOT_OF_A_GRID,
        help = "help-sizes"
    )]
    pub sizes: Vec<u64>,
    /// How many of the frames the wire loses, in parts per million.
    #[arg(
        long,
        value_name = "LIST",
        value_delimiter = ',',
        default_value = "0,1,5,10",
        value_parser = values::percent,
        requires = "sizes",
        conflicts_with_all = NOT_OF_A_GRID,
        help = "help-losses"
    )]
    pub losses: Vec<u32>,
    /// Runs of each kind, 1–1000, with seeds one after the other.
    #[arg(
        long,
        value_name = "N",
        default_value = "9",
        value_parser = values::seeds,
        requires = "sizes",
        conflicts_with_all = NOT_OF_A_GRID,
        help = "help-seeds"
    )]
    pub seeds: u32,
    /// Messages of one run, 1–1000.
    #[arg(
        long,
        value_name = "N",
        default_value = "20",
        value_parser = values::count,
        requires = "sizes",
        conflicts_with_all = NOT_OF_A_GRID,
        help = "help-count"
    )]
    pub count: u32,
    /// How long one run may take, 100 ms to 600 s.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "10s",
        value_parser = values::limit,
        requires = "sizes",
        conflicts_with_all = NOT_OF_A_GRID,
        help = "help-within"
    )]
    pub within: Span,
    /// The grid as graphs.
    #[arg(
        long,
        value_name = "FILE",
        requires = "sizes",
        conflicts_with_all = NOT_OF_A_GRID,
        group = "written",
        help = "help-grid-plot"
    )]
    pub plot: Option<PathBuf>,
    /// What is there is overwritten, even if it is nothing that is written here.
    #[arg(long, requires = "written", help = "help-force")]
    pub force: bool,
}

/// So many runs are a grid; more are a mistake.
const MOST_RUNS: u64 = 100_000;

/// Runs the grid, as far as it is not broken off, and shows it.
pub fn run(args: &CompareArgs, command: &str, console: &Console) -> Result<Ending, Failure> {
    not_of_one_run(args)?;
    let spec = spec(args)?;
    let plans = Plans::new(args, &spec, command, console)?;
    let session = Session::enter(Place::Wire)?;
    let mut outputs = Outputs::new(args.grid.force, console);
    let picture = args
        .grid
        .plot
        .as_deref()
        .map(|path| outputs.open(path, Content::Picture))
        .transpose()?;
    let runs = spec.runs();
    let bar = bar(runs.len());
    let (trials, failed) = workers::play(&session, &runs, &plans, &spec, &mut || {
        if let Some(bar) = &bar {
            bar.inc(1);
        }
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let made = !trials.is_empty();
    let grid = Grid::of(spec, trials);
    if made {
        show(&grid, args, console)?;
    }
    if let Some(picture) = picture.filter(|_| made) {
        picture.put(svg(&grid, &console.catalogue).as_bytes())?;
    }
    let not_whole = grid.trials.iter().any(|t| t.ended == TrialEnd::NotWhole);
    match failed {
        Some(failure) => Err(failure),
        None if session.stopped() => Ok(Ending::Said(Code::Interrupted)),
        None if not_whole => Ok(Ending::Said(Code::Failed)),
        None => Ok(Ending::Done),
    }
}

/// Lines and bytes tell the story of one run.
fn not_of_one_run(args: &CompareArgs) -> Result<(), Failure> {
    let format = match args.show.format {
        FormatChoice::Ladder | FormatChoice::Json => return Ok(()),
        FormatChoice::Lines => "--format lines",
        FormatChoice::Bytes => "--format bytes",
        FormatChoice::Markdown => "--format markdown",
        FormatChoice::Mermaid => "--format mermaid",
        FormatChoice::Rows => "--format rows",
    };
    let what = Message::new("error-conflict").text("arg", format);
    Err(Failure::usage(what.text("other", "--sizes")))
}

fn show(grid: &Grid, args: &CompareArgs, console: &Console) -> Result<(), Failure> {
    if args.show.format == FormatChoice::Json {
        console.print(&objects(grid))
    } else {
        console.print_lines(&lines(grid, &console.options(&args.show)))
    }
}

fn spec(args: &CompareArgs) -> Result<GridSpec, Failure> {
    let mut sizes = args.grid.sizes.clone();
    let mut losses = args.grid.losses.clone();
    sizes.sort_unstable();
    sizes.dedup();
    losses.sort_unstable();
    losses.dedup();
    let spec = GridSpec {
        sizes,
        losses,
        first_seed: args.wire.misbehave.seed.unwrap_or(0),
        seeds: args.grid.seeds,
        count: args.grid.count,
        limit: args.grid.within,
    };
    let kinds = spec.sizes.len() as u64 * spec.losses.len() as u64 * 2;
    let runs = kinds * u64::from(spec.seeds);
    if runs > MOST_RUNS {
        let what = Message::new("error-grid-runs").int("runs", runs);
        return Err(Failure::usage(what.int("most", MOST_RUNS)));
    }
    Ok(spec)
}

/// How far it has come, for somebody who looks at both outputs.
fn bar(runs: usize) -> Option<ProgressBar> {
    if !io::stderr().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}").ok()?;
    let bar =
        ProgressBar::with_draw_target(Some(runs as u64), ProgressDrawTarget::stderr_with_hz(10));
    bar.set_style(style);
    Some(bar)
}
