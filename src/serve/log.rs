//! What a run has told, for any number of listeners, each at its own pace: a slow one costs nobody else anything.
//!
//! It keeps so much ([`MOST_EVENTS`], [`MOST_BYTES`]); who comes back later than that is told that something is missing, never a story
//! with a hole in it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::watch;

/// So many events are kept.
pub const MOST_EVENTS: usize = 4_000;
/// So many bytes of them are kept.
pub const MOST_BYTES: usize = 8 << 20;
/// So many are sent at once.
const AT_ONCE: usize = 64;
/// After so long a silence a line says that the connection lives.
const SILENCE: Duration = Duration::from_secs(15);

/// What was told.
#[derive(Debug)]
pub struct Log {
    told: Mutex<ToldEvents>,
    changed: watch::Sender<u64>,
}

#[derive(Debug)]
struct ToldEvents {
    /// The number of the first that is kept; the first ever has 1.
    first: u64,
    events: VecDeque<Arc<str>>,
    bytes: usize,
    over: bool,
}

/// What there is from some number on.
#[derive(Debug, PartialEq, Eq)]
pub struct Tail {
    /// The events, as they are sent.
    pub events: Vec<Arc<str>>,
    /// So many before them are kept no more.
    pub missing: u64,
    /// The number behind the last of them.
    pub next: u64,
    /// Nothing will come behind them.
    pub over: bool,
}

impl Log {
    /// An empty one.
    pub fn new() -> Self {
        let told = ToldEvents {
            first: 1,
            events: VecDeque::new(),
            bytes: 0,
            over: false,
        };
        Self {
            told: Mutex::new(told),
            changed: watch::Sender::new(0),
        }
    }

    fn told(&self) -> MutexGuard<'_, ToldEvents> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event; `data` is one line.
    pub fn tell(&self, name: &str, data: &str) {
        let mut told = self.told();
        let number = told.first + told.events.len() as u64;
        let event = format!("id: {number}\nevent: {name}\ndata: {data}\n\n");
        told.bytes += event.len();
        told.events.push_back(event.into());
        while told.events.len() > MOST_EVENTS || (told.bytes > MOST_BYTES && told.events.len() > 1)
        {
            if let Some(gone) = told.events.pop_front() {
                told.bytes -= gone.len();
                told.first += 1;
            }
        }
        drop(told);
        self.changed.send_replace(number);
    }

    /// Adds the last event.
    pub fn end(&self, name: &str, data: &str) {
        self.tell(name, data);
        self.told().over = true;
        self.changed.send_modify(|_| {});
    }

    /// Nothing will be added.
    pub fn is_over(&self) -> bool {
        self.told().over
    }

    /// What there is from this number on, so many at most.
    pub fn from(&self, number: u64, most: usize) -> Tail {
        let told = self.told();
        let begin = number.max(told.first);
        let skip = usize::try_from(begin - told.first).unwrap_or(usize::MAX);
        let events: Vec<Arc<str>> = told.events.iter().skip(skip).take(most).cloned().collect();
        let next = begin + events.len() as u64;
        Tail {
            missing: begin - number,
            over: told.over && next >= told.first + told.events.len() as u64,
            events,
            next,
        }
    }

    /// Waits until there is something from this number on, or nothing will be.
    pub async fn until(&self, number: u64) {
        let mut changed = self.changed.subscribe();
        loop {
            let tail = self.from(number, 1);
            if !tail.events.is_empty() || tail.over {
                return;
            }
            if changed.changed().await.is_err() {
                return;
            }
        }
    }

    /// Waits until it is over.
    pub async fn until_over(&self) {
        let mut changed = self.changed.subscribe();
        while !self.is_over() {
            if changed.changed().await.is_err() {
                return;
            }
        }
    }
}

/// Who has a log.
pub trait HasLog: Send + Sync + 'static {
    /// It.
    fn log(&self) -> &Log;
}

/// The events from this number on, as a browser's EventSource takes them.
pub fn events<L: HasLog>(
    of: Arc<L>,
    from: u64,
) -> impl Stream<Item = Result<Bytes, std::convert::Infallible>> {
    stream::unfold(Some((of, from)), |state| async move {
        let (of, from) = state?;
        let waited = tokio::time::timeout(SILENCE, of.log().until(from)).await;
        if waited.is_err() {
            return Some((Ok(Bytes::from_static(b":\n\n")), Some((of, from))));
        }
        let tail = of.log().from(from, AT_ONCE);
        let mut text = String::new();
        if tail.missing > 0 {
            text.push_str("event: gap\ndata: ");
            text.push_str(&tail.missing.to_string());
            text.push_str("\n\n");
        }
        for event in &tail.events {
            text.push_str(event);
        }
        if text.is_empty() {
            return None;
        }
        let next = (!tail.over).then_some((of, tail.next));
        Some((Ok(Bytes::from(text)), next))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_comes_back_gets_what_came_since() {
        let log = Log::new();
        for number in 1..=5 {
            log.tell("row", &number.to_string());
        }
        let tail = log.from(4, 64);
        assert_eq!((tail.missing, tail.next, tail.over), (0, 6, false));
        assert_eq!(*tail.events[0], *"id: 4\nevent: row\ndata: 4\n\n");
        assert_eq!(tail.events.len(), 2);
        log.end("over", "[]");
        assert!(!log.from(4, 2).over, "more is there");
        assert!(log.from(4, 3).over);
        let none = log.from(7, 64);
        assert!(none.events.is_empty() && none.over);
    }

    #[test]
    fn who_comes_too_late_is_told_so() {
        let log = Log::new();
        for number in 0..MOST_EVENTS + 10 {
            log.tell("row", &number.to_string());
        }
        let tail = log.from(3, 1);
        assert_eq!(tail.missing, 8, "1 to 10 are gone, 3 to 10 were wanted");
        assert!(tail.events[0].starts_with("id: 11\n"));
    }

    #[test]
    fn bytes_are_bounded_too() {
        let log = Log::new();
        let long = "x".repeat(1 << 20);
        for _ in 0..20 {
            log.tell("row", &long);
        }
        assert!(log.told().bytes <= MOST_BYTES);
        assert!(log.from(1, 1).missing > 0);
    }
}
