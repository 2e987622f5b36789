//! What programs in the lab print, on this terminal: below the segment that carried it, where the story is on the same
//! one; and nothing in it is obeyed there, unless that is wanted.

use std::collections::VecDeque;
use std::io::{self, IsTerminal as _, Write as _};
use std::os::linux::fs::MetadataExt as _;

use crate::model::Time;
use crate::observe::source::{Outlet, Printed};
use crate::views::visible;

/// How what programs print gets out: as it is where nobody looks, or where `raw` output is wanted.
#[must_use]
pub fn outlet(raw: bool) -> Outlet {
    Outlet {
        print: if raw || !io::stderr().is_terminal() {
            as_it_is
        } else {
            visibly
        },
        in_order: false,
    }
}

/// The same beside a story that is told meanwhile on standard output.
#[must_use]
pub fn beside_story(raw: bool) -> Outlet {
    Outlet {
        in_order: is_one_terminal(),
        ..outlet(raw)
    }
}

/// Standard output and standard error are the same terminal.
fn is_one_terminal() -> bool {
    let which = |number| {
        let at = std::fs::metadata(format!("/proc/self/fd/{number}")).ok()?;
        Some((at.st_dev(), at.st_ino(), at.st_rdev()))
    };
    let out = which(1);
    io::stdout().is_terminal() && io::stderr().is_terminal() && out.is_some() && out == which(2)
}

fn as_it_is(host: &str, lines: &[u8]) {
    let shown = lines.split_inclusive(|byte| *byte == b'\n');
    let shown: Vec<u8> = shown
        .flat_map(|line| [host.as_bytes(), b"| ", line].concat())
        .collect();
    write(&shown);
}

fn visibly(host: &str, lines: &[u8]) {
    let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
    let mut shown = String::new();
    for line in lines.split(|byte| *byte == b'\n') {
        shown.push_str(host);
        shown.push_str("| ");
        shown.push_str(&visible::printed(line));
        shown.push('\n');
    }
    write(shown.as_bytes());
}

/// One write, so that lines of several programs do not mix. With nobody left to read there is nothing to do.
fn write(text: &[u8]) {
    let _ = io::stderr().lock().write_all(text);
}

/// Lines that wait for their place in the story.
#[derive(Debug, Default)]
pub struct PrintQueue(VecDeque<Printed>);

impl PrintQueue {
    /// Adds what came after all that waits.
    pub fn push(&mut self, printed: Printed) {
        self.0.push_back(printed);
    }

    /// Nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Something was printed before this time.
    #[must_use]
    pub fn has_before(&self, time: Time) -> bool {
        self.0.front().is_some_and(|first| first.at < time)
    }

    /// Prints those that came before the next row is told, which is at `time`; all, where there is none.
    pub fn print_before(&mut self, time: Option<Time>) {
        while let Some(first) = self.0.front()
            && time.is_none_or(|time| first.at < time)
        {
            first.print();
            self.0.pop_front();
        }
    }
}
