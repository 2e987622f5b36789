//! A run's recording: saved while the run is made ([`super::stages`]), closed with a comment for each packet.

use super::console::Console;
use super::interrupt::Interrupt;
use super::recording_file::{RecordingFile, RecordingWriter};
use crate::explain::{Moment, MomentSink as _};
use crate::failure::Failure;
use crate::views::{Comments, Options};

/// Where facts are kept.
pub struct RunRecording {
    /// Until the run is made.
    opened: Option<RecordingFile>,
    /// When it has been.
    writer: Option<RecordingWriter>,
    comments: Comments,
    interrupt: Interrupt,
}

impl RunRecording {
    /// Into this file, with comments in the language of these options.
    #[must_use]
    pub fn new(opened: RecordingFile, options: Options) -> Self {
        Self {
            opened: Some(opened),
            writer: None,
            comments: Comments::new(options),
            interrupt: Interrupt::default(),
        }
    }

    /// The file, for whoever saves the run.
    pub fn file(&mut self) -> Option<RecordingFile> {
        self.opened.take()
    }

    /// The run was saved in that; in nothing, where there was no run.
    pub fn saved(&mut self, writer: Option<RecordingWriter>) {
        self.writer = writer;
    }

    /// After Ctrl-C nobody waits for comments longer than `interrupt` says.
    pub fn until_over(&mut self, interrupt: &Interrupt) {
        self.interrupt = interrupt.clone();
    }

    /// Takes what is said about a packet.
    pub fn moment(&mut self, moment: &Moment) {
        self.comments.moment(moment);
    }

    /// Closes the file and adds the comments; says so where there was no time for them.
    ///
    /// # Errors
    /// When the file has no place for the comments.
    pub fn finish(self, console: &Console) -> Result<(), Failure> {
        match self.writer {
            Some(writer) => writer.finish(&self.comments, &self.interrupt, console),
            None => Ok(()),
        }
    }
}
