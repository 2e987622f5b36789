//! Our sentences as packet comments: added to a copy of a capture, which then takes its place. The capture itself
//! is whole before and after; a crash in between leaves it as it was.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, fchown};

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

    /// Writes the capture `from` with these comments to the file `to`, which may be the same one.
    pub fn write(&self, from: File, to: &Path) -> Result<(), CommentError> {
        let beside = beside(to);
        let written = self.replace(from, to, &beside);
        if written.is_err() {
            // What cannot be removed was not made either.
            let _ = fs::remove_file(&beside);
        }
        written
    }

    /// Writes the capture `from` with these comments to an output.
    pub fn copy(&self, from: File, to: impl Write) -> Result<(), CommentError> {
        let mut output = BufWriter::new(to);
        comment(from, &mut output, |number| {
            self.by_number.get(&number).cloned()
        })?;
        output.flush().map_err(CommentError::Write)
    }

    fn replace(&self, from: File, to: &Path, beside: &Path) -> Result<(), CommentError> {
        let like = fs::metadata(to).or_else(|_| from.metadata());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if let Ok(like) = &like {
            options.mode(like.mode() & 0o777);
        }
        let output = options.open(beside).map_err(CommentError::Write)?;
        if let Ok(like) = &like {
            // Only root may give a file away; everybody else makes files of their own.
            let _ = fchown(
                &output,
                Some(Uid::from_raw(like.uid())),
                Some(Gid::from_raw(like.gid())),
            );
        }
        self.copy(from, output)?;
        fs::rename(beside, to).map_err(CommentError::Write)
    }
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}

/// A regular file can be replaced; a pipe or a device cannot.
pub fn can_replace(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|meta| meta.is_file())
}
