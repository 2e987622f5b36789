//! `sockscope lesson`: the list, a lesson told, lessons checked, a new one.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::keep::{Opened, shown};
use super::live::{Session, ending};
use super::tell::Teller;
use super::{Ending, Screen, exchange};
use crate::cli::{self, Format, LessonVerb};
use crate::explain::expect::Verdict;
use crate::failure::{Code, Failure};
use crate::lesson::{Act, Lesson, Shelf, Source, read, report};
use crate::model::setting::Place;
use crate::text::Message;
use crate::views::{Line, lesson as view};

mod ask;
mod check;
mod folder;

/// Does what was asked for with lessons.
pub fn run(args: &cli::Lesson, screen: &Screen) -> Result<Ending, Failure> {
    match (&args.verb, &args.name) {
        (None, Some(name)) => tell(args, name, screen),
        (None, None) | (Some(LessonVerb::List), _) => list(screen),
        (Some(LessonVerb::Check { which }), _) => check::run(which, screen),
        (Some(LessonVerb::New { path }), _) => folder::make(path, screen),
    }
}

fn list(screen: &Screen) -> Result<Ending, Failure> {
    let mut lines = Vec::new();
    for source in Shelf::built_in().sources() {
        let (number, name) = source.number_and_name();
        let title = read(source).map_or_else(
            |_| String::new(),
            |lesson| lesson.title(screen.catalogue.lang()).to_owned(),
        );
        lines.push(view::row(number, name, &title));
    }
    screen.print_lines(&lines)?;
    screen.print(&format!("\n{}\n", screen.catalogue.word("lesson-list-try")))?;
    Ok(Ending::Done)
}

/// Runs a lesson: what to watch for, the story, what was seen.
fn tell(args: &cli::Lesson, name: &str, screen: &Screen) -> Result<Ending, Failure> {
    let shelf = Shelf::built_in();
    let source = find(&shelf, name)?;
    let mut lesson = read(&source).map_err(|faults| of_faults(&faults, screen))?;
    let seed = lesson.draws.then(|| draw(&mut lesson, args.misbehave.seed));
    let saved = exchange::saved(&args.keep);
    for act in &mut lesson.acts {
        act.plan.saved = saved;
        let hosts: Vec<&str> = act
            .plan
            .hosts
            .iter()
            .map(|host| host.name.as_str())
            .collect();
        exchange::misbehave(&mut act.plan.wire, &args.misbehave, &hosts, screen)?;
    }
    let mut files = open_files(args, &lesson)?;
    let session = match Session::enter(Place::Wire) {
        Ok(session) => session,
        Err(failure) => {
            files.drain(..).flatten().for_each(Opened::abandon);
            return Err(failure);
        }
    };
    let mut plots = std::iter::once(args.keep.plot()?);
    let options = screen.options(&args.show);
    // A program that reads the story wants nothing else on standard output.
    let narrate = |lines: Vec<Line>| match args.show.format {
        Format::Json => Ok(()),
        _ => screen.print_lines(&lines),
    };
    let mut questions = ask::Questions::new(args, screen);
    let mut all_held = true;
    for (at, (act, opened)) in lesson.acts.iter().zip(files).enumerate() {
        narrate(view::before(&lesson, at, &options))?;
        let plot = plots.next().flatten();
        let asking = questions.any(act);
        let mut show = args.show.clone();
        // Who is to find out what was drawn gets no explanations before.
        show.quiet |= lesson.draws && asking;
        let mut teller = Teller::new(screen, &show, opened)
            .remembering()
            .plotting(plot)
            .holding(asking);
        let outcome = session.run(&act.plan, &mut teller)?;
        let moments = if outcome.troubles.is_empty() && asking {
            questions.tell(&lesson, act, teller, &session, &options)?
        } else {
            teller.finish()?.moments
        };
        if session.stopped() {
            return Ok(Ending::Said(Code::Interrupted));
        }
        if let Ending::Said(code) = ending(&outcome) {
            return Ok(Ending::Said(code));
        }
        let verdicts = act.judge(&moments);
        all_held &= verdicts.iter().all(Verdict::held);
        narrate(view::after(&lesson, at, &verdicts, &options))?;
    }
    if let Some(seed) = seed {
        let drawn = Message::new("lesson-drawn")
            .int("seed", seed)
            .text("name", lesson.name.clone());
        narrate(vec![
            Line::default(),
            Line::of(crate::views::Role::Faint, screen.say(&drawn)),
        ])?;
    }
    if let Some(next) = shelf.after(&source.folder) {
        let next = Message::new("lesson-next").text("name", next.number_and_name().1.to_owned());
        narrate(vec![
            Line::default(),
            Line::of(crate::views::Role::Faint, screen.say(&next)),
        ])?;
    }
    Ok(if all_held {
        Ending::Done
    } else {
        Ending::Said(Code::Failed)
    })
}

/// Leaves one act of the lesson, chosen by the seed; without one it is another every time.
fn draw(lesson: &mut Lesson, seed: Option<u64>) -> u64 {
    let seed = seed.unwrap_or_else(|| {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        now.map_or(0, |since| u64::from(since.subsec_micros()) % 1000)
    });
    let at = (seed % lesson.acts.len() as u64) as usize;
    lesson.acts = vec![lesson.acts.swap_remove(at)];
    seed
}

/// A file for each act: the first has the name that was given, others their own name behind it.
fn open_files(args: &cli::Lesson, lesson: &Lesson) -> Result<Vec<Option<Opened>>, Failure> {
    let Some(path) = &args.keep.save else {
        return Ok(lesson.acts.iter().map(|_| None).collect());
    };
    lesson
        .acts
        .iter()
        .enumerate()
        .map(|(at, act)| Opened::new(&act_file(path, at, act), &act.plan).map(Some))
        .collect()
}

fn act_file(path: &Path, at: usize, act: &Act) -> PathBuf {
    if at == 0 {
        return path.to_owned();
    }
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{stem}-{}.{extension}", act.name))
}

/// A lesson of the shelf by number or short name, or a folder by its path.
fn find(shelf: &Shelf, asked: &str) -> Result<Source, Failure> {
    let path = Path::new(asked);
    if asked.contains('/') || path.is_dir() {
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

fn of_faults(faults: &crate::lesson::Faults, screen: &Screen) -> Failure {
    Failure::usage(Message::new("error-lesson-faults").int("count", faults.count())).at_places(
        report(faults, &screen.catalogue, screen.width, screen.error_colour),
    )
}
