//! A capture that somebody named: opened, read packet by packet, and what could not be read of it.

pub(crate) mod packets;
pub(crate) mod warnings;

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek as _};
use std::os::fd::AsFd as _;
use std::path::Path;

use super::shown;
use crate::failure::Failure;
use crate::files::ReadError;
use crate::text::Message;

/// An input that was opened.
pub struct CaptureInput {
    /// What it holds, from its beginning.
    pub bytes: Box<dyn Read + Send>,
    /// The same from the beginning, for who reads it twice.
    pub again: Option<File>,
    /// Asked of the open descriptor, not of the path.
    pub meta: Metadata,
}

/// The input; with `twice`, also the same input for reading it from the beginning again.
pub fn open(path: &Path, twice: bool) -> Result<CaptureInput, Failure> {
    let of_io = |error: io::Error| refused(path, &error);
    let (bytes, meta): (Box<dyn Read + Send>, _) = if path.as_os_str() == "-" {
        let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
        let meta = stdin.and_then(|file| file.metadata()).map_err(of_io)?;
        (Box::new(io::stdin()), meta)
    } else {
        let file = File::open(path).map_err(of_io)?;
        let meta = file.metadata().map_err(of_io)?;
        if meta.is_dir() {
            return Err(of_io(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        if twice && meta.is_file() {
            let again = Some(File::open(path).map_err(of_io)?);
            let bytes = Box::new(file);
            return Ok(CaptureInput { bytes, again, meta });
        }
        (Box::new(file), meta)
    };
    if !twice {
        let again = None;
        return Ok(CaptureInput { bytes, again, meta });
    }
    // A pipe can be read only once: what comes is put aside in a file that nobody sees.
    let aside = aside(bytes).map_err(of_io)?;
    let again = Some(aside.try_clone().map_err(of_io)?);
    let bytes = Box::new(aside);
    Ok(CaptureInput { bytes, again, meta })
}

fn aside(mut input: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut input, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// It cannot be opened.
pub fn refused(path: &Path, error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-open").text("path", shown(path)), error)
}

/// It cannot be read, or is no capture.
pub fn of_read(path: &Path, error: ReadError) -> Failure {
    let path = shown(path);
    match error {
        ReadError::Io { source, .. } => {
            Failure::of_io(Message::new("error-open").text("path", path), &source)
        }
        ReadError::Empty => Failure::usage(Message::new("error-not-capture").text("path", path))
            .why(Message::new("error-empty-file")),
        ReadError::Unknown { .. } => {
            Failure::usage(Message::new("error-not-capture").text("path", path))
                .why(Message::new("error-unknown-format"))
                .try_this(Message::new("error-unknown-format-try"))
        }
        ReadError::Compressed { why } => {
            Failure::usage(Message::new("error-not-capture").text("path", path))
                .why(Message::new("error-plain").text("text", why))
        }
    }
}
