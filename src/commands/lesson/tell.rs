//! A lesson, told: what to watch for, the run, what was seen, and how the learner did.

use std::path::{Path, PathBuf};

use super::ask::{Answers, Questions};
use super::hand_in::Report;
use super::progress::{Done, Progress};
use super::{
    Act, Code, Ending, Failure, Format, Lesson, Line, Message, Opened, Place, Role, Screen,
    Session, Shelf, Source, Teller, Verdict, cli, ending, exchange, now, of_faults, read, view,
};
use crate::commands::pace::Pace;
use crate::explain::Said;

/// Runs a lesson; again while a learner whose answers were wrong wants another try.
pub fn run(
    args: &cli::Lesson,
    source: &Source,
    shelf: &Shelf,
    screen: &Screen,
) -> Result<Ending, Failure> {
    let pace = Pace::of(&args.pace)?;
    let mut session = None;
    loop {
        let report = args.report.as_deref().map(Report::begin).transpose()?;
        let (lesson, seed) = prepare(args, source, screen)?;
        let files = open_files(args, &lesson)?;
        let session = match &session {
            Some(session) => session,
            None => match Session::enter(Place::Wire) {
                Ok(entered) => session.insert(entered),
                Err(failure) => {
                    files.into_iter().flatten().for_each(Opened::abandon);
                    report.into_iter().for_each(Report::abandon);
                    return Err(failure);
                }
            },
        };
        let telling = Telling {
            args,
            lesson: &lesson,
            screen,
            session,
            pace,
        };
        let mut questions = Questions::new(args, screen);
        let ended = telling.acts(files, &mut questions)?;
        if let Ending::Said(Code::Interrupted | Code::Usage) = ended {
            report.into_iter().for_each(Report::abandon);
            return Ok(ended);
        }
        let answers = questions.into_answers();
        if let Some(report) = report {
            report.write(&lesson, seed, &recordings(args, &lesson), &answers, screen)?;
        }
        telling.end(seed, ended, &answers, shelf, source)?;
        if !(answers.any_wrong() && answers.wants_again(screen, session)?) {
            return Ok(ended);
        }
    }
}

/// The lesson as it will be run; with its seed, where it draws.
fn prepare(
    args: &cli::Lesson,
    source: &Source,
    screen: &Screen,
) -> Result<(Lesson, Option<u64>), Failure> {
    let mut lesson = read(source).map_err(|faults| of_faults(&faults, screen))?;
    let drawn = lesson.draws.then(|| draw(&mut lesson, args.misbehave.seed));
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
    Ok((lesson, drawn.or(args.misbehave.seed)))
}

/// A lesson that is being told.
struct Telling<'a> {
    args: &'a cli::Lesson,
    lesson: &'a Lesson,
    screen: &'a Screen,
    session: &'a Session,
    pace: Option<Pace>,
}

impl<'a> Telling<'a> {
    /// A program that reads the story wants nothing else on standard output.
    fn narrate(&self, lines: Vec<Line>) -> Result<(), Failure> {
        match self.args.show.format {
            Format::Json => Ok(()),
            _ => self.screen.print_lines(&lines),
        }
    }

    fn acts(
        &self,
        files: Vec<Option<Opened>>,
        questions: &mut Questions<'a>,
    ) -> Result<Ending, Failure> {
        let (args, lesson, screen) = (self.args, self.lesson, self.screen);
        let options = screen.options(&args.show);
        let mut plots = std::iter::once(args.keep.plot(&args.show)?);
        let mut all_held = true;
        let mut said = Said::default();
        for (at, (act, opened)) in lesson.acts.iter().zip(files).enumerate() {
            let before = view::before(lesson, at, &options);
            self.narrate(before.clone())?;
            let asking = questions.any(act);
            if self.pace.is_none() {
                questions.begin(act, self.session)?;
            }
            let mut teller = Teller::new(screen, &args.show, opened)
                .after(&said)
                // Who is to find out what was drawn gets no explanations before.
                .wordless(lesson.draws && asking)
                .remembering()
                .plotting(plots.next().flatten())
                .introduced(before)
                .holding(asking || self.pace.is_some());
            let outcome = self.session.run(&act.plan, &mut teller)?;
            said = teller.said();
            let moments = if outcome.troubles.is_empty() && (asking || self.pace.is_some()) {
                questions.tell(lesson, act, teller, self.session, &options, self.pace)?
            } else {
                teller.finish()?.moments
            };
            if self.session.stopped() {
                return Ok(Ending::Said(Code::Interrupted));
            }
            if let Ending::Said(code) = ending(&outcome) {
                return Ok(Ending::Said(code));
            }
            let verdicts = act.judge(&moments);
            all_held &= verdicts.iter().all(Verdict::held);
            self.narrate(view::after(lesson, at, &verdicts, &options))?;
        }
        Ok(if all_held {
            Ending::Done
        } else {
            Ending::Said(Code::Failed)
        })
    }

    /// What was drawn, what comes next; and what was done is kept.
    fn end(
        &self,
        seed: Option<u64>,
        ended: Ending,
        answers: &Answers,
        shelf: &Shelf,
        source: &Source,
    ) -> Result<(), Failure> {
        let mut says = Vec::new();
        if let (Some(seed), true) = (seed, self.lesson.draws) {
            let drawn = Message::new("lesson-drawn").text("seed", seed.to_string());
            says.push(drawn.text("name", &self.lesson.name));
        }
        let next = shelf.after(&source.folder);
        if let Some(next) = next {
            let name = next.number_and_name().1.to_owned();
            says.push(Message::new("lesson-next").text("name", name));
        }
        // Only a lesson of the shelf has a place in the course; one that did not hold was not seen as it is meant.
        let of_shelf = shelf.sources().any(|known| known == source);
        if of_shelf && ended == Ending::Done && !self.args.teacher {
            let done = Done {
                right: answers.right(),
                of: answers.of(),
            };
            if let Err(failure) = Progress::add(self.lesson.name.raw(), done) {
                let why = self.screen.say(failure.what());
                says.push(Message::new("lesson-progress-not-kept").text("why", why));
            }
        }
        for message in says {
            let line = Line::of(Role::Faint, self.screen.say(&message));
            self.narrate(vec![Line::default(), line])?;
        }
        Ok(())
    }
}

/// Leaves one act of the lesson, chosen by the seed; without one it is another every time.
fn draw(lesson: &mut Lesson, seed: Option<u64>) -> u64 {
    let seed = seed.unwrap_or_else(|| now().ns() as u64 / 1_000 % 1_000);
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

/// The files that [`open_files`] opened, act by act.
fn recordings(args: &cli::Lesson, lesson: &Lesson) -> Vec<PathBuf> {
    let path = args.keep.save.iter();
    path.flat_map(|path| {
        let acts = lesson.acts.iter().enumerate();
        acts.map(|(at, act)| act_file(path, at, act))
    })
    .collect()
}
