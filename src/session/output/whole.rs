//! A file replaced as a whole: what was there is there until all of the new has been written.
//!
//! The new one is made beside the old and takes its name. Where that cannot be (the folder is not ours to write to, as
//! after `--on lo`; the file is somebody else's, who is to keep it; it is a mount point), the new one is written aside and
//! then copied into the old through the descriptor that was opened early, after room for it was made.

use std::fs::{File, Permissions};
use std::io::{self, Seek as _, Write};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{FallocateFlags, fallocate};
use nix::unistd::geteuid;
use tempfile::{NamedTempFile, PersistError};

use super::Output;

/// What is being written, and comes into its place with [`Self::finish`]; without it nothing was written.
pub struct Replacement<'o> {
    output: &'o mut Output,
    written: Written,
}

enum Written {
    /// Into a pipe or a device: that stays what it is.
    Through,
    /// Into a file in the same folder.
    Beside(NamedTempFile),
    /// Into a file without a name.
    Aside(File),
}

impl Output {
    /// Begins to replace it.
    ///
    /// # Errors
    /// When nothing can be written anywhere.
    pub fn replacement(&mut self) -> io::Result<Replacement<'_>> {
        let written = if self.is_file() {
            match self.beside() {
                Ok(file) => Written::Beside(file),
                Err(error) if is_not_to_be(&error) => Written::Aside(tempfile::tempfile()?),
                Err(error) => return Err(error),
            }
        } else {
            Written::Through
        };
        Ok(Replacement {
            output: self,
            written,
        })
    }

    /// Replaces it by these bytes.
    pub(super) fn replace(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut new = self.replacement()?;
        new.write_all(bytes)?;
        new.finish()
    }

    fn beside(&self) -> io::Result<NamedTempFile> {
        let is_mine = self.meta.uid() == geteuid().as_raw();
        if !is_mine || !self.is_in_place() {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        let name = self.place.file_name().unwrap_or_default();
        let folder = self.place.parent().unwrap_or(Path::new("/"));
        let file = tempfile::Builder::new()
            .prefix(&format!(".{}.", name.to_string_lossy()))
            .tempfile_in(folder)?;
        let mode = self.file.metadata()?.mode() & 0o777;
        file.as_file()
            .set_permissions(Permissions::from_mode(mode))?;
        Ok(file)
    }

    /// Copies all of `from` into it.
    fn fill(&self, mut from: File) -> io::Result<()> {
        let (old, new) = (self.file.metadata()?.len(), from.metadata()?.len());
        let room = fallocate(
            &self.file,
            FallocateFlags::empty(),
            0,
            i64::try_from(new).unwrap_or(i64::MAX).max(1),
        );
        if let Err(errno) = room
            && errno != Errno::EOPNOTSUPP
        {
            self.file.set_len(old)?;
            return Err(errno.into());
        }
        from.rewind()?;
        let mut to = &self.file;
        to.rewind()?;
        io::copy(&mut from, &mut to)?;
        to.set_len(new)
    }
}

/// The folder or the file is not to be changed that way.
fn is_not_to_be(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::PermissionDenied
            | Kind::ReadOnlyFilesystem
            | Kind::ResourceBusy
            | Kind::CrossesDevices
    )
}

impl Write for Replacement<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.written {
            Written::Through => self.output.file.write(bytes),
            Written::Beside(file) => file.write(bytes),
            Written::Aside(file) => file.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Replacement<'_> {
    /// All was written: it takes its place.
    ///
    /// # Errors
    /// When it cannot; then the old one is still there.
    pub fn finish(self) -> io::Result<()> {
        let Self { output, written } = self;
        match written {
            Written::Through => {}
            Written::Aside(file) => output.fill(file)?,
            Written::Beside(file) if !output.is_in_place() => output.fill(file.into_file())?,
            Written::Beside(file) => match file.persist(&output.place) {
                Ok(_) => {}
                Err(PersistError { error, file }) if is_not_to_be(&error) => {
                    output.fill(file.into_file())?;
                }
                Err(failed) => return Err(failed.error),
            },
        }
        output.is_ours_to_remove = false;
        Ok(())
    }
}
