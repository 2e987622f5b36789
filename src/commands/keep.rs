//! The file that a run is saved in: opened before anything happens, valid at any moment, and the caller's.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use nix::unistd::fchown;

use super::annotate::{Sentences, Target};
use super::owner::caller_of_sudo;
use crate::failure::{Code, Failure};
use crate::files::pcapng::Recorder;
use crate::model::setting::Place;
use crate::model::{Fact, LinkType, Vantage};
use crate::script::Plan;
use crate::text::Message;

/// A file that was opened for a recording, with nothing in it yet. What it held before is gone only when
/// the run begins.
#[derive(Debug)]
pub struct Opened {
    path: PathBuf,
    file: File,
    is_new: bool,
    saved: Vantage,
    interface: String,
}

impl Opened {
    /// Opens it with the rights of the caller; under sudo it then belongs to who called sudo.
    pub fn new(path: &Path, plan: &Plan) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Err(Failure::usage(Message::new("error-save-live"))
                .why(Message::new("error-save-live-why"))
                .try_this(Message::new("error-save-live-try")));
        }
        let is_new = !path.exists();
        let file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| {
                Failure::of_io(Message::new("error-save").text("path", shown(path)), &error)
            })?;
        if is_new && let Some((uid, gid)) = caller_of_sudo() {
            // On a file system without owners (vfat) the file stays as it is: no reason not to run.
            let _ = fchown(&file, Some(uid), Some(gid));
        }
        let (saved, interface) = match plan.place {
            Place::Wire => (Vantage::Host(plan.saved), host_name(plan)),
            Place::PrivateLoopback | Place::MachineLoopback => (Vantage::Loopback, "lo".to_owned()),
        };
        Ok(Self {
            path: path.to_owned(),
            file,
            is_new,
            saved,
            interface,
        })
    }

    /// Begins the recording.
    pub fn begin(self) -> Result<Kept, Failure> {
        let broken = |error| broken(&self.path, &error);
        if self.file.metadata().is_ok_and(|meta| meta.is_file()) {
            self.file.set_len(0).map_err(broken)?;
        }
        let recorder = Recorder::new(self.file, self.saved, &self.interface, LinkType::ETHERNET)
            .map_err(broken)?;
        Ok(Kept {
            path: self.path,
            recorder,
        })
    }

    /// There was nothing to record: leaves nothing behind.
    pub fn abandon(self) {
        if self.is_new {
            // Only an empty file of ours is left if this fails.
            let _ = std::fs::remove_file(&self.path);
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
pub struct Kept {
    path: PathBuf,
    recorder: Recorder<File>,
}

impl Kept {
    /// Adds a fact to those that the next commit writes.
    pub fn push(&mut self, fact: &Fact<'_>) {
        self.recorder.push(fact);
    }

    /// Writes what was added, as whole blocks.
    pub fn commit(&mut self) -> Result<(), Failure> {
        self.recorder
            .commit()
            .map_err(|error| broken(&self.path, &error))
    }

    /// Closes it, and adds sentences as packet comments. Where they cannot be added (the folder is not ours to
    /// write to, as after `--on lo`), the recording stands as it is: `explain --save` can add them later.
    pub fn finish(self, sentences: Option<&Sentences>) -> Result<(), Failure> {
        let path = self.path;
        self.recorder
            .finish()
            .and_then(|mut file| file.flush())
            .map_err(|error| broken(&path, &error))?;
        if let Some(sentences) = sentences
            && path.is_file()
            && let Ok(mut target) = Target::new(&path)
        {
            let _ = File::open(&path).map(|file| sentences.write(file, &mut target));
        }
        Ok(())
    }
}

fn broken(path: &Path, error: &std::io::Error) -> Failure {
    let what = Message::new("error-save-broken").text("path", shown(path));
    Failure::of_io(what, error).with_code(Code::Failed)
}

/// A path as a person may see it.
#[must_use]
pub fn shown(path: &Path) -> String {
    crate::views::visible::text(&path.to_string_lossy())
}
