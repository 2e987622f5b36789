//! Ctrl-Z and fg: the terminal is the shell's in between.
//!
//! In raw mode Ctrl-Z is a key; from outside SIGTSTP may come all the same, and after SIGSTOP (which nobody sees) SIGCONT.

use std::io;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::{SIGCONT, SIGTSTP};
use signal_hook::{flag, low_level};

/// What signals have set. Handlers stay for ever: with no viewer open they do what the kernel would.
static FLAGS: OnceLock<JobFlags> = OnceLock::new();

struct JobFlags {
    to_stop: Arc<AtomicBool>,
    continued: Arc<AtomicBool>,
    /// No viewer has the terminal.
    closed: Arc<AtomicBool>,
}

/// As long as it lives, a stop waits until the terminal was given back.
pub struct JobControl(&'static JobFlags);

impl JobControl {
    /// Takes the two signals.
    ///
    /// # Errors
    /// Of sigaction.
    pub fn install() -> io::Result<Self> {
        let flags = match FLAGS.get() {
            Some(flags) => flags,
            None => {
                let made = JobFlags {
                    to_stop: Arc::default(),
                    continued: Arc::default(),
                    closed: Arc::default(),
                };
                flag::register_conditional_default(SIGTSTP, Arc::clone(&made.closed))?;
                flag::register(SIGTSTP, Arc::clone(&made.to_stop))?;
                flag::register(SIGCONT, Arc::clone(&made.continued))?;
                FLAGS.get_or_init(|| made)
            }
        };
        flags.closed.store(false, Ordering::Relaxed);
        flags.to_stop.store(false, Ordering::Relaxed);
        flags.continued.store(false, Ordering::Relaxed);
        Ok(Self(flags))
    }

    /// Somebody asked for a stop. Asked once.
    #[must_use]
    pub fn is_to_stop(&self) -> bool {
        self.0.to_stop.swap(false, Ordering::Relaxed)
    }

    /// It was stopped, and goes on. Asked once.
    #[must_use]
    pub fn has_continued(&self) -> bool {
        self.0.continued.swap(false, Ordering::Relaxed)
    }

    /// Stops here, with the terminal given back, until somebody sends SIGCONT.
    ///
    /// # Errors
    /// Of kill.
    pub fn stop(&self) -> io::Result<()> {
        low_level::emulate_default_handler(SIGTSTP)?;
        self.0.continued.store(false, Ordering::Relaxed);
        self.0.to_stop.store(false, Ordering::Relaxed);
        Ok(())
    }
}

impl Drop for JobControl {
    fn drop(&mut self) {
        self.0.closed.store(true, Ordering::Relaxed);
    }
}
