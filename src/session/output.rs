//! Whatever a command writes into: opened before anything happens, changed only when there is something to put
//! there, and left as it was found when there is not.
//!
//! What is at a path is looked at through the descriptor that was opened, never by its name before: between a look
//! and an opening the name may come to mean something else. A file is written with the rights of who runs this
//! and is theirs; nothing is given away, and nothing is removed but what was made here and is still empty.

mod open;
mod ours;
mod whole;

use std::fs::{self, File, Metadata};
use std::io::{self, IsTerminal as _};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::console::Console;
use super::shown;
use crate::failure::{Code, Failure};
use crate::text::Message;
pub use ours::Content;

/// The inputs and outputs of one command. No two of them may be one file, whatever their paths look like.
#[derive(Debug)]
pub struct Outputs {
    /// Also what is no file of our kind is overwritten.
    force: bool,
    /// What is open so far, and how the caller named it.
    open: Vec<(FileIdentity, String)>,
}

impl Outputs {
    /// Knows the standard outputs; `force`: what is there is overwritten, whatever it is.
    #[must_use]
    pub fn new(force: bool, console: &Console) -> Self {
        let known = |fd: BorrowedFd<'_>, key| {
            let file = File::from(fd.try_clone_to_owned().ok()?);
            let identity = FileIdentity::of(&file.metadata().ok()?)?;
            Some((identity, console.catalogue.word(key)))
        };
        let stdout = known(io::stdout().as_fd(), "error-name-stdout");
        let stderr = known(io::stderr().as_fd(), "error-name-stderr");
        Self {
            force,
            open: stdout.into_iter().chain(stderr).collect(),
        }
    }

    /// Takes in what is read from, by its descriptor's metadata.
    ///
    /// # Errors
    /// When it is written to as well.
    pub fn reads(&mut self, path: &Path, meta: &Metadata) -> Result<(), Failure> {
        self.take(meta, shown(path))
    }

    /// Opens an output; what it holds stays until it is written.
    ///
    /// # Errors
    /// When it cannot be written, is one with something else of this command, or holds what is not to be lost.
    pub fn open(&mut self, path: &Path, what: Content) -> Result<Output, Failure> {
        let output = Output::open(path)?;
        self.take(&output.meta, format!("{} {}", what.option(), shown(path)))?;
        if !self.force && !output.may_become(what) {
            let exists = Message::new("error-foreign-file").text("path", shown(path));
            return Err(Failure::usage(exists.text("what", what.name()))
                .try_this(Message::new("error-foreign-file-try").text("option", what.option())));
        }
        Ok(output)
    }

    /// Opens what a copy of an input goes into. That may be the input itself, if it is a file: it is replaced when all
    /// of it has been read. A new file is as private as the input.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_copy(&mut self, path: &Path, of: &Metadata) -> Result<Output, Failure> {
        if of.is_file() {
            let input = FileIdentity::whatever(of);
            self.open.retain(|(known, _)| *known != input);
        }
        let output = self.open(path, Content::Recording)?;
        if output.is_ours_to_remove && of.is_file() {
            let private = output.file.set_permissions(of.permissions());
            private.map_err(|error| open::refused(path, &error))?;
        }
        Ok(output)
    }

    fn take(&mut self, meta: &Metadata, name: String) -> Result<(), Failure> {
        let Some(identity) = FileIdentity::of(meta) else {
            return Ok(());
        };
        if let Some((_, other)) = self.open.iter().find(|(known, _)| *known == identity) {
            let one = Message::new("error-one-file").text("one", other.clone());
            return Err(Failure::usage(one.text("other", name))
                .why(Message::new("error-one-file-why"))
                .try_this(Message::new("error-one-file-try")));
        }
        self.open.push((identity, name));
        Ok(())
    }
}

/// Which file it is, by whatever name: the device that it is on, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileIdentity(u64, u64);

impl FileIdentity {
    /// None of what takes any number of writers (/dev/null, a terminal).
    fn of(meta: &Metadata) -> Option<Self> {
        let kind = meta.file_type();
        (kind.is_file() || kind.is_fifo()).then(|| Self::whatever(meta))
    }

    fn whatever(meta: &Metadata) -> Self {
        Self(meta.dev(), meta.ino())
    }
}

/// One output: a regular file, a pipe that somebody reads, or a character device.
#[derive(Debug)]
pub struct Output {
    /// As it was asked for.
    path: PathBuf,
    /// Where it is, without links.
    place: PathBuf,
    file: File,
    /// As it was found.
    meta: Metadata,
    /// It was not there before, and holds nothing yet: it goes when nothing comes.
    is_ours_to_remove: bool,
}

impl Output {
    fn open(path: &Path) -> Result<Self, Failure> {
        let opened = open::open(path).map_err(|error| open::refused(path, &error))?;
        let meta = opened.file.metadata();
        let output = Self {
            path: path.to_owned(),
            place: fs::canonicalize(&opened.place).unwrap_or(opened.place),
            meta: meta.map_err(|error| open::refused(path, &error))?,
            file: opened.file,
            is_ours_to_remove: opened.is_new,
        };
        let kind = output.meta.file_type();
        // Packets hold what others sent, and a terminal would obey it; one that was just made has nobody who reads.
        if output.file.is_terminal() {
            return Err(open::terminal(path));
        }
        if kind.is_file() || kind.is_fifo() || kind.is_char_device() {
            open::wait_when_writing(&output.file).map_err(|error| open::refused(path, &error))?;
            return Ok(output);
        }
        Err(open::no_output(path))
    }

    /// It can be read again when it has been written.
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.meta.is_file()
    }

    /// It is a pipe: what is written is gone.
    #[must_use]
    pub fn is_pipe(&self) -> bool {
        self.meta.file_type().is_fifo()
    }

    /// Nothing is lost when it becomes that.
    fn may_become(&self, what: Content) -> bool {
        let holds_something = self.is_file() && self.meta.len() > 0;
        !holds_something || self.read().is_ok_and(|file| what.is(file))
    }

    /// Empties it, to be written piece by piece. What was there is gone.
    pub fn begin(&mut self) -> io::Result<File> {
        if self.is_file() {
            self.file.set_len(0)?;
        }
        self.file.try_clone()
    }

    /// After a write that failed: keeps the first `length` bytes, the others are a part of something.
    pub fn cut(&self, length: u64) {
        if self.is_file() {
            // The error that led here is the one that is told.
            let _ = self.file.set_len(length);
        }
    }

    /// Opens it once more, from its beginning.
    ///
    /// # Errors
    /// When it may not be read, or something else has its name by now.
    pub fn read(&self) -> io::Result<File> {
        let file = open::to_read(&self.place)?;
        let same = FileIdentity::whatever(&file.metadata()?) == FileIdentity::whatever(&self.meta);
        same.then_some(file)
            .ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }

    /// Writes the whole of it; what was there before is there until then.
    ///
    /// # Errors
    /// When that failed (exit code 1): what was there is still there.
    pub fn put(mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.replace(bytes).map_err(|error| self.broken(&error))
    }

    /// As a person may see its path.
    #[must_use]
    pub fn name(&self) -> String {
        shown(&self.path)
    }

    /// It could not be written to its end (exit code 1).
    #[must_use]
    pub fn broken(&self, error: &io::Error) -> Failure {
        let what = Message::new("error-save-broken").text("path", self.name());
        Failure::of_io(what, error).with_code(Code::Failed)
    }

    /// Its name still means it.
    fn is_in_place(&self) -> bool {
        fs::symlink_metadata(&self.place)
            .is_ok_and(|meta| FileIdentity::whatever(&meta) == FileIdentity::whatever(&self.meta))
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let is_empty = || self.file.metadata().is_ok_and(|meta| meta.len() == 0);
        if self.is_ours_to_remove && is_empty() && self.is_in_place() {
            // Only an empty file of ours is left if this fails.
            let _ = fs::remove_file(&self.place);
        }
    }
}

/// A write beyond `ulimit -f` fails with EFBIG instead of ending the process. By a handler that does nothing: programs
/// that are run do not inherit it, as they would inherit that the signal is ignored.
pub fn hear_of_limits() {
    let handled = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    // Without it the process ends as any other does at that limit.
    drop(handled);
}
