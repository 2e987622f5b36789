//! Opening a regular file to read: where a file is expected, anything else is refused at once.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use nix::fcntl::OFlag;

/// Opens it. What it is is asked of the open descriptor, so that nobody can put something else in its place; until
/// then a pipe without a writer keeps nobody waiting, and a terminal does not become ours. For a regular file the
/// flags mean nothing.
///
/// # Errors
/// What the system says; [`io::ErrorKind::IsADirectory`]; [`io::ErrorKind::NotSeekable`] for pipes, sockets and devices.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let flags = OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits())
        .open(path);
    let file = opened.map_err(
        |error| match error.raw_os_error().map(nix::Error::from_raw) {
            // A socket, and a device that is not there.
            Some(nix::Error::ENXIO | nix::Error::ENODEV) => io::ErrorKind::NotSeekable.into(),
            _ => error,
        },
    )?;
    let kind = file.metadata()?.file_type();
    if kind.is_file() {
        Ok(file)
    } else if kind.is_dir() {
        Err(io::ErrorKind::IsADirectory.into())
    } else {
        Err(io::ErrorKind::NotSeekable.into())
    }
}

/// A regular file's text, of at most `most` bytes.
///
/// # Errors
/// As [`open`]; [`io::ErrorKind::FileTooLarge`]; [`io::ErrorKind::InvalidData`] when it is not UTF-8.
pub(crate) fn text(path: &Path, most: u64) -> io::Result<String> {
    let mut text = String::new();
    // One byte more than it may have: a file may grow while it is read.
    let read = open(path)?.take(most + 1).read_to_string(&mut text)?;
    if read as u64 > most {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}
