//! Opening what is to be written, without harm to what is there and without waiting for anybody.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileTypeExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};

use crate::failure::Failure;
use crate::session::shown;
use crate::text::Message;

/// So many links that lead to nothing yet are followed, as the kernel follows others.
const LINKS: usize = 40;

/// What was opened, nothing of it touched.
pub struct OpenedOutput {
    pub file: File,
    /// Where it is: where a link leads to, if it was made there.
    pub place: PathBuf,
    pub is_new: bool,
}

/// Opens what is there, else makes a file. Whether it was made is known, not guessed: a name is made by
/// nobody but us, or not at all.
pub fn open(path: &Path) -> io::Result<OpenedOutput> {
    let mut place = path.to_owned();
    for _ in 0..LINKS {
        not_a_disk(&place)?;
        for make in [false, true] {
            let done = if make {
                io::ErrorKind::AlreadyExists
            } else {
                io::ErrorKind::NotFound
            };
            match options().write(true).create_new(make).open(&place) {
                Err(error) if error.kind() == done => {}
                opened => {
                    return opened.map(|file| OpenedOutput {
                        file,
                        place,
                        is_new: make,
                    });
                }
            }
        }
        // It is there and is not: a link to nothing yet. Otherwise somebody was faster, and it is there now.
        if let Ok(to) = fs::read_link(&place) {
            place = place.parent().unwrap_or(Path::new("")).join(to);
        }
    }
    Err(Errno::ELOOP.into())
}

/// To open a block device is to do something to it already (a driver makes it, tables are read again). What is opened
/// in the end is looked at once more.
fn not_a_disk(place: &Path) -> io::Result<()> {
    let mut look = OpenOptions::new();
    look.read(true).custom_flags(OFlag::O_PATH.bits());
    match look.open(place).and_then(|file| file.metadata()) {
        Ok(meta) if meta.file_type().is_block_device() => Err(Errno::ENXIO.into()),
        _ => Ok(()),
    }
}

/// Opens it for reading; a pipe does not wait for who writes.
pub fn to_read(place: &Path) -> io::Result<File> {
    options().read(true).open(place)
}

/// Waits for nobody at the other end, and takes no terminal as its own.
fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.custom_flags((OFlag::O_NONBLOCK | OFlag::O_NOCTTY).bits());
    options
}

/// From here on a full pipe is waited for.
pub fn wait_when_writing(file: &File) -> io::Result<()> {
    let flags = OFlag::from_bits_retain(fcntl(file, FcntlArg::F_GETFL)?);
    fcntl(file, FcntlArg::F_SETFL(flags - OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Why it was not opened.
pub fn refused(path: &Path, error: &io::Error) -> Failure {
    if error.raw_os_error() != Some(Errno::ENXIO as i32) {
        return Failure::of_io(what(path), error);
    }
    // Only for the words: it has been refused already.
    if fs::metadata(path).is_ok_and(|meta| meta.file_type().is_fifo()) {
        return Failure::usage(what(path))
            .why(Message::new("error-no-reader"))
            .try_this(Message::new("error-no-reader-try").text("path", shown(path)));
    }
    no_output(path)
}

/// It is nothing that is written to.
pub fn no_output(path: &Path) -> Failure {
    Failure::usage(what(path)).why(Message::new("error-no-output"))
}

/// It is a terminal.
pub fn terminal(path: &Path) -> Failure {
    Failure::usage(what(path)).why(Message::new("error-output-terminal"))
}

fn what(path: &Path) -> Message {
    Message::new("error-save").text("path", shown(path))
}
