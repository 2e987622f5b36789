//! Our sentences as packet comments: added to a copy of a capture, which then takes its place. The capture itself
//! is whole before and after; a crash in between leaves it as it was.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, fchown};

use super::owner::caller_of_sudo;
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

    /// Writes the capture `from` with these comments to where `to` goes, which may be the same file.
    pub fn write(&self, from: File, to: &mut Target) -> Result<(), CommentError> {
        match to {
            Target::Stdout => self.copy(from, io::stdout().lock()),
            Target::Into(file) => self.copy(from, file),
            Target::Replaced(path) => {
                let beside = beside(path);
                let written = self.replace(from, path, &beside);
                if written.is_err() {
                    // What cannot be removed was not made either.
                    let _ = fs::remove_file(&beside);
                }
                written
            }
        }
    }

    /// Writes the capture `from` with these comments to an output.
    fn copy(&self, from: File, to: impl Write) -> Result<(), CommentError> {
        let mut output = BufWriter::new(to);
        comment(from, &mut output, |number| {
            self.by_number.get(&number).cloned()
        })?;
        output.flush().map_err(CommentError::Write)
    }

    fn replace(&self, from: File, to: &Path, beside: &Path) -> Result<(), CommentError> {
        let old = fs::metadata(to).ok();
        let like = old.clone().or_else(|| from.metadata().ok());
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        if let Some(like) = &like {
            options.mode(like.mode() & 0o777);
        }
        let output = options.open(beside).map_err(CommentError::Write)?;
        let owner = |of: &Metadata| (Uid::from_raw(of.uid()), Gid::from_raw(of.gid()));
        let caller = caller_of_sudo().filter(|_| old.is_none());
        if let Some((uid, gid)) = caller.or_else(|| like.as_ref().map(owner)) {
            // Only root may give a file away; everybody else makes files of their own.
            let _ = fchown(&output, Some(uid), Some(gid));
        }
        self.copy(from, output)?;
        fs::rename(beside, to).map_err(CommentError::Write)
    }
}

/// Where a copy goes: found out before it is worth telling anything, and never by making something.
#[derive(Debug)]
pub enum Target {
    /// Standard output.
    Stdout,
    /// A device or a pipe: what is written goes into it, and it stays what it is.
    Into(File),
    /// A regular file, or none yet: the copy is made beside it and takes its place. Not a link, but what it leads to.
    Replaced(PathBuf),
}

impl Target {
    /// The place that a path names; `-` is standard output.
    ///
    /// # Errors
    /// When it cannot be written to, as the system says it.
    pub fn new(path: &Path) -> io::Result<Self> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        match OpenOptions::new().write(true).open(path) {
            Ok(file) if file.metadata()?.is_file() => Ok(Self::Replaced(path.canonicalize()?)),
            Ok(file) => Ok(Self::Into(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let beside = beside(path);
                OpenOptions::new()
                    .write(true)
                    .create_new(true)
                    .open(&beside)?;
                fs::remove_file(beside)?;
                Ok(Self::Replaced(path.to_owned()))
            }
            Err(error) => Err(error),
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}", std::process::id()))
}
