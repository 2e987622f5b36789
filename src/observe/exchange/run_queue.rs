//! How long a host's thread was kept waiting for a processor: what shows, when a claim about time fails, that the
//! machine was busy and not the kernel's TCP unlike what was claimed.
//!
//! `/proc/thread-self/schedstat` has it (`proc_pid_schedstat(5)`): the second number is the time in nanoseconds that the
//! thread could have run and did not. A kernel without scheduler statistics says 0 for ever.

use std::cell::Cell;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::time::Instant;

use crate::model::Span;

/// Less than this is not told, and between two looks that are closer together there cannot have been more.
const TOLD_FROM: Span = Span::from_ms(1);

/// The wait of the thread that made it.
#[derive(Debug)]
pub(super) struct RunQueueWait {
    /// None where the kernel does not say.
    statistics: Option<File>,
    /// What it said at the last look.
    waited: Cell<u64>,
    looked: Cell<Instant>,
}

impl RunQueueWait {
    /// For the calling thread, from now on.
    pub(super) fn here() -> Self {
        let statistics = File::open("/proc/thread-self/schedstat").ok();
        let waited = statistics.as_ref().and_then(waited).unwrap_or(0);
        Self {
            statistics,
            waited: Cell::new(waited),
            looked: Cell::new(Instant::now()),
        }
    }

    /// How long it waited since the last time that this was asked, if that is worth telling. To be asked by the same
    /// thread.
    pub(super) fn since_last(&self) -> Option<Span> {
        let now = Instant::now();
        let passed = now.duration_since(self.looked.replace(now));
        if passed < TOLD_FROM.to_duration() {
            return None;
        }
        let waited = waited(self.statistics.as_ref()?)?;
        let more = waited.saturating_sub(self.waited.replace(waited));
        Some(Span::from_ns(i64::try_from(more).unwrap_or(i64::MAX)))
            .filter(|more| *more >= TOLD_FROM)
    }
}

fn waited(statistics: &File) -> Option<u64> {
    let mut text = [0; 64];
    let length = statistics.read_at(&mut text, 0).ok()?;
    let text = str::from_utf8(&text[..length]).ok()?;
    text.split_whitespace().nth(1)?.parse().ok()
}
