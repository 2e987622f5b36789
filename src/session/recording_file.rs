//! The file that a run is saved in: opened before anything happens, valid at any moment.

use std::fs::File;
use std::io;
use std::path::Path;

use super::console::Console;
use super::interrupt::{InTime, Interrupt, WRITING};
use super::output::{Content, Output, Outputs};
use super::packet_comments;
use crate::failure::{Code, Failure};
use crate::files::CommentError;
use crate::files::pcapng::Recorder;
use crate::model::setting::Place;
use crate::model::{Fact, LinkType, Vantage};
use crate::script::Plan;
use crate::text::Message;
use crate::views::Comments;

/// A file that was opened for a recording, with nothing in it yet. What it held before is gone only when
/// the run begins; dropped before that, it is as it was.
#[derive(Debug)]
pub struct RecordingFile {
    output: Output,
    saved: Vantage,
    interface: String,
}

impl RecordingFile {
    /// Opens the file at `path` for what this plan's saved vantage will see.
    ///
    /// # Errors
    /// When `path` is standard output, or cannot be written without harm.
    pub fn new(path: &Path, plan: &Plan, outputs: &mut Outputs) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Err(Failure::usage(Message::new("error-save-live"))
                .why(Message::new("error-save-live-why"))
                .try_this(Message::new("error-save-live-try")));
        }
        let output = outputs.open(path, Content::Recording)?;
        let (saved, interface) = match plan.place {
            Place::Wire => (Vantage::Host(plan.saved), host_name(plan)),
            Place::PrivateLoopback | Place::MachineLoopback => (Vantage::Loopback, "lo".to_owned()),
        };
        Ok(Self {
            output,
            saved,
            interface,
        })
    }

    /// What was opened.
    #[must_use]
    pub const fn output(&self) -> &Output {
        &self.output
    }

    /// Begins the recording: what the file held before is gone.
    ///
    /// # Errors
    /// When its first block cannot be written.
    pub fn begin(self) -> Result<RecordingWriter, Failure> {
        let Self {
            mut output,
            saved,
            interface,
        } = self;
        let begun = output
            .begin()
            .and_then(|file| Recorder::new(file, saved, &interface, LinkType::ETHERNET));
        match begun {
            Ok(recorder) => Ok(RecordingWriter { output, recorder }),
            Err(error) => {
                output.cut(0);
                Err(output.broken(&error))
            }
        }
    }
}

/// The saved host's name is its interface's name in the file, as Wireshark shows it.
fn host_name(plan: &Plan) -> String {
    plan.hosts
        .get(usize::from(plan.saved.0))
        .map_or_else(String::new, |host| host.name.clone())
}

/// A recording that is being written.
pub struct RecordingWriter {
    output: Output,
    recorder: Recorder<File>,
}

impl RecordingWriter {
    /// Adds a fact to those that the next commit writes.
    pub fn push(&mut self, fact: &Fact<'_>) {
        self.recorder.push(fact);
    }

    /// Writes what was added, as whole blocks. When that fails (the disk is full), the file ends with the last
    /// block that is whole.
    pub fn commit(&mut self) -> Result<(), Failure> {
        self.recorder.commit().map_err(|error| {
            self.output.cut(self.recorder.length());
            self.output.broken(&error)
        })
    }

    /// Closes it, and adds packet comments. Where it cannot be read again (as after `--on lo`, in a
    /// folder that is not for everybody), the recording stands as it is: `explain --save` can add them later.
    /// After Ctrl-C comments are left out as soon as `interrupt` says that they take too long, and that is said.
    ///
    /// # Errors
    /// When there is no place for the comments.
    pub fn finish(
        mut self,
        comments: &Comments,
        interrupt: &Interrupt,
        console: &Console,
    ) -> Result<(), Failure> {
        if !self.output.is_file() {
            return Ok(());
        }
        let added = self.add(comments, interrupt);
        let said = |key| Message::new(key).text("path", self.output.name());
        if interrupt.is_over(WRITING) && added.is_err() {
            console.remark(&said("live-without-sentences"));
            return Ok(());
        }
        added.map_err(|error| {
            Failure::of_io(said("error-save-sentences"), &error)
                .try_this(said("error-save-sentences-try"))
                .with_code(Code::Failed)
        })
    }

    fn add(&mut self, comments: &Comments, interrupt: &Interrupt) -> io::Result<()> {
        let Ok(recorded) = self.output.read() else {
            return Ok(());
        };
        let mut copy = self.output.replacement()?;
        match packet_comments::write(comments, recorded, InTime(&mut copy, interrupt)) {
            Ok(()) => copy.finish(),
            Err(CommentError::Write(error)) => Err(error),
            // What was just written can be read, or somebody else is at it.
            Err(CommentError::Read(_)) => Ok(()),
        }
    }
}
