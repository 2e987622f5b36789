//! Standard output, written by a thread that can be left behind.
//!
//! A reader who does not read blocks whoever writes, and standard output must not be made non-blocking: it belongs to
//! everybody who has the same open file description (open(2)), a shell for example. So one thread writes, another waits for
//! it, and where that has waited enough the process ends with the write still under way.

use std::io::{self, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::Duration;

use crate::observe::caller::{Needs, keep};

use super::interrupt::{Interrupt, WRITING};

/// Between two looks whether there is still time.
const LOOK: Duration = Duration::from_millis(20);

/// A thread that writes, and whoever waits for it.
#[derive(Debug)]
pub struct Printer {
    texts: Sender<Vec<u8>>,
    written: Receiver<io::Result<()>>,
    interrupt: Interrupt,
}

impl Printer {
    /// Starts the thread.
    ///
    /// # Errors
    /// Of clone.
    pub fn new(interrupt: &Interrupt) -> io::Result<Self> {
        let (texts, asked) = channel::<Vec<u8>>();
        let (says, written) = channel();
        thread::Builder::new()
            .name("printer".into())
            .spawn(move || {
                // What it writes to is open: it needs no right.
                if keep(Needs::Nothing).is_err() {
                    return;
                }
                for text in asked {
                    if says.send(write(&text)).is_err() {
                        break;
                    }
                }
            })?;
        Ok(Self {
            texts,
            written,
            interrupt: interrupt.clone(),
        })
    }

    /// Writes it, and waits until that is done. None when there was no time for it any more: nothing further is to be
    /// written then.
    pub fn print(&self, text: &[u8]) -> Option<io::Result<()>> {
        self.texts.send(text.to_vec()).ok()?;
        loop {
            match self.written.recv_timeout(LOOK) {
                Ok(written) => return Some(written),
                Err(RecvTimeoutError::Timeout) if !self.interrupt.is_over(WRITING) => {}
                Err(_) => return None,
            }
        }
    }
}

/// Writes to standard output at once.
///
/// # Errors
/// Of write.
pub fn write(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text).and_then(|()| out.flush())
}
