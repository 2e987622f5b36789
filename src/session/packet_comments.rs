//! Our sentences as packet comments: added to a copy of a capture, which then takes its place. The capture itself
//! is whole before and after; a crash in between leaves it as it was.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};

use crate::files::pcapng::{CommentError, comment};

/// Comments that are kept in memory take no more than this; packets behind that have none.
const MOST: usize = 16 * 1024 * 1024;

/// Comments by packet number.
#[derive(Debug, Default)]
pub struct Sentences {
    by_number: BTreeMap<u32, String>,
    size: usize,
}

impl Sentences {
    /// Adds one.
    pub fn add(&mut self, number: u32, text: String) {
        self.size += text.len() + 64;
        if self.size <= MOST {
            self.by_number.insert(number, text);
        }
    }

    /// Writes the capture `from` with these comments to an output.
    pub fn write(&self, from: File, to: impl Write) -> Result<(), CommentError> {
        let mut output = BufWriter::new(to);
        comment(from, &mut output, |number| {
            self.by_number.get(&number).cloned()
        })?;
        output.flush().map_err(CommentError::Write)
    }
}
