//! A lesson, told: what to watch for, the run, what was seen, and how the learner did.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::answers::Answers;
use super::ask::{Questions, wants_again};
use super::hand_in::Report;
use super::progress::{Done, Progress};
use super::{
    Act, Code, Console, Ending, Failure, FormatChoice, KeptMoments, Lesson, LessonArgs,
    LessonSource, Line, Message, Place, RecordingFile, Role, Session, Shelf, Teller, ending,
    judged, now, of_faults, planning, read, shown, view, whole,
};
use crate::exercise;
use crate::explain::Explained;
use crate::explain::expect::{CheckResult, Evidence};
use crate::model::Outcome;
use crate::model::number::signed;
use crate::session::output::Outputs;
use crate::session::pace::Pace;
use crate::session::pictures::{self, DrawnStory, Pictures};
use crate::session::plot::{self, Plot};
use crate::session::recording_bar;
use crate::session::screen::{StoryView, view_of};
use crate::views::json;
use crate::views::{Folded, Ladder};

/// Runs a lesson; again while a learner whose answers were wrong wants another try.
pub fn run(
    args: &LessonArgs,
    source: &LessonSource,
    shelf: &Shelf,
    console: &Console,
) -> Result<Ending, Failure> {
    let pace = Pace::of(&args.pace)?;
    let mut session = None;
    loop {
        let (lesson, seed) = prepare(args, source, console)?;
        let (report, files) = open(args, &lesson, console)?;
        let session = match &session {
            Some(session) => session,
            None => session.insert(Session::enter(Place::Wire)?),
        };
        session.lead(console);
        // It asks, so it is never just printed.
        console.open_viewer(&args.show)?;
        let telling = Telling {
            args,
            lesson: &lesson,
            console,
            session,
            pace,
            seconds: course_seconds(shelf, &lesson),
        };
        let mut questions = Questions::new(args, console);
        let (ended, undrawn) = telling.acts(files, &mut questions)?;
        if let Ending::Said(Code::Interrupted | Code::Usage) = ended {
            // Who leaves a lesson before its end has done nothing wrong.
            let left = console.is_left_by_key();
            return Ok(if left { Ending::Done } else { ended });
        }
        let answers = questions.into_answers();
        if let Some(report) = report {
            report.write(&lesson, seed, &recordings(args, &lesson), &answers, console)?;
        }
        telling.end(seed, ended, &answers, shelf, source)?;
        if let Some(failure) = undrawn {
            return Err(failure);
        }
        if !(answers.any_wrong() && wants_again(console, session)?) {
            return Ok(ended);
        }
    }
}

/// How long a lesson's one run takes, as the course says. (Of several runs it says only what all of them take.)
fn course_seconds(shelf: &Shelf, lesson: &Lesson) -> Option<u32> {
    let seconds = shelf.course().seconds(lesson.name.raw());
    seconds.filter(|_| lesson.acts.len() == 1)
}

/// The lesson as it will be run; with its seed, where it draws.
fn prepare(
    args: &LessonArgs,
    source: &LessonSource,
    console: &Console,
) -> Result<(Lesson, Option<u64>), Failure> {
    let mut lesson = read(source).map_err(|faults| of_faults(&faults, console))?;
    let drawn = lesson.draws.then(|| draw(&mut lesson, args.misbehave.seed));
    let saved = planning::saved(&args.keep);
    for act in &mut lesson.acts {
        act.plan.saved = saved;
        let hosts: Vec<&str> = act
            .plan
            .hosts
            .iter()
            .map(|host| host.name.as_str())
            .collect();
        planning::misbehave(&mut act.plan.wire, &args.misbehave, &hosts, console)?;
    }
    Ok((lesson, drawn.or(args.misbehave.seed)))
}

/// An act that was told.
struct ToldAct {
    outcome: Outcome,
    moments: KeptMoments,
    /// What is drawn of it, where pictures are wanted.
    chapter: Option<DrawnStory>,
    /// Why there are no graphs, if there were to be.
    undrawn: Option<Failure>,
}

/// A lesson that is being told.
struct Telling<'a> {
    args: &'a LessonArgs,
    lesson: &'a Lesson,
    console: &'a Console,
    session: &'a Session,
    pace: Option<Pace>,
    /// How long the run takes, where that is known.
    seconds: Option<u32>,
}

impl<'a> Telling<'a> {
    /// A program that reads the story wants nothing else on standard output.
    fn narrate(&self, lines: &[Line]) -> Result<(), Failure> {
        match self.args.show.format {
            FormatChoice::Json => Ok(()),
            _ => self.console.print_lines(lines),
        }
    }

    /// Tells them; also gives why there are no graphs, if there were to be.
    fn acts(
        &self,
        files: Files,
        questions: &mut Questions<'a>,
    ) -> Result<(Ending, Option<Failure>), Failure> {
        let (args, lesson, console) = (self.args, self.lesson, self.console);
        let options = console.options(&args.show);
        let Files {
            recordings,
            mut plots,
            pictures,
        } = files;
        let mut chapters = Vec::new();
        let (mut judgements, mut undrawn) = (Vec::new(), None);
        let mut said = Explained::default();
        for (at, (act, opened)) in lesson.acts.iter().zip(recordings).enumerate() {
            self.narrate(&view::before(lesson, at, &options))?;
            questions.before(lesson, act, self.session, &options)?;
            if self.session.stopped() {
                return Ok((Ending::Said(Code::Interrupted), undrawn));
            }
            let drawn = ActPictures {
                plot: plots.remove(&at),
                chapter: pictures
                    .as_ref()
                    .map(|all| all.chapter(act.name.as_str(), None)),
            };
            let files = (opened, drawn);
            let told = self.act(act, files, &mut said, questions)?;
            undrawn = undrawn.or(told.undrawn);
            let mut chapter = told.chapter;
            if self.session.stopped() {
                return Ok((Ending::Said(Code::Interrupted), undrawn));
            }
            if let Ending::Said(code) = ending(&told.outcome) {
                return Ok((Ending::Said(code), undrawn));
            }
            let results = act.judge(&Evidence::of(&whole(told.moments, &lesson.name)?));
            self.narrate(&view::after(lesson, at, &results, &options))?;
            if args.show.format == FormatChoice::Json {
                console.print_lines(&json::check_results(&act.name, &results))?;
            }
            if let Some(chapter) = &mut chapter {
                narrate(chapter, lesson, at, &results);
            }
            chapters.extend(chapter);
            judgements.extend(results);
        }
        let undrawn = undrawn.or(pictures::write(pictures, &chapters, console));
        Ok((judged(&judgements), undrawn))
    }

    /// Runs an act and tells it, to a reader who has been `said` what the acts before it explained.
    fn act(
        &self,
        act: &Act,
        (opened, mut drawn): (Option<RecordingFile>, ActPictures),
        said: &mut Explained,
        questions: &mut Questions<'a>,
    ) -> Result<ToldAct, Failure> {
        let (lesson, console, show) = (self.lesson, self.console, &self.args.show);
        let options = console.options(show);
        let asking = questions.any(act);
        let held = asking || self.pace.is_some();
        let mut moments = KeptMoments::default();
        let folded = lesson.shows.folded
            && show.format == FormatChoice::Ladder
            && !show.all
            && self.pace.is_none();
        let view: StoryView = if folded {
            Box::new(Folded::new(Ladder::new(options.clone())))
        } else {
            view_of(show.format, options.clone())
        };
        let mut teller = Teller::new(console, Some(view))
            .saving(opened)
            .to(&mut moments)
            .to(&mut drawn.plot)
            .to(&mut drawn.chapter)
            .with_an_end(show)
            .after(said)
            // Who is to find out what was drawn gets no explanations before.
            .wordless(lesson.draws && asking)
            .holding(held);
        let outcome = if held {
            recording_bar::shown_while(console, self.seconds, || {
                self.session.run(&act.plan, &mut teller)
            })?
        } else {
            self.session.run(&act.plan, &mut teller)?
        };
        *said = teller.said();
        let mut asked = None;
        // A run that ended because the viewer was left is not told.
        if held && (outcome.troubles.is_empty() || console.is_left_by_key()) {
            let told = (teller, self.pace, show);
            asked = Some(questions.tell(lesson, act, told, self.session, &options)?);
        } else {
            teller.finish()?;
        }
        let undrawn = plot::draw(drawn.plot, show, console)?;
        if let Some(asked) = asked {
            questions.mark(lesson, act, &asked, self.session, &options)?;
        }
        Ok(ToldAct {
            outcome,
            moments,
            chapter: drawn.chapter,
            undrawn,
        })
    }

    /// What was drawn, what comes next; and what was done is kept.
    fn end(
        &self,
        seed: Option<u64>,
        ended: Ending,
        answers: &Answers,
        shelf: &Shelf,
        source: &LessonSource,
    ) -> Result<(), Failure> {
        let mut says = Vec::new();
        if let (Some(seed), true) = (seed, self.lesson.draws) {
            let drawn = Message::new("lesson-drawn").text("seed", seed.to_string());
            says.push(drawn.text("name", &self.lesson.name));
        }
        for name in exercise::about(source.number_and_name().1) {
            says.push(Message::new("lesson-exercise").text("name", name));
        }
        let next = shelf.after(&source.folder);
        if let Some(next) = next {
            let name = next.number_and_name().1.to_owned();
            says.push(Message::new("lesson-next").text("name", name));
        }
        // Only a lesson of the shelf has a place in the course; one that did not hold was not seen as it is meant.
        let of_shelf = shelf.sources().any(|known| known == source);
        let seen = !self.console.is_closed();
        if of_shelf && seen && ended == Ending::Done && !self.args.teacher {
            let done = Done {
                right: answers.right(),
                of: answers.of(),
            };
            if let Err(failure) = Progress::add(self.lesson.name.raw(), done) {
                let why = self.console.say(failure.what());
                says.push(Message::new("lesson-progress-not-kept").text("why", why));
            }
        }
        for message in says {
            let line = Line::of(Role::Faint, self.console.say(&message));
            self.narrate(&[Line::default(), line])?;
        }
        Ok(())
    }
}

/// Leaves one act of the lesson, chosen by the seed; without one it is another every time.
fn draw(lesson: &mut Lesson, seed: Option<u64>) -> u64 {
    let seed = seed.unwrap_or_else(|| now().ns().cast_unsigned() / 1_000 % 1_000);
    let at = usize::try_from(seed % lesson.acts.len() as u64).unwrap_or(0);
    lesson.acts = vec![lesson.acts.swap_remove(at)];
    seed
}

/// What the acts are written into.
struct Files {
    /// The recording of each.
    recordings: Vec<Option<RecordingFile>>,
    /// The graphs of the first that may have a TCP connection, or of all of them, by the act's number.
    plots: BTreeMap<usize, Plot>,
    /// The pictures of all of them.
    pictures: Option<Pictures>,
}

/// A page has the narration with its marks around the act's story, in both languages.
fn narrate(chapter: &mut DrawnStory, lesson: &Lesson, at: usize, results: &[CheckResult]) {
    chapter.narrate(|options| {
        let before = view::before(lesson, at, options);
        [before, view::after(lesson, at, results, options)]
    });
}

/// What is drawn of an act.
struct ActPictures {
    plot: Option<Plot>,
    chapter: Option<DrawnStory>,
}

/// Opens all that is going to be written, so that nobody learns at the end that it cannot be.
fn open(
    args: &LessonArgs,
    lesson: &Lesson,
    console: &Console,
) -> Result<(Option<Report>, Files), Failure> {
    let mut outputs = Outputs::new(args.keep.force, console);
    let report = args.report.as_deref();
    let report = report.map(|path| Report::begin(path, &mut outputs));
    let report = report.transpose()?;
    let recordings = open_files(args, lesson, &mut outputs)?;
    let mut acts = lesson.acts.iter();
    let drawn = acts.position(|act| act.plan.may_speak_tcp()).unwrap_or(0);
    let below = lesson.shows.chart && args.show.format == FormatChoice::Ladder;
    let mut plots = BTreeMap::new();
    for (at, act) in lesson.acts.iter().enumerate() {
        let plot = if at == drawn {
            args.keep.plot(&act.plan, below, &args.show, &mut outputs)?
        } else if below && act.plan.may_speak_tcp() {
            Plot::asked(None, true, 0, &args.show, &mut outputs)?
        } else {
            None
        };
        plots.extend(plot.map(|plot| (at, plot)));
    }
    let speaks = lesson.acts.get(drawn);
    let pictures = match speaks {
        Some(act) => args.keep.pictures(&act.plan, &mut outputs)?,
        None => None,
    };
    Ok((
        report,
        Files {
            recordings,
            plots,
            pictures,
        },
    ))
}

/// A file for each act: the first has the name that was given, others their own name behind it.
fn open_files(
    args: &LessonArgs,
    lesson: &Lesson,
    outputs: &mut Outputs,
) -> Result<Vec<Option<RecordingFile>>, Failure> {
    let Some(path) = &args.keep.save else {
        return Ok(lesson.acts.iter().map(|_| None).collect());
    };
    let mut files = Vec::new();
    let mut is_file = true;
    for (at, act) in lesson.acts.iter().enumerate() {
        let path = if is_file {
            &act_file(path, at, act)
        } else {
            path
        };
        let opened = RecordingFile::new(path, &act.plan, outputs)?;
        is_file = opened.output().is_file();
        if opened.output().is_pipe() && lesson.acts.len() > 1 {
            let what = Message::new("error-acts-pipe").int("acts", signed(lesson.acts.len()));
            return Err(Failure::usage(what).try_this(Message::new("error-acts-pipe-try")));
        }
        files.push(Some(opened));
    }
    if args.report.is_some() && !is_file {
        let what = Message::new("error-report-file").text("path", shown(path));
        return Err(Failure::usage(what).try_this(Message::new("error-acts-pipe-try")));
    }
    Ok(files)
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
fn recordings(args: &LessonArgs, lesson: &Lesson) -> Vec<PathBuf> {
    let path = args.keep.save.iter();
    path.flat_map(|path| {
        let acts = lesson.acts.iter().enumerate();
        acts.map(|(at, act)| act_file(path, at, act))
    })
    .collect()
}
