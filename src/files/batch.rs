//! Frames by the bufferful, for a thread that follows them while another one reads.

use std::io::Read;

use super::error::ReadError;
use super::read::{ReadStep, Reader};
use super::record::FrameAt;
use crate::model::Frame;

/// Frames that came in one read, with the buffer that they stand in.
#[derive(Debug, Default)]
pub struct Batch {
    buffer: Vec<u8>,
    frames: Vec<FrameAt>,
    taken: u64,
}

impl Batch {
    /// The frames, in the order of the file.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = Frame<'_>> {
        self.frames
            .iter()
            .map(|frame| frame.over(&self.buffer[frame.place..frame.place + frame.len]))
    }

    /// How much of the input had been taken then, in bytes as they stand in the (compressed) file.
    pub fn taken(&self) -> u64 {
        self.taken
    }
}

impl<R: Read> Reader<R> {
    /// The next packets of the file, as many as are there without waiting for more; none at the end. Of a recording the other
    /// facts are passed over. The memory of `used` is used again.
    ///
    /// # Errors
    /// When the system fails; frames that were read before have been given out then. What is wrong with the file itself
    /// is a warning.
    pub fn batch(&mut self, used: Batch) -> Result<Option<Batch>, ReadError> {
        let mut frames = used.frames;
        frames.clear();
        // The first may be waited for; after it only what is buffered is taken.
        while frames.is_empty() {
            match self.step()? {
                ReadStep::Frame => frames.push(self.current),
                ReadStep::Fact(_) => {}
                ReadStep::End => return Ok(None),
            }
        }
        self.input.pause(true);
        while let Some(step) = self.go()? {
            match step {
                ReadStep::Frame => frames.push(self.current),
                ReadStep::Fact(fact) => drop(fact),
                ReadStep::End => break,
            }
        }
        self.input.pause(false);
        Ok(Some(Batch {
            buffer: self.input.exchange(used.buffer),
            frames,
            taken: self.taken(),
        }))
    }
}
