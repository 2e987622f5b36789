//! `sockscope lesson`: the list, a lesson told, lessons checked, a new one; what was learned, and hand-ins.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::{Args, Subcommand};

use crate::cli::{FormatChoice, KeepArgs, MisbehaveArgs, PaceArgs, ShowArgs};
use crate::explain::Moment;
use crate::explain::expect::CheckResult;
use crate::failure::{Code, Failure};
use crate::lesson::{Act, Lesson, LessonSource, Shelf, read, report};
use crate::model::Untrusted;
use crate::model::number::signed;
use crate::model::setting::Place;
use crate::observe::caller::{self, Needs};
use crate::observe::source::now;
use crate::session::kept_moments::KeptMoments;
use crate::session::live::{Session, ending};
use crate::session::recording_file::RecordingFile;
use crate::session::teller::Teller;
use crate::session::{Console, Ending, planning, shown};
use crate::text::Message;
use crate::views::{Line, Role, lesson as view};
use archive::ArchiveArgs;
use check::CheckArgs;
use folder::NewArgs;
use handout::HandoutArgs;
use progress::{ForgetArgs, Progress};
use verify::VerifyArgs;
use watch::WatchArgs;

pub(super) mod answers;
mod archive;
mod ask;
pub(super) mod check;
mod folder;
pub(super) mod hand_in;
mod handout;
mod input;
pub(super) mod progress;
mod tell;
mod verify;
mod watch;

/// The moments of a run, from which what a lesson claims is judged.
///
/// # Errors
/// When there were too many to be kept.
pub(super) fn whole(moments: KeptMoments, name: &Untrusted) -> Result<Vec<Moment>, Failure> {
    if !moments.is_whole() {
        let what = Message::new("error-lesson-run").text("name", name);
        return Err(Failure::failed(what).why(Message::new("error-lesson-too-long")));
    }
    Ok(moments.into_moments())
}

/// How a lesson ended whose expectations came out like this: one that fails is certain, however busy the machine was.
pub(super) fn judged(results: &[CheckResult]) -> Ending {
    let not_held = || results.iter().filter(|result| !result.held());
    if not_held().next().is_none() {
        Ending::Done
    } else if not_held().all(|result| result.too_busy().is_some()) {
        Ending::Said(Code::TooBusy)
    } else {
        Ending::Said(Code::Failed)
    }
}

/// `sockscope lesson`.
#[derive(Clone, Debug, Args)]
#[command(
    about = "help-lesson",
    after_help = "help-lesson-examples",
    args_conflicts_with_subcommands = true
)]
pub struct LessonArgs {
    /// Which, by number, short name or path; none: the list.
    #[arg(value_name = "NAME", help = "help-lesson-name")]
    pub name: Option<String>,
    /// Its questions are left out.
    #[arg(long, help = "help-no-ask")]
    pub no_ask: bool,
    /// The answers to its questions are shown instead of asking.
    #[arg(long, conflicts_with = "no_ask", help = "help-teacher")]
    pub teacher: bool,
    /// Where a hand-in is written.
    #[arg(
        long,
        value_name = "FILE",
        requires = "save",
        conflicts_with_all = ["no_ask", "teacher"],
        help = "help-report"
    )]
    pub report: Option<PathBuf>,
    #[command(flatten)]
    pub own: OwnLessonsArgs,
    #[command(flatten)]
    pub misbehave: MisbehaveArgs,
    #[command(flatten)]
    pub show: ShowArgs,
    #[command(flatten)]
    pub pace: PaceArgs,
    #[command(flatten)]
    pub keep: KeepArgs,
    /// Something else than running one.
    #[command(subcommand)]
    pub verb: Option<LessonVerbArgs>,
}

impl LessonArgs {
    /// What it keeps of the rights that were lent.
    pub fn needs(&self) -> Needs {
        match (&self.verb, &self.name) {
            (Some(LessonVerbArgs::Check(_) | LessonVerbArgs::Watch(_)), _) | (None, Some(_)) => {
                Needs::Lab
            }
            (Some(LessonVerbArgs::Handout(args)), _) if args.key => Needs::Lab,
            _ => Needs::Nothing,
        }
    }
}

/// What else can be done with lessons: each is documented at its type (a text here would stand before that in the help).
#[derive(Clone, Debug, Subcommand)]
pub enum LessonVerbArgs {
    List(ListArgs),
    Forget(ForgetArgs),
    Check(CheckArgs),
    New(NewArgs),
    Watch(WatchArgs),
    HandIn(ArchiveArgs),
    Verify(VerifyArgs),
    Handout(HandoutArgs),
}

/// `sockscope lesson list`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lesson-list")]
pub struct ListArgs {
    #[command(flatten)]
    pub own: OwnLessonsArgs,
}

/// A teacher's own lessons.
#[derive(Clone, Debug, Default, Args)]
pub struct OwnLessonsArgs {
    /// The folder in which they are.
    #[arg(long, value_name = "DIR", help = "help-lessons")]
    pub lessons: Option<PathBuf>,
}

/// Does what was asked for with lessons.
pub fn run(args: &LessonArgs, console: &Console) -> Result<Ending, Failure> {
    match (&args.verb, &args.name) {
        (None, Some(name)) => {
            let shelf = shelf(&args.own, console)?;
            match name.as_str() {
                "next" => next(&shelf, args, console),
                name => tell::run(args, &find(&shelf, name)?, &shelf, console),
            }
        }
        (None, None) => list(&shelf(&args.own, console)?, console),
        (Some(LessonVerbArgs::List(args)), _) => list(&shelf(&args.own, console)?, console),
        (Some(LessonVerbArgs::Forget(_)), _) => progress::forget(console),
        (Some(LessonVerbArgs::Check(args)), _) => check::run(args, console),
        (Some(LessonVerbArgs::New(args)), _) => folder::make(&args.path, console),
        (Some(LessonVerbArgs::Watch(args)), _) => watch::run(&args.path, console),
        (Some(LessonVerbArgs::HandIn(args)), _) => archive::run(args, console),
        (Some(LessonVerbArgs::Verify(args)), _) => verify::run(args, console),
        (Some(LessonVerbArgs::Handout(args)), _) => handout::run(args, console),
    }
}

/// The built-in lessons, and in front of them those of the teacher's folder.
fn shelf(own: &OwnLessonsArgs, console: &Console) -> Result<Shelf, Failure> {
    shelf_with(own_folder(own, console)?.as_deref())
}

fn shelf_with(own: Option<&Path>) -> Result<Shelf, Failure> {
    own.map_or_else(
        || Ok(Shelf::built_in()),
        |path| Ok(Shelf::of(folder::all(path)?, folder::course(path)?)),
    )
}

/// The teacher's folder: the one that was named, else the one of the config file, which is named on screen where root's
/// rights were lent: nobody typed it.
fn own_folder(own: &OwnLessonsArgs, console: &Console) -> Result<Option<PathBuf>, Failure> {
    if let Some(path) = &own.lessons {
        return Ok(Some(path.clone()));
    }
    let config = crate::session::config::load()?;
    if let Some(folder) = config
        .lessons
        .as_deref()
        .filter(|_| caller::root_was_lent())
    {
        let from = Message::new("lesson-from-config")
            .text("folder", shown(folder))
            .text("config", shown(&config.file));
        console.complain(&format!("{}\n", console.say(&from)));
    }
    Ok(config.lessons)
}

fn list(shelf: &Shelf, console: &Console) -> Result<Ending, Failure> {
    let progress = Progress::load()?;
    let (course, lang) = (shelf.course(), console.catalogue.lang());
    let mut lines = Vec::new();
    let mut chapter = None;
    for source in shelf.sources() {
        let (number, name) = source.number_and_name();
        let of = course
            .chapters()
            .iter()
            .position(|chapter| chapter.lessons.iter().any(|known| known == name));
        if chapter != Some(of) {
            if chapter.is_some() {
                lines.push(Line::default());
            }
            chapter = Some(of);
            let title = match of {
                Some(of) => crate::text::visible::text(course.chapters()[of].title(lang)),
                None => console.catalogue.word("lesson-list-other"),
            };
            lines.push(Line::of(Role::Title, title));
        }
        let title = read(source).map_or_else(
            |_| String::new(),
            |lesson| crate::views::visible::untrusted(lesson.title(lang)),
        );
        let after = course.after(name).iter();
        let after = after.filter(|before| progress.of(before).is_none());
        let listed = view::ListedLesson {
            number,
            name: name.to_owned(),
            title,
            done: progress.of(name).map(|done| (done.right, done.of)),
            seconds: course.seconds(name),
            after: after.map(|name| crate::text::visible::text(name)).collect(),
        };
        lines.extend(view::row(
            &listed,
            usize::from(console.width),
            &console.catalogue,
        ));
    }
    lines.push(Line::default());
    if progress.count() > 0 {
        let done = shelf
            .sources()
            .filter(|source| progress.of(source.number_and_name().1).is_some());
        let (done, of) = (done.count(), shelf.sources().count());
        let sum = if done == of {
            Message::new("lesson-all-done")
        } else {
            Message::new("lesson-list-progress")
                .int("done", signed(done))
                .int("of", signed(of))
        };
        lines.push(Line::of(Role::Plain, console.say(&sum)));
    }
    if progress.count() > 0 {
        let signs = console.catalogue.word("lesson-list-signs");
        lines.push(Line::of(Role::Faint, signs));
    }
    let try_one = console.catalogue.word("lesson-list-try");
    lines.push(Line::of(Role::Plain, try_one));
    let exercises = console.catalogue.word("lesson-list-exercises");
    lines.push(Line::of(Role::Plain, exercises));
    console.print_lines(&lines)?;
    Ok(Ending::Done)
}

/// Goes on with the first lesson that was not done yet.
fn next(shelf: &Shelf, args: &LessonArgs, console: &Console) -> Result<Ending, Failure> {
    let progress = Progress::load()?;
    let next = shelf
        .sources()
        .find(|source| progress.of(source.number_and_name().1).is_none());
    match next {
        Some(source) => tell::run(args, source, shelf, console),
        None => {
            let text = console.catalogue.word("lesson-all-done");
            console.print(&format!("{text}\n"))?;
            Ok(Ending::Done)
        }
    }
}

/// A lesson of the shelf by number or short name, or a folder by its path: that is what has a `/` in it, or a lesson
/// inside. (A folder that happens to be called like a lesson does not stand before that.)
fn find(shelf: &Shelf, asked: &str) -> Result<LessonSource, Failure> {
    let path = Path::new(asked);
    if asked.contains('/') || path.join("lesson.toml").is_file() {
        return folder::source(path);
    }
    shelf.find(asked).cloned().map_err(|missing| {
        let failure = Failure::usage(Message::new("error-no-lesson").text("name", missing.asked));
        let failure = match missing.nearest {
            Some(nearest) => failure.try_this(
                Message::new("error-did-you-mean")
                    .text("nearest", format!("sockscope lesson {nearest}")),
            ),
            None => failure,
        };
        failure.try_this(Message::new("error-see-lessons"))
    })
}

pub(super) fn of_faults(faults: &crate::lesson::Faults, console: &Console) -> Failure {
    Failure::usage(Message::new("error-lesson-faults").int("count", faults.count())).at_places(
        report(
            faults,
            &console.catalogue,
            console.width,
            console.error_colour,
        ),
    )
}
