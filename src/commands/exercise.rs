//! `sockscope exercise`: tasks for a program of one's own, which is run against ours and marked by what was seen.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::lesson::answers::Answers;
use super::lesson::hand_in::Report;
use super::lesson::progress::{Done, Progress};
use super::lesson::{judged, of_faults, whole};
use crate::cli::{FormatChoice, KeepArgs, PaceArgs, ShowArgs, spelling};
use crate::exercise::{self, Exercise, ExerciseSource, quoted, skeleton};
use crate::explain::expect::Evidence;
use crate::failure::{Code, Failure};
use crate::model::number::signed;
use crate::observe::caller::Needs;
use crate::session::kept_moments::KeptMoments;
use crate::session::live::{self, ProgramsShow};
use crate::session::output::Outputs;
use crate::session::{Console, Ending, planning};
use crate::text::Message;
use crate::views::lesson::{ListedLesson, row};
use crate::views::{Line, Role, exercise as view, json};
use check::ExerciseCheckArgs;
use folder::ExerciseNewArgs;

mod check;
mod folder;

/// `sockscope exercise`.
#[derive(Clone, Debug, Args)]
#[command(
    about = "help-exercise",
    after_help = "help-exercise-examples",
    args_conflicts_with_subcommands = true
)]
pub struct ExerciseArgs {
    /// Which, by name or path; none: the list.
    #[arg(value_name = "NAME", help = "help-exercise-name")]
    pub name: Option<String>,
    /// The beginning of a program is printed.
    #[arg(
        long,
        value_name = "LANGUAGE",
        requires = "name",
        conflicts_with = "program",
        help = "help-exercise-skeleton"
    )]
    pub skeleton: Option<SkeletonChoice>,
    /// Where a hand-in is written.
    #[arg(
        long,
        value_name = "FILE",
        requires_all = ["save", "program"],
        help = "help-exercise-report"
    )]
    pub report: Option<PathBuf>,
    /// The learner's program with its arguments.
    #[arg(
        last = true,
        value_name = "CMD",
        requires = "name",
        help = "help-exercise-program"
    )]
    pub program: Vec<String>,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
    /// Something else than doing one.
    #[command(subcommand)]
    pub verb: Option<ExerciseVerbArgs>,
}

impl ExerciseArgs {
    /// What it keeps of the rights that were lent.
    pub const fn needs(&self) -> Needs {
        match &self.verb {
            Some(ExerciseVerbArgs::Check(_)) => Needs::Lab,
            None if !self.program.is_empty() => Needs::Lab,
            _ => Needs::Nothing,
        }
    }
}

/// What else can be done with exercises.
#[derive(Clone, Debug, Subcommand)]
pub enum ExerciseVerbArgs {
    List(ExerciseListArgs),
    Check(ExerciseCheckArgs),
    New(ExerciseNewArgs),
}

/// `sockscope exercise list`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-exercise-list")]
pub struct ExerciseListArgs {}

/// The language of a skeleton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkeletonChoice {
    C,
    Python,
    Rust,
    Java,
    Go,
}
spelling!(SkeletonChoice: C "c", Python "python", Rust "rust", Java "java", Go "go");

impl SkeletonChoice {
    const fn word(self) -> &'static str {
        match self {
            Self::C => "c",
            Self::Python => "python",
            Self::Rust => "rust",
            Self::Java => "java",
            Self::Go => "go",
        }
    }
}

/// Does what was asked for with exercises.
pub fn run(args: &ExerciseArgs, console: &Console) -> Result<Ending, Failure> {
    match (&args.verb, &args.name) {
        (Some(ExerciseVerbArgs::List(_)), _) | (None, None) => list(console),
        (Some(ExerciseVerbArgs::Check(args)), _) => check::run(args, console),
        (Some(ExerciseVerbArgs::New(args)), _) => folder::make(&args.path, console),
        (None, Some(name)) => one(args, &find(name)?, console),
    }
}

/// All of them, with a mark at those that were done.
fn list(console: &Console) -> Result<Ending, Failure> {
    let progress = Progress::load()?;
    let lang = console.catalogue.lang();
    let mut lines = Vec::new();
    for source in exercise::built_in() {
        let title = exercise::read(&source).map_or_else(
            |_| String::new(),
            |exercise| crate::views::visible::untrusted(exercise.lesson.title(lang)),
        );
        let done = progress.of(&source.texts.folder);
        let listed = ListedLesson {
            name: source.name().to_owned(),
            title,
            done: done.map(|_| (0, 0)),
            ..ListedLesson::default()
        };
        lines.extend(row(&listed, usize::from(console.width), &console.catalogue));
    }
    lines.push(Line::default());
    let try_one = console.catalogue.word("exercise-list-try");
    lines.push(Line::of(Role::Plain, try_one));
    console.print_lines(&lines)?;
    Ok(Ending::Done)
}

/// The built-in exercise of this name, or a folder by its path.
fn find(asked: &str) -> Result<ExerciseSource, Failure> {
    if asked.contains('/') && !asked.starts_with(exercise::PREFIX) {
        return folder::source(std::path::Path::new(asked));
    }
    exercise::find(asked).map_err(|nearest| {
        let failure =
            Failure::usage(Message::new("error-no-exercise").text("name", asked.to_owned()));
        match nearest {
            Some(nearest) => failure.try_this(
                Message::new("error-did-you-mean")
                    .text("nearest", format!("sockscope exercise {nearest}")),
            ),
            None => failure,
        }
        .try_this(Message::new("error-see-exercises"))
    })
}

/// Tells the task, prints a skeleton, or runs and marks a program.
fn one(args: &ExerciseArgs, source: &ExerciseSource, console: &Console) -> Result<Ending, Failure> {
    let exercise = exercise::read(source).map_err(|faults| of_faults(&faults, console))?;
    if let Some(language) = args.skeleton {
        console.print(skeleton(language.word(), exercise.serves()).unwrap_or_default())?;
        return Ok(Ending::Done);
    }
    let options = console.options(&args.show);
    if args.program.is_empty() {
        let lesson = &exercise.lesson;
        // An own one is found by its path only, as it was asked for.
        let name = args.name.as_deref().unwrap_or(exercise.name());
        console.print_lines(&view::task(lesson, name, exercise.lessons(), &options))?;
        return Ok(Ending::Done);
    }
    warn_once(console);
    mark(args, &exercise, console)
}

/// Whoever has done no exercise yet is told first what running a program means, where a person is in front.
fn warn_once(console: &Console) {
    let is_new = Progress::load().is_ok_and(|progress| {
        exercise::built_in()
            .iter()
            .all(|source| progress.of(&source.texts.folder).is_none())
    });
    if is_new {
        warn(console);
    }
}

fn warn(console: &Console) {
    if std::io::stderr().is_terminal() {
        let said = console.catalogue.word("exercise-no-sandbox");
        console.complain(&format!("{said}\n"));
    }
}

/// Runs the learner's program, tells the run, and marks it.
fn mark(args: &ExerciseArgs, exercise: &Exercise, console: &Console) -> Result<Ending, Failure> {
    let lesson = &exercise.lesson;
    let (Some(mut plan), Some(act)) = (exercise.plan(&quoted(&args.program)), lesson.acts.first())
    else {
        return Ok(Ending::Said(Code::Usage));
    };
    plan.saved = planning::saved(&args.keep);
    let mut outputs = Outputs::new(args.keep.force, console);
    let report = args.report.as_deref();
    let report = report
        .map(|path| Report::begin(path, &mut outputs))
        .transpose()?;
    let mut kept = Some(KeptMoments::default());
    let ended = live::run_keeping(
        &plan,
        &args.show,
        &args.keep,
        &PaceArgs::default(),
        ProgramsShow::default(),
        &mut kept,
        console,
    )?;
    if let Ending::Said(Code::Interrupted | Code::Usage) = ended {
        return Ok(ended);
    }
    let results = act.judge(&Evidence::of(&whole(
        kept.unwrap_or_default(),
        &lesson.name,
    )?));
    if args.show.format == FormatChoice::Json {
        console.print_lines(&json::check_results("", &results))?;
    } else {
        let options = console.options(&args.show);
        console.print_lines(&view::marks(lesson, &results, &options))?;
    }
    if let Some(report) = report {
        let recordings: Vec<PathBuf> = args.keep.save.iter().cloned().collect();
        let mut answers = Answers::default();
        answers.add_results(act, &results);
        report.write(lesson, None, &recordings, &answers, console)?;
    }
    let marked = judged(&results);
    if marked != Ending::Done || ended != Ending::Done {
        return Ok(if marked == Ending::Done {
            ended
        } else {
            marked
        });
    }
    let all = u32::try_from(signed(results.len())).unwrap_or(0);
    let done = Done {
        right: all,
        of: all,
    };
    if exercise::find(exercise.name()).is_ok_and(|known| known.texts.hash() == lesson.hash)
        && let Err(failure) = Progress::add(lesson.name.raw(), done)
    {
        let why = console.say(failure.what());
        let said = Message::new("lesson-progress-not-kept").text("why", why);
        console.complain(&format!("{}\n", console.say(&said)));
    }
    if args.show.format != FormatChoice::Json
        && let Some(next) = next_of(exercise.name())
    {
        let said = Message::new("exercise-next").text("name", next);
        console.print_lines(&[Line::default(), Line::of(Role::Faint, console.say(&said))])?;
    }
    Ok(Ending::Done)
}

/// The built-in exercise behind this one.
fn next_of(name: &str) -> Option<String> {
    let all = exercise::built_in();
    let at = all.iter().position(|source| source.name() == name)?;
    all.get(at + 1).map(|source| source.name().to_owned())
}
