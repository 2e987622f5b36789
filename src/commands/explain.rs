//! `sockscope explain`: a file, told.

mod objects;
mod packets;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::annotate::Sentences;
use super::keep::shown;
use super::plot::Plot;
use super::tell::Teller;
use super::{Ending, Screen};
use crate::cli::{Explain, Format};
use crate::failure::Failure;
use crate::files::pcapng::CommentError;
use crate::files::{ReadError, Reader};
use crate::text::Message;

/// Tells it as it was told live.
pub fn run(args: &Explain, screen: &Screen) -> Result<Ending, Failure> {
    let path = args.file.as_path();
    let mut reader = Reader::new(open(path)?).map_err(|error| of_read(path, error))?;
    let story_is_wanted = args.plot.is_some() || args.save.is_some();
    if !reader.is_recording() && args.show.format == Format::Json && !story_is_wanted {
        return objects::run(&mut reader, screen)?.map_err(|error| of_read(path, error));
    }
    let plot = args
        .plot
        .as_deref()
        .map(|path| Plot::new(path, args.stream))
        .transpose()?;
    let mut teller = Teller::new(screen, &args.show, None).plotting(plot);
    if args.save.is_some() {
        teller = teller.commenting();
    }
    while let Some(fact) = reader.next().map_err(|error| of_read(path, error))? {
        teller.fact(&fact)?;
        teller.tell()?;
        if screen.is_closed() {
            return Ok(Ending::Done);
        }
    }
    let told = teller.finish()?;
    if let Some(to) = &args.save {
        save(&told.sentences, path, to)?;
    }
    Ok(Ending::Done)
}

/// The same packets with our sentences as comments.
fn save(sentences: &Sentences, from: &Path, to: &Path) -> Result<(), Failure> {
    sentences.write(from, to).map_err(|error| match error {
        CommentError::Read(error) => of_read(from, error),
        CommentError::Write(error) => {
            Failure::of_io(Message::new("error-save").text("path", shown(to)), &error)
        }
    })
}

fn open(path: &Path) -> Result<Box<dyn Read>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(io::stdin().lock()));
    }
    let refused =
        |error| Failure::of_io(Message::new("error-open").text("path", shown(path)), &error);
    let file = File::open(path).map_err(refused)?;
    if file.metadata().is_ok_and(|meta| meta.is_dir()) {
        return Err(refused(io::Error::from(io::ErrorKind::IsADirectory)));
    }
    Ok(Box::new(file))
}

fn of_read(path: &Path, error: ReadError) -> Failure {
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
