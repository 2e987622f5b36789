//! Ctrl-C: asked for once, and what is under way has one deadline from then on.
//!
//! Whoever waits for something (a reader, a disk, a script) asks here how long it still may. Who can wait for nothing any
//! more gives up: the story ends with what was told, the file with what was saved. Last of all a thread of its own ends the
//! process, whatever it still waits for. The second Ctrl-C ends it at once.

use std::io::{self, Read as _, Write};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{flag, low_level};

use super::alternate_screen;
use crate::failure::{Code, Failure};
use crate::observe::caller::{Needs, keep};
use crate::text::Message;

/// From Ctrl-C on: so long things are still told and saved. It is enough for what led up to it, wherever telling keeps up.
pub const TELLING: Duration = Duration::from_millis(300);
/// So long a reader or a disk may take for what was told and saved; a run that was asked to end has ended by then
/// (`observe::run`).
pub const WRITING: Duration = Duration::from_millis(650);
/// Then the process ends.
const EXIT: Duration = Duration::from_millis(950);
/// What giving the terminal back may take then.
const GIVE_BACK: Duration = Duration::from_millis(20);

/// Whether the process was asked to end, and since when.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<InterruptState>);

#[derive(Debug, Default)]
struct InterruptState {
    asked: Arc<AtomicBool>,
    /// When somebody saw it first.
    since: OnceLock<Instant>,
}

impl Interrupt {
    /// Takes the signals that ask a process to end. Starts a thread.
    ///
    /// # Errors
    /// Of sigaction, socketpair, clone.
    pub fn install() -> Result<Self, Failure> {
        let interrupt = Self::default();
        interrupt
            .listen()
            .map_err(|error| Failure::of_io(Message::new("error-signals"), &error))?;
        Ok(interrupt)
    }

    fn listen(&self) -> io::Result<()> {
        let (mut heard, says) = UnixStream::pair()?;
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            let asked = &self.0.asked;
            let code = Code::Interrupted.number().into();
            flag::register_conditional_shutdown(signal, code, Arc::clone(asked))?;
            flag::register(signal, Arc::clone(asked))?;
            low_level::pipe::register(signal, says.try_clone()?)?;
        }
        let interrupt = self.clone();
        let ends = move || {
            // It waits and ends: that needs no right.
            if keep(Needs::Nothing).is_err() {
                return;
            }
            if heard.read_exact(&mut [0]).is_ok() {
                let since = interrupt.since();
                thread::sleep(EXIT.saturating_sub(since.elapsed()));
                // Standard output may be what everything waits for.
                let _ = thread::Builder::new().spawn(alternate_screen::give_back);
                thread::sleep(GIVE_BACK);
                low_level::exit(Code::Interrupted.number().into());
            }
        };
        thread::Builder::new()
            .name("interrupt".into())
            .spawn(ends)
            .map(drop)
    }

    /// The process was asked to end.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.0.asked.load(Ordering::Relaxed)
    }

    /// What Ctrl-C sets, for who sees it as a key.
    #[must_use]
    pub fn flag(&self) -> &AtomicBool {
        &self.0.asked
    }

    /// Asks for it, as a key: no signal, so nothing ends the process but itself.
    pub fn ask(&self) {
        self.0.asked.store(true, Ordering::Relaxed);
    }

    /// The process was asked to end longer ago than this. Once so, always so.
    #[must_use]
    pub fn is_over(&self, patience: Duration) -> bool {
        self.is_asked() && self.since().elapsed() >= patience
    }

    fn since(&self) -> Instant {
        *self.0.since.get_or_init(Instant::now)
    }
}

/// Writes until nobody waits for it any more; then it fails ([`io::ErrorKind::TimedOut`]).
pub struct InTime<'i, W>(pub W, pub &'i Interrupt);

impl<W: Write> Write for InTime<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.1.is_over(WRITING) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_begins_when_it_is_asked_for() {
        let interrupt = Interrupt::default();
        assert!(
            !interrupt.is_over(Duration::ZERO),
            "nobody stops a long run"
        );
        interrupt.flag().store(true, Ordering::Relaxed);
        assert!(interrupt.is_over(Duration::ZERO));
        assert!(!interrupt.is_over(Duration::from_hours(1)));
    }

    #[test]
    fn what_takes_too_long_after_ctrl_c_is_not_written_to_its_end() {
        let interrupt = Interrupt::default();
        let mut written = Vec::new();
        let mut out = InTime(&mut written, &interrupt);
        out.write_all(b"before").expect("there is time");
        interrupt.flag().store(true, Ordering::Relaxed);
        out.write_all(b", soon after").expect("there is time");
        let long_ago = Instant::now().checked_sub(WRITING);
        let over = Interrupt::default();
        over.flag().store(true, Ordering::Relaxed);
        over.0
            .since
            .get_or_init(|| long_ago.expect("the machine is up longer"));
        let error = InTime(&mut written, &over)
            .write_all(b"never")
            .expect_err("over");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(written, b"before, soon after");
    }
}
