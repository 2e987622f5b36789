//! The texts that a lesson is made of, and the mistakes that were found in them.

use crate::notation::Mistake;

/// One file of a lesson.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Its name within the folder: `lesson.toml`, `en.md`.
    pub name: String,
    /// Its path as the user gave it, for messages.
    pub path: String,
    /// What stands in it.
    pub text: String,
}

/// A lesson's folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LessonSource {
    /// The folder's own name: `03-handshake`.
    pub folder: String,
    /// Its files; those of no meaning to a lesson are not looked at.
    pub files: Vec<File>,
}

/// Mistakes of a lesson, each with the file in which it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The files, as far as there are mistakes in them.
    pub files: Vec<(File, Vec<Mistake>)>,
}

impl LessonSource {
    /// The file of this name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The number and the short name that the folder's name says: `03-handshake` is 3 and `handshake`.
    #[must_use]
    pub fn number_and_name(&self) -> (Option<u32>, &str) {
        match self.folder.split_once('-') {
            Some((number, name)) if !number.is_empty() => match number.parse() {
                Ok(number) => (Some(number), name),
                Err(_) => (None, &self.folder),
            },
            _ => (None, &self.folder),
        }
    }

    /// A hash of what the lesson says and does (FNV-1a, 64 bits, in hex): recorded with each run, so that a
    /// recording can be told from one of another edition. It is no proof against somebody who means harm.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut names: Vec<&File> = self.files.iter().collect();
        names.sort_by(|a, b| a.name.cmp(&b.name));
        let all: Vec<u8> = names
            .iter()
            .flat_map(|file| {
                let size = (file.text.len() as u64).to_be_bytes();
                [file.name.as_bytes(), &[0], &size, file.text.as_bytes()].concat()
            })
            .collect();
        format!("{:016x}", fnv(&all))
    }

    /// A file that is not there, for messages about it.
    pub(super) fn missing(&self, name: &str) -> File {
        let folder = self
            .files
            .first()
            .and_then(|file| file.path.strip_suffix(&file.name))
            .unwrap_or("");
        File {
            name: name.to_owned(),
            path: format!("{folder}{name}"),
            text: String::new(),
        }
    }
}

/// FNV-1a, 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Faults {
    /// There are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.iter().all(|(_, mistakes)| mistakes.is_empty())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.iter().map(|(_, mistakes)| mistakes.len()).sum()
    }

    /// Adds the mistakes of a file, in the order in which they stand there.
    pub fn add(&mut self, file: &File, mut mistakes: Vec<Mistake>) {
        if mistakes.is_empty() {
            return;
        }
        match self
            .files
            .iter_mut()
            .find(|(known, _)| known.path == file.path)
        {
            Some((_, all)) => all.append(&mut mistakes),
            None => self.files.push((file.clone(), mistakes)),
        }
        for (_, all) in &mut self.files {
            all.sort_by_key(|mistake| (mistake.span.start, mistake.span.end));
            all.dedup();
        }
    }

    /// Adds all of another's.
    pub fn append(&mut self, other: Self) {
        for (file, mistakes) in other.files {
            self.add(&file, mistakes);
        }
    }
}
