//! `sockscope exercise check`: the solutions must hold every expectation, each wrong program must fail just its own.
//! This alone runs programs of an exercise's folder, by their names' ends: `.py` by python3, `.c` compiled by cc.

use std::path::Path;
use std::process::{Command, Stdio};

use clap::Args;

use super::{find, warn};
use crate::commands::lesson::check::{copy_of_us, side_by_side};
use crate::commands::lesson::{of_faults, whole};
use crate::exercise::{self, Exercise, FolderProgram, quoted};
use crate::explain::expect::{CheckResult, Evidence};
use crate::failure::{Code, Failure};
use crate::model::setting::Place;
use crate::session::kept_moments::KeptMoments;
use crate::session::live::{Session, ending};
use crate::session::teller::Teller;
use crate::session::{Console, Ending};
use crate::text::Message;
use crate::views::{Line, Role, shortfall};

/// `sockscope exercise check`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-exercise-check")]
pub struct ExerciseCheckArgs {
    /// Which: a name, a path, or all.
    #[arg(
        value_name = "NAME",
        default_value = "all",
        help = "help-exercise-which"
    )]
    pub which: String,
}

/// Exercises that are checked at the same time.
const AT_ONCE: usize = 4;

/// Checks one exercise here, or all of them in processes of their own.
pub fn run(args: &ExerciseCheckArgs, console: &Console) -> Result<Ending, Failure> {
    if args.which == "all" {
        let all = exercise::built_in();
        let checks = all
            .iter()
            .map(|source| copy_of_us(&["exercise", "check", source.name()], console));
        return side_by_side(checks.collect::<Result<_, _>>()?, AT_ONCE, console);
    }
    let source = find(&args.which)?;
    if exercise::find(&args.which).is_err() {
        warn(console);
    }
    let exercise = exercise::read(&source).map_err(|faults| of_faults(&faults, console))?;
    one(&exercise, console)
}

fn broken(name: &str, error: &std::io::Error) -> Failure {
    let what = Message::new("error-exercise-program").text("name", name.to_owned());
    Failure::of_io(what, error).with_code(Code::Failed)
}

/// Writes a program into a folder of ours, and compiles it if that is needed; the command line that starts it.
fn prepare(program: &FolderProgram, folder: &Path) -> Result<String, Failure> {
    let path = folder.join(&program.name);
    std::fs::write(&path, &program.text).map_err(|error| broken(&program.name, &error))?;
    let text = path.to_string_lossy().into_owned();
    if !program.compiled {
        return Ok(quoted(&["python3".to_owned(), text]));
    }
    let made = format!("{text}.out");
    let status = Command::new("cc")
        .args(["-O1", "-pthread", "-o", &made, &text])
        .stdin(Stdio::null())
        .status()
        .map_err(|error| broken(&program.name, &error))?;
    if !status.success() {
        let what = Message::new("error-exercise-program").text("name", program.name.clone());
        return Err(Failure::failed(what));
    }
    Ok(quoted(&[made]))
}

fn one(exercise: &Exercise, console: &Console) -> Result<Ending, Failure> {
    let folder = tempfile::tempdir().map_err(|error| broken(exercise.name(), &error))?;
    let wrong = exercise
        .wrong
        .iter()
        .map(|(program, fails)| (program, Some(fails)));
    let solutions = exercise.solutions.iter().map(|program| (program, None));
    let mut programs = Vec::new();
    // Compilers run before anything is lent to us, and before anything waits for them.
    for (program, fails) in solutions.chain(wrong) {
        programs.push((program, fails, prepare(program, folder.path())?));
    }
    let session = Session::enter(Place::Wire)?;
    let (mut worst, mut lines) = (Ending::Done, Vec::new());
    for (program, fails, command) in programs {
        let (Some(plan), Some(act)) = (exercise.plan(&command), exercise.lesson.acts.first())
        else {
            continue;
        };
        let mut moments = KeptMoments::default();
        let mut teller = Teller::new(console, None).to(&mut moments);
        let outcome = session.run(&plan, &mut teller)?;
        teller.finish()?;
        if session.stopped() {
            return Ok(Ending::Said(Code::Interrupted));
        }
        let results = act.judge(&Evidence::of(&whole(moments, &exercise.lesson.name)?));
        let whole_run = fails.is_some() || ending(&outcome) == Ending::Done;
        let verdict = verdict(&results, fails.map(String::as_str), whole_run);
        let (role, sign) = match verdict {
            Ending::Done => (Role::Good, "✓"),
            Ending::Said(_) => (Role::Bad, "✗"),
        };
        let failed: Vec<&str> = results
            .iter()
            .filter(|result| !result.held())
            .map(|result| result.id.as_str())
            .collect();
        let said = Message::new("exercise-checked")
            .text("name", exercise.name().to_owned())
            .text("program", program.name.clone())
            .text("failed", failed.join(", "))
            .text("any", if failed.is_empty() { "no" } else { "yes" });
        lines.push(Line::of(role, format!("{sign} {}", console.say(&said))));
        if verdict != Ending::Done {
            for result in results.iter().filter(|result| !result.held()) {
                lines.extend(shortfall::not_held(result, &console.catalogue));
            }
            if let Some(why) = crate::failure::trouble(&outcome, &plan).filter(|_| fails.is_none())
            {
                lines.push(Line::of(Role::Plain, console.say(&why)));
            }
            if worst != Ending::Said(Code::Failed) {
                worst = verdict;
            }
        }
    }
    console.print_lines(&lines)?;
    Ok(worst)
}

/// Whether a program did what is said of it: held everything, or failed just one expectation.
fn verdict(results: &[CheckResult], fails: Option<&str>, whole_run: bool) -> Ending {
    let as_said = |result: &&CheckResult| result.held() != (fails == Some(result.id.as_str()));
    if results.iter().all(|result| as_said(&result)) && whole_run {
        return Ending::Done;
    }
    let late = |result: &CheckResult| result.too_busy().is_some() && !result.held();
    let busy = results.iter().filter(|result| !as_said(result)).all(late);
    Ending::Said(if busy && whole_run {
        Code::TooBusy
    } else {
        Code::Failed
    })
}
