//! The summary of a capture.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Console, Selection, shown};
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::census::Census;
use crate::failure::Failure;
use crate::files::Reader;
use crate::protocol::follow::Tracker;
use crate::session::capture::packets::{FollowedPacket, Walked, Walker, walk};
use crate::views::json::overview;
use crate::views::{Line, Role, census};

/// How many connections get a row, unless all are asked for.
const ROWS: usize = 20;

/// So many objects are printed at once.
const AT_ONCE: usize = 512;

/// A file smaller than this is read before a bar could be seen.
const WORTH_A_BAR: u64 = 64 << 20;

/// Shows the summary of what passes the filter.
pub(super) fn run<R: Read + Send + 'static>(
    reader: Reader<R>,
    path: &Path,
    selection: &Selection,
    show: &ShowArgs,
    console: &Console,
) -> Result<Walked, Failure> {
    // A filter may ask for what stands in any segment.
    let mut follow = match selection.filter {
        Some(_) => Tracker::new(),
        None => Tracker::sparing(),
    };
    let mut counter = Counter {
        census: Census::new(selection.filter.is_some()),
        bar: bar(path),
    };
    let walked = walk(reader, &mut follow, selection.filter.as_ref(), &mut counter);
    let Counter { census, bar } = counter;
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    if census.packets == 0 && selection.filter.is_some() && walked.ended.is_ok() {
        selection.found_nothing(path, &follow, console)?;
        return Ok(walked);
    }
    let most = if selection.all { usize::MAX } else { ROWS };
    let (rows, outcomes) = census.rows(&follow, most);
    let judgements = census.judgements(&follow, walked.dropped);
    let connections = census::ShownConnections {
        judgements: &judgements,
        rows: &rows,
        outcomes: &outcomes,
        datagrams: selection.all,
    };
    let options = console.options(show);
    if show.format == FormatChoice::Json {
        let whole = overview::capture(&options, &census, &judgements, &outcomes);
        console.print_lines(&[whole])?;
        // All of them, in the order of their numbers: who reads it chooses.
        let (mut all, _) = census.rows(&follow, usize::MAX);
        all.sort_unstable();
        for numbers in all.chunks(AT_ONCE) {
            let lines = numbers.iter();
            let lines = lines.filter_map(|number| overview::connection(*number, &follow));
            console.print_lines(&lines.collect::<Vec<_>>())?;
        }
        let mut rest = census.conversations(&follow).map(overview::conversation);
        loop {
            let lines: Vec<_> = rest.by_ref().take(AT_ONCE).collect();
            if lines.is_empty() {
                return Ok(walked);
            }
            console.print_lines(&lines)?;
        }
    }
    let lines = census::lines(&options, &shown(path), &census, &follow, &connections);
    console.print_lines(&lines)?;
    if !show.quiet {
        let more = console.catalogue.word("explain-more");
        console.print_lines(&[Line::default(), Line::of(Role::Faint, more)])?;
    }
    Ok(walked)
}

/// Counts, and shows how far it has come.
struct Counter {
    census: Census,
    bar: Option<ProgressBar>,
}

impl Walker for Counter {
    #[inline]
    fn packet(&mut self, met: &FollowedPacket<'_>) -> bool {
        let ordinary = met.prepared.ordinary();
        self.census
            .packet(met.number, met.frame, met.followed, ordinary, || {
                met.packet()
            });
        true
    }

    fn taken(&mut self, bytes: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
        }
    }
}

/// A bar on standard error while a large file is read: only for somebody who looks at both outputs.
fn bar(path: &Path) -> Option<ProgressBar> {
    let len = std::fs::metadata(path).ok()?.len();
    if len < WORTH_A_BAR || !io::stderr().is_terminal() || !io::stdout().is_terminal() {
        return None;
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}").ok()?;
    let bar = ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::stderr_with_hz(10));
    bar.set_style(style);
    Some(bar)
}
