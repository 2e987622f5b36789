//! A sign of life while a run is recorded that is told only afterwards: after half a second, a line with a bar.

use std::io::{self, IsTerminal as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::Console;
use crate::text::Message;

/// A run that is over before that needs no sign.
const SOON: Duration = Duration::from_millis(500);
/// Between two looks at the clock.
const TICK: Duration = Duration::from_millis(100);

/// Does what takes a while; on a terminal a line says so. `seconds` is how long it will take, if that is known.
pub fn shown_while<T>(console: &Console, seconds: Option<u32>, work: impl FnOnce() -> T) -> T {
    if console.is_read() {
        // A viewer has the terminal: it shows the same in its own line.
        let text = said(console, seconds);
        console.recording(Some((text, seconds)));
        let done = work();
        console.recording(None);
        return done;
    }
    if !(io::stdout().is_terminal() && io::stderr().is_terminal()) {
        return work();
    }
    let text = said(console, seconds);
    std::thread::scope(|scope| {
        let (over, hears) = mpsc::channel::<()>();
        scope.spawn(move || show(text, seconds, &hears));
        let done = work();
        drop(over);
        done
    })
}

fn said(console: &Console, seconds: Option<u32>) -> String {
    match seconds {
        Some(seconds) => console.say(&Message::new("live-recording-about").int("seconds", seconds)),
        None => console.catalogue.word("live-recording"),
    }
}

/// Until the other end of the channel is dropped.
fn show(text: String, seconds: Option<u32>, hears: &mpsc::Receiver<()>) {
    let began = Instant::now();
    if hears.recv_timeout(SOON) != Err(RecvTimeoutError::Timeout) {
        return;
    }
    let whole = seconds.map(|seconds| u64::from(seconds) * 1000);
    let bar = ProgressBar::new(whole.unwrap_or(1));
    let template = if whole.is_some() {
        "{msg} [{bar:24}]"
    } else {
        "{spinner} {msg}"
    };
    // The template is ours; without it the bar is only plainer.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style.progress_chars("=> "));
    }
    bar.set_message(text);
    while hears.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
        match whole {
            Some(whole) => {
                let passed = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
                bar.set_position(passed.min(whole));
            }
            None => bar.tick(),
        }
    }
    bar.finish_and_clear();
}
