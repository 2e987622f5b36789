//! Writing a hand-in: what was answered, and about which recording.

use std::path::{Path, PathBuf};

use super::answers::Answers;
use super::verify::hash;
use super::{Console, Failure, Lesson, Message, now, shown};
use crate::lesson::{HAND_IN_VERSION, HandIn, HandInRun};
use crate::model::Time;
use crate::session::output::{Content, Output, Outputs};

/// A hand-in that will be written when the lesson is over; its file is opened before, so that nobody learns at
/// the end that it cannot be.
pub struct Report {
    path: PathBuf,
    output: Output,
    began: Time,
}

impl Report {
    /// Opens the file. When nothing comes to be handed in, it is as it was.
    pub fn begin(path: &Path, outputs: &mut Outputs) -> Result<Self, Failure> {
        Ok(Self {
            path: path.to_owned(),
            output: outputs.open(path, Content::HandIn)?,
            began: now(),
        })
    }

    /// Writes it: the answers, and the hash of each act's recording.
    pub fn write(
        self,
        lesson: &Lesson,
        seed: Option<u64>,
        recordings: &[PathBuf],
        answers: &Answers,
        console: &Console,
    ) -> Result<(), Failure> {
        let mut runs = Vec::new();
        for (act, recording) in lesson.acts.iter().zip(recordings) {
            runs.push(HandInRun {
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
        let text = serde_json::to_string_pretty(&hand_in)
            .map_err(|error| refused(&self.path, &error.into()))?;
        self.output.put(format!("{text}\n").as_bytes())?;
        let said = Message::new("lesson-report-written").text("path", shown(&self.path));
        console.print(&format!("\n{}\n", console.say(&said)))
    }
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::of_io(Message::new("error-save").text("path", shown(path)), error)
}
