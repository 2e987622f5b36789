//! Exercises: tasks for a learner's own program, which is run against a script of ours and marked by expectations.
//!
//! An exercise is a folder `lessons/exercises/NAME/`. Its `exercise.toml` is a lesson's file with one act (the wire, the
//! script of the other host, the expectations) and these keys:
//!
//! | key | meaning |
//! |---|---|
//! | `role` | the host in which the learner's program runs: `"server"` or `"client"` |
//! | `runs` | how often it is started, one after the other; 1 where nothing is said |
//! | `lessons` | the short names of the lessons that it practises |
//! | `[[wrong]]` | `file`: a program of the folder; `fails`: the one expectation that it fails |
//!
//! Beside it stand `en.md` and `zh.md`: in `## before` the task, in `## after` what the expectations mean. The programs
//! `solution.*` and those of `[[wrong]]` are run by `exercise check` alone; the file can name no command. What the
//! learner's program is, is never said by data: it is what was typed.

mod built_in;
mod program;
mod skeleton;

use crate::lesson::{Faults, File, Lesson, LessonSource, Shelf, TomlTable, read_with};
use crate::model::Span;
use crate::model::setting::RunKind;
use crate::notation::{Mistake, nearest};
use crate::script::Plan;

pub use program::{FolderProgram, limited, quoted};
pub use skeleton::{LANGUAGES, skeleton};

/// What stands before an exercise's name in a recording and a hand-in, so that it is no lesson's.
pub const PREFIX: &str = "exercise/";

/// A learner's program may take so long to start: some compile themselves first. An exercise's `deadline` leaves it out.
const START: Span = Span::from_ms(5_000);

/// A run ends so long after its `deadline` by the clock, start and waits for whoever is told included.
const MORE: Span = Span::from_ms(15_000);

/// What a learner's program may print, on each of its outputs, in bytes.
const OUTPUT: u64 = 256 * 1024;

/// What no exercise may be called: behind `sockscope exercise` these words mean something else.
pub const TAKEN: [&str; 4] = ["all", "check", "list", "new"];

/// An exercise.
#[derive(Clone, Debug)]
pub struct Exercise {
    /// Its run with the expectations, and its texts.
    pub lesson: Lesson,
    keys: ExerciseKeys,
    /// FolderPrograms that must hold every expectation.
    pub solutions: Vec<FolderProgram>,
    /// FolderPrograms that must fail one expectation, and which.
    pub wrong: Vec<(FolderProgram, String)>,
}

/// What `exercise.toml` says beyond a lesson.
#[derive(Clone, Debug, Default)]
struct ExerciseKeys {
    serves: bool,
    runs: u8,
    lessons: Vec<String>,
    wrong: Vec<(String, String)>,
}

/// The texts of an exercise's folder.
#[derive(Clone, Debug)]
pub struct ExerciseSource {
    /// `exercise.toml` and the narrations.
    pub texts: LessonSource,
    /// The programs beside them.
    pub programs: Vec<File>,
}

impl ExerciseSource {
    /// Parts a folder's files into texts and programs.
    #[must_use]
    pub fn of(name: &str, files: Vec<File>) -> Self {
        let is_text = |file: &File| file.name == "exercise.toml" || extension(&file.name) == "md";
        let (texts, programs) = files.into_iter().partition(is_text);
        let folder = format!("{PREFIX}{name}");
        Self {
            texts: LessonSource {
                folder,
                files: texts,
            },
            programs,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.texts.folder.strip_prefix(PREFIX).unwrap_or("")
    }
}

/// What stands behind the last dot of a file's name.
fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The built-in exercises, in the order in which they are best done.
#[must_use]
pub fn built_in() -> Vec<ExerciseSource> {
    let file = |folder: &str, (name, text): &(&str, &str)| File {
        name: (*name).to_owned(),
        path: format!("lessons/exercises/{folder}/{name}"),
        text: (*text).to_owned(),
    };
    built_in::BUILT_IN
        .iter()
        .map(|(folder, files)| {
            ExerciseSource::of(folder, files.iter().map(|one| file(folder, one)).collect())
        })
        .collect()
}

/// The built-in exercise of this name, else the name that comes nearest.
///
/// # Errors
/// That name, if there is one.
pub fn find(asked: &str) -> Result<ExerciseSource, Option<String>> {
    let all = built_in();
    let nearest = nearest(asked, all.iter().map(ExerciseSource::name)).map(str::to_owned);
    all.into_iter()
        .find(|source| source.name() == asked || source.texts.folder == asked)
        .ok_or(nearest)
}

/// The names of the built-in exercises that practise this lesson.
#[must_use]
pub fn about(lesson: &str) -> Vec<String> {
    let all = built_in();
    let practises = |source: &&ExerciseSource| {
        read(source).is_ok_and(|exercise| exercise.lessons().iter().any(|one| one == lesson))
    };
    let about = all.iter().filter(practises);
    about.map(|source| source.name().to_owned()).collect()
}

/// Reads an exercise.
///
/// # Errors
/// All mistakes of its files, each with its place.
pub fn read(source: &ExerciseSource) -> Result<Exercise, Faults> {
    let (mut lesson, keys) = read_with(&source.texts, "exercise.toml", ExerciseKeys::read)?;
    let named = |name: &str| source.programs.iter().find(|file| file.name == name);
    let mut mistakes = Vec::new();
    let mut wrong = Vec::new();
    for (file, fails) in &keys.wrong {
        let known = lesson
            .acts
            .iter()
            .any(|act| act.expectation(fails).is_some());
        match named(file).and_then(FolderProgram::of) {
            Some(program) if known => wrong.push((program, fails.clone())),
            Some(_) => {
                mistakes.push(Mistake::new(0..0, "exercise-mistake-fails").with("found", fails));
            }
            None => {
                mistakes.push(Mistake::new(0..0, "exercise-mistake-program").with("found", file));
            }
        }
    }
    let own = lesson
        .acts
        .iter()
        .filter_map(|act| act.plan.hosts.get(keys.host()));
    if own.into_iter().any(|host| !host.steps.is_empty()) || lesson.acts.len() != 1 {
        mistakes.push(Mistake::new(0..0, "exercise-mistake-role"));
    }
    let mut faults = Faults::default();
    if let Some(file) = source.texts.file("exercise.toml") {
        faults.add(file, mistakes);
    }
    for (tag, narration) in &lesson.narrations {
        let paragraphs = narration.parts.iter().flat_map(|part| &part.paragraphs);
        let unknown = paragraphs
            .flat_map(|paragraph| &paragraph.proofs)
            .filter(|proof| {
                lesson
                    .acts
                    .iter()
                    .all(|act| act.expectation(&proof.id).is_none())
            })
            .map(|proof| {
                Mistake::new(proof.span.clone(), "lesson-mistake-reference")
                    .with("found", &proof.id)
            })
            .collect();
        if let Some(file) = source.texts.file(&format!("{tag}.md")) {
            faults.add(file, unknown);
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    for act in &mut lesson.acts {
        act.plan.kind = RunKind::Lab;
    }
    let is_solution = |file: &&File| file.name.starts_with("solution.");
    let solutions = source.programs.iter().filter(is_solution);
    Ok(Exercise {
        solutions: solutions.filter_map(FolderProgram::of).collect(),
        lesson,
        keys,
        wrong,
    })
}

impl ExerciseKeys {
    fn read(table: &TomlTable<'_, '_>) -> Self {
        let role = table.needed_text("role");
        if let Some(role) = role
            .as_ref()
            .filter(|role| !["client", "server"].contains(&role.text.as_str()))
        {
            let mistake = Mistake::new(role.span.clone(), "lesson-mistake-host")
                .with("found", role.text.clone())
                .with("hosts", "client, server");
            table.book().wrong(mistake);
        }
        let mut wrong = Vec::new();
        for one in table.subs("wrong") {
            if let (Some(file), Some(fails)) = (one.needed_text("file"), one.needed_text("fails")) {
                wrong.push((file.text, fails.text));
            }
            one.close();
        }
        let lessons = table.texts("lessons").unwrap_or_default();
        for lesson in &lessons {
            if Shelf::built_in().find(&lesson.text).is_err() {
                let mistake = Mistake::new(lesson.span.clone(), "exercise-mistake-lesson")
                    .with("found", lesson.text.clone());
                table.book().wrong(mistake);
            }
        }
        Self {
            lessons: lessons.into_iter().map(|lesson| lesson.text).collect(),
            serves: role.is_some_and(|role| role.text == "server"),
            runs: table.integer("runs", 1..=3).unwrap_or(1),
            wrong,
        }
    }

    /// The place of the learner's host in the plan.
    const fn host(&self) -> usize {
        if self.serves { 1 } else { 0 }
    }
}

impl Exercise {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        let name = self.lesson.name.raw();
        name.strip_prefix(PREFIX).unwrap_or(name)
    }

    /// The short names of the lessons that it practises.
    #[must_use]
    pub fn lessons(&self) -> &[String] {
        &self.keys.lessons
    }

    /// The learner's program is a server.
    #[must_use]
    pub const fn serves(&self) -> bool {
        self.keys.serves
    }

    /// What is to be run, with this program of the learner's, a command line for the shell.
    #[must_use]
    pub fn plan(&self, program: &str) -> Option<Plan> {
        let mut plan = self.lesson.acts.first()?.plan.clone();
        plan.command = format!("exercise {}", self.name());
        plan.programs.traced = true;
        plan.programs.output = Some(OUTPUT);
        let at_most = plan.deadline.ns().saturating_add(MORE.ns());
        plan.programs.at_most = Some(Span::from_ns(at_most));
        if self.serves() {
            plan.programs.patience = Some(START);
        } else {
            plan.deadline = Span::from_ns(plan.deadline.ns().saturating_add(START.ns()));
        }
        plan.programs.ipv4_only = !plan.ipv6;
        plan.hosts.get_mut(self.keys.host())?.program = Some(limited(program, self.keys.runs));
        Some(plan)
    }
}
