//! FolderPrograms of an exercise's folder, and the command lines by which programs are started.

use crate::lesson::File;

/// A program of an exercise's folder. How it is started follows from its name alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderProgram {
    /// Its file's name.
    pub name: String,
    /// Its text.
    pub text: String,
    /// It is compiled first.
    pub compiled: bool,
}

impl FolderProgram {
    /// Of a file that we know how to start: Python's and C's.
    #[must_use]
    pub fn of(file: &File) -> Option<Self> {
        let good = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
        let compiled = match super::extension(&file.name) {
            "c" => true,
            "py" => false,
            _ => return None,
        };
        file.name.bytes().all(good).then(|| Self {
            name: file.name.clone(),
            text: file.text.clone(),
            compiled,
        })
    }
}

/// Words as one command line that means just these words to a shell.
#[must_use]
pub fn quoted(words: &[String]) -> String {
    let quoted = words
        .iter()
        .map(|word| format!("'{}'", word.replace('\'', r"'\''")));
    quoted.collect::<Vec<_>>().join(" ")
}

/// Seconds of processor time, files of so many blocks of 512 bytes, open files, processes and threads: what a learner's
/// program may take at most. (Its time by the clock is the exercise's `deadline`.) The kernel counts the processes of
/// the user, not of the program. A limit that is lower already stays. `-u` is bash's word, `-p` dash's.
const LIMITS: &str = "{ ulimit -t 30; ulimit -f 65536; ulimit -n 1024; ulimit -u 4096 || ulimit -p 4096; } 2>/dev/null; ";

/// A command line that runs this one so many times, within limits.
#[must_use]
pub fn limited(program: &str, runs: u8) -> String {
    let again = format!("{program}; ").repeat(usize::from(runs.saturating_sub(1)));
    format!("{LIMITS}{again}exec {program}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_back_the_words_that_were_given() {
        let words = ["a b", "it's", "$(x)"].map(str::to_owned);
        assert_eq!(quoted(&words), r"'a b' 'it'\''s' '$(x)'");
    }

    #[test]
    fn only_files_that_we_know_how_to_start_are_programs() {
        let of = |name: &str| {
            FolderProgram::of(&File {
                name: name.to_owned(),
                path: String::new(),
                text: String::new(),
            })
        };
        assert!(of("solution.py").is_some_and(|program| !program.compiled));
        assert!(of("wrong-a.c").is_some_and(|program| program.compiled));
        for name in ["solution.sh", "solution", "a b.py", "../a.py", "x;y.c"] {
            assert_eq!(of(name), None, "{name}");
        }
    }
}
