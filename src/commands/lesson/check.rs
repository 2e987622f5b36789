//! `sockscope lesson check`: each lesson is run, and each of its claims held against what this kernel did.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Mutex, mpsc};

use clap::Args;

use super::{
    CheckResult, Code, Console, Ending, Failure, Instant, KeptMoments, Lesson, LessonSource, Line,
    Message, OwnLessonsArgs, Place, Session, Shelf, Teller, ending, find, judged, of_faults, view,
    whole,
};
use crate::explain::expect::Evidence;
use crate::lesson::check;
use crate::observe::caller;

/// `sockscope lesson check`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-lesson-check", after_help = "help-lesson-check-examples")]
pub struct CheckArgs {
    /// Which: a name, a path, or all.
    #[arg(value_name = "NAME", default_value = "all", help = "help-lesson-which")]
    pub which: String,
    #[command(flatten)]
    pub own: OwnLessonsArgs,
}

/// Checks one lesson here, or all of them in processes of their own, side by side: they spend their time
/// waiting for the wire.
pub fn run(args: &CheckArgs, console: &Console) -> Result<Ending, Failure> {
    let folder = super::own_folder(&args.own, console)?;
    let shelf = super::shelf_with(folder.as_deref())?;
    if args.which == "all" {
        return all(&shelf, folder.as_deref(), console);
    }
    let source = find(&shelf, &args.which)?;
    one(&source, &shelf, console)
}

fn one(source: &LessonSource, shelf: &Shelf, console: &Console) -> Result<Ending, Failure> {
    let lesson = check(source, shelf).map_err(|faults| of_faults(&faults, console))?;
    let began = Instant::now();
    let session = Session::enter(Place::Wire)?;
    let mut results = Vec::new();
    let mut misplaced = Vec::new();
    for act in &lesson.acts {
        let mut moments = KeptMoments::default();
        let mut teller = Teller::new(console, None).to(&mut moments);
        let outcome = session.run(&act.plan, &mut teller)?;
        teller.finish()?;
        if let Ending::Said(code) = ending(&outcome) {
            let what = Message::new("error-lesson-run").text("name", &lesson.name);
            let why = crate::failure::trouble(&outcome, &act.plan);
            return Err(match why {
                Some(why) => Failure::failed(what).why(why),
                None => Failure::failed(what),
            }
            .with_code(code));
        }
        let moments = whole(moments, &lesson.name)?;
        let evidence = Evidence::of(&moments);
        let asks = act.asks.iter();
        misplaced.extend(
            asks.filter_map(|ask| ask.misplaced(act, &moments, &evidence, &console.catalogue)),
        );
        results.extend(act.judge(&evidence));
    }
    let mut lines = verdict_lines(&lesson, &results, began, console);
    for message in &misplaced {
        let text = format!("✗ {}", console.say(message));
        lines.push(Line::of(super::Role::Bad, text));
    }
    console.print_lines(&lines)?;
    if !misplaced.is_empty() {
        return Ok(Ending::Said(Code::Failed));
    }
    Ok(judged(&results))
}

fn verdict_lines(
    lesson: &Lesson,
    results: &[CheckResult],
    began: Instant,
    console: &Console,
) -> Vec<Line> {
    let ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let catalogue = &console.catalogue;
    let mut lines = vec![view::checked(lesson, results, ms, catalogue)];
    for result in results {
        lines.extend(crate::views::shortfall::not_held(result, catalogue));
    }
    lines
}

/// What one lesson's process said.
struct Checked {
    said: String,
    complained: String,
    code: i32,
}

/// Checks one lesson in a process of its own, and passes on what that says: gives its exit code.
pub fn apart(which: &str, own: Option<&Path>, console: &Console) -> Result<i32, Failure> {
    let checked = finish(&mut command(which, own, console)?)?;
    console.pass_on(&checked.said)?;
    console.complain(&checked.complained);
    Ok(checked.code)
}

/// Lessons that run at the same time, for each processor: their scripts and the wire mostly wait.
const AT_ONCE: usize = 6;

/// All of them, several at a time; told in their order, each as soon as those before it are.
fn all(shelf: &Shelf, own: Option<&Path>, console: &Console) -> Result<Ending, Failure> {
    let checks: Vec<Command> = shelf
        .sources()
        .map(|source| command(source.number_and_name().1, own, console))
        .collect::<Result<_, _>>()?;
    side_by_side(checks, AT_ONCE, console)
}

/// Runs these, so many at a time for each processor, and passes on what they say, in their order; how the worst ended.
pub fn side_by_side(
    checks: Vec<Command>,
    at_once: usize,
    console: &Console,
) -> Result<Ending, Failure> {
    let at_once = std::thread::available_parallelism().map_or(1, NonZero::get) * at_once;
    let at_once = at_once.min(checks.len());
    let waiting = Mutex::new(checks.into_iter().enumerate());
    let (ended, results) = mpsc::channel();
    let codes = std::thread::scope(|scope| {
        for _ in 0..at_once {
            let (ended, waiting) = (ended.clone(), &waiting);
            scope.spawn(move || {
                while let Some((at, mut check)) = waiting.lock().ok().and_then(|mut all| all.next())
                {
                    if ended.send((at, finish(&mut check))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(ended);
        tell_in_order(results, console)
    })?;
    let ended = codes.iter().filter(|code| **code != 0);
    let ended = ended.map(|code| of_code(*code));
    // What is worse outdoes: a claim that fails is certain, however busy the machine was.
    let worst = ended.max_by_key(|code| match code {
        Code::TooBusy => 0,
        Code::Failed => 1,
        Code::Usage => 2,
        Code::Interrupted => 3,
    });
    Ok(worst.map_or(Ending::Done, Ending::Said))
}

/// What an exit code other than 0 says.
fn of_code(code: i32) -> Code {
    let known = [Code::Interrupted, Code::Usage, Code::TooBusy];
    let known = known
        .into_iter()
        .find(|known| i32::from(known.number()) == code);
    known.unwrap_or(Code::Failed)
}

/// Passes on what each lesson's process said, in the order of the lessons; gives their exit codes.
fn tell_in_order(
    results: mpsc::Receiver<(usize, Result<Checked, Failure>)>,
    console: &Console,
) -> Result<Vec<i32>, Failure> {
    let mut early = BTreeMap::new();
    let mut codes = Vec::new();
    for (at, checked) in results {
        early.insert(at, checked?);
        while let Some(checked) = early.remove(&codes.len()) {
            console.pass_on(&checked.said)?;
            console.complain(&checked.complained);
            codes.push(checked.code);
        }
    }
    Ok(codes)
}

fn command(name: &str, own: Option<&Path>, console: &Console) -> Result<Command, Failure> {
    let own = own.into_iter();
    let mut command = copy_of_us(&["lesson", "check", name], console)?;
    command.args(own.flat_map(|own| [Path::new("--lessons"), own]));
    Ok(command)
}

/// A command line of this program, in a process of its own.
pub fn copy_of_us(args: &[&str], console: &Console) -> Result<Command, Failure> {
    // The copies are this very file, whatever its path leads to by now, and have our rights.
    caller::pass_on().map_err(|error| broken(args.last().unwrap_or(&""), &error))?;
    let colour = if console.has_colour() {
        "always"
    } else {
        "never"
    };
    let mut command = Command::new("/proc/self/exe");
    command
        .args(args)
        .args(["--lang", console.catalogue.lang().tag()])
        .args(["--color", colour])
        .stdin(Stdio::null());
    Ok(command)
}

fn finish(check: &mut Command) -> Result<Checked, Failure> {
    let said = check.output().map_err(|error| broken("", &error))?;
    Ok(Checked {
        said: String::from_utf8_lossy(&said.stdout).into_owned(),
        complained: String::from_utf8_lossy(&said.stderr).into_owned(),
        code: said.status.code().unwrap_or(1),
    })
}

fn broken(name: &str, error: &std::io::Error) -> Failure {
    Failure::of_io(
        Message::new("error-lesson-run").text("name", name.to_owned()),
        error,
    )
    .with_code(Code::Failed)
}
