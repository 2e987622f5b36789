//! A run's recording while the run is told: begun with the first fact, closed with a comment for each packet.

use super::recording_file::{RecordingFile, RecordingWriter};
use crate::explain::{Moment, MomentSink as _};
use crate::failure::Failure;
use crate::model::Fact;
use crate::views::{Comments, Options};

/// Where facts are kept.
pub struct RunRecording {
    /// Until the first fact.
    opened: Option<RecordingFile>,
    /// From then on.
    writer: Option<RecordingWriter>,
    comments: Comments,
}

impl RunRecording {
    /// Into this file, with comments in the language of these options.
    #[must_use]
    pub const fn new(opened: RecordingFile, options: Options) -> Self {
        Self {
            opened: Some(opened),
            writer: None,
            comments: Comments::new(options),
        }
    }

    /// Takes the next fact; the next [`Self::commit`] writes it.
    ///
    /// # Errors
    /// When the file cannot be begun.
    pub fn fact(&mut self, fact: &Fact<'_>) -> Result<(), Failure> {
        if let Some(opened) = self.opened.take() {
            self.writer = Some(opened.begin()?);
        }
        if let Some(writer) = &mut self.writer {
            writer.push(fact);
        }
        Ok(())
    }

    /// Writes what was taken.
    ///
    /// # Errors
    /// When the file cannot be written; it then ends with the last whole block.
    pub fn commit(&mut self) -> Result<(), Failure> {
        self.writer.as_mut().map_or(Ok(()), RecordingWriter::commit)
    }

    /// Takes what is said about a packet.
    pub fn moment(&mut self, moment: &Moment) {
        self.comments.moment(moment);
    }

    /// Closes the file and adds the comments.
    ///
    /// # Errors
    /// When the file cannot be written to its end, or has no place for the comments.
    pub fn finish(self) -> Result<(), Failure> {
        match self.writer {
            Some(writer) => writer.finish(&self.comments),
            None => Ok(()),
        }
    }
}
