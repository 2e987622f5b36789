//! A hand-in is written: what was answered, to which recording.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use nix::unistd::fchown;

use super::ask::Answers;
use super::verify::hash;
use super::{Failure, Lesson, Message, Screen, now, shown};
use crate::commands::owner::caller_of_sudo;
use crate::lesson::{HAND_IN_VERSION, HandIn, Run};
use crate::model::Time;

/// A hand-in that will be written when the lesson is over; its file is opened before, so that nobody learns at
/// the end that it cannot be.
pub struct Report {
    path: PathBuf,
    file: File,
    is_new: bool,
    began: Time,
}

impl Report {
    /// Opens the file.
    pub fn begin(path: &Path) -> Result<Self, Failure> {
        let is_new = !path.exists();
        let mut how = OpenOptions::new();
        let file = how.write(true).create(true).truncate(false).open(path);
        let file = file.map_err(|error| refused(path, &error))?;
        if is_new && let Some((uid, gid)) = caller_of_sudo() {
            // On a file system without owners (vfat) the file stays as it is.
            let _ = fchown(&file, Some(uid), Some(gid));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            is_new,
            began: now(),
        })
    }

    /// There is nothing to hand in: leaves nothing behind, and what was there as it was.
    pub fn abandon(self) {
        if self.is_new {
            // Only an empty file of ours is left if this fails.
            let _ = std::fs::remove_file(&self.path);
        }
    }

    /// Writes it: the answers, and the hash of each act's recording.
    pub fn write(
        mut self,
        lesson: &Lesson,
        seed: Option<u64>,
        recordings: &[PathBuf],
        answers: &Answers,
        screen: &Screen,
    ) -> Result<(), Failure> {
        let mut runs = Vec::new();
        for (act, recording) in lesson.acts.iter().zip(recordings) {
            runs.push(Run {
                act: act.name.as_str().into(),
                recording: recording
                    .file_name()
                    .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
                    .into(),
                sha256: hash(recording)
                    .map_err(|error| refused(recording, &error))?
                    .into(),
                answers: answers.of_act(act),
            });
        }
        let hand_in = HandIn {
            format_version: HAND_IN_VERSION,
            program: concat!("sockscope ", env!("CARGO_PKG_VERSION")).into(),
            lesson: lesson.name.clone(),
            lesson_hash: lesson.hash.as_str().into(),
            seed,
            began: self.began,
            ended: now(),
            runs,
        };
        serde_json::to_string_pretty(&hand_in)
            .map_err(std::io::Error::from)
            .and_then(|text| {
                self.file.set_len(0)?;
                self.file.write_all(format!("{text}\n").as_bytes())
            })
            .map_err(|error| refused(&self.path, &error))?;
        let said = Message::new("lesson-report-written").text("path", shown(&self.path));
        screen.print(&format!("\n{}\n", screen.say(&said)))
    }
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::of_io(Message::new("error-save").text("path", shown(path)), error)
}
