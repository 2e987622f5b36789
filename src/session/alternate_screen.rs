//! The terminal's alternate screen: taken over, and given back as it was, whatever happens.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::terminal::{self, EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute};

/// The terminal, taken over; given back when this goes.
pub struct AlternateScreen;

/// The terminal is taken over: whoever panics gives it back first.
static TAKEN: AtomicBool = AtomicBool::new(false);

impl AlternateScreen {
    /// Takes it.
    ///
    /// # Errors
    /// When there is no terminal, or it does not obey.
    pub fn enter() -> io::Result<Self> {
        terminal::enable_raw_mode()?;
        TAKEN.store(true, Ordering::Relaxed);
        let taken = Self;
        execute!(io::stdout(), EnterAlternateScreen, cursor::Hide)?;
        Ok(taken)
    }
}

impl Drop for AlternateScreen {
    fn drop(&mut self) {
        give_back();
    }
}

/// Gives the terminal back, if it is taken.
pub fn give_back() {
    if TAKEN.swap(false, Ordering::Relaxed) {
        // There is nobody to tell that a terminal is gone.
        let _ = execute!(io::stdout(), LeaveAlternateScreen, cursor::Show);
        let _ = terminal::disable_raw_mode();
    }
}
