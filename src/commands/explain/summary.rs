//! The summary of a capture.

use std::io::{self, IsTerminal, Read};
use std::path::Path;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::packets::walk;
use super::{Part, Screen, shown};
use crate::cli::Show;
use crate::explain::census::Census;
use crate::failure::Failure;
use crate::files::{ReadError, Reader};
use crate::protocol::follow::Follow;
use crate::views::census;

/// How many connections get a row, unless all are asked for.
const ROWS: usize = 20;

/// A file smaller than this is read before a bar could be seen.
const WORTH_A_BAR: u64 = 64 << 20;

/// Shows the summary of what passes the filter.
pub(super) fn run<R: Read>(
    reader: &mut Reader<R>,
    path: &Path,
    part: &Part,
    show: &Show,
    screen: &Screen,
) -> Result<Result<(), ReadError>, Failure> {
    let mut follow = Follow::new();
    let mut census = Census::new(part.filter.is_some());
    let bar = bar(path);
    let mut shown_at = 0;
    let walked = walk(reader, &mut follow, part.filter.as_ref(), |met| {
        census.packet(met.number, met.frame, met.packet, met.followed);
        if met.taken != shown_at {
            shown_at = met.taken;
            if let Some(bar) = &bar {
                bar.set_position(shown_at);
            }
        }
        true
    });
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    let most = if part.all { usize::MAX } else { ROWS };
    let (rows, outcomes) = census.rows(&follow, most);
    let connections = census::Shown {
        rows: &rows,
        outcomes: &outcomes,
        datagrams: part.all,
    };
    let options = screen.options(show);
    let lines = census::lines(&options, &shown(path), &census, &follow, &connections);
    screen.print_lines(&lines)?;
    Ok(walked)
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
