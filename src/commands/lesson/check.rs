//! `sockscope lesson check`: each lesson is run, and each of its claims held against what this kernel did.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{
    Code, Ending, Failure, Instant, Lesson, Line, Message, Place, Screen, Session, Shelf, Source,
    Teller, Verdict, cli, ending, find, of_faults, view,
};
use crate::lesson::check;

/// Checks one lesson here, or all of them in processes of their own, side by side: they spend their time
/// waiting for the wire.
pub fn run(which: &str, own: &cli::OwnLessons, screen: &Screen) -> Result<Ending, Failure> {
    let shelf = super::shelf(own)?;
    if which == "all" {
        return all(&shelf, own, screen);
    }
    let source = find(&shelf, which)?;
    one(&source, &shelf, screen)
}

fn one(source: &Source, shelf: &Shelf, screen: &Screen) -> Result<Ending, Failure> {
    let lesson = check(source, shelf).map_err(|faults| of_faults(&faults, screen))?;
    let began = Instant::now();
    let session = Session::enter(Place::Wire)?;
    let mut verdicts = Vec::new();
    for act in &lesson.acts {
        let mut teller = Teller::silent(screen);
        let outcome = session.run(&act.plan, &mut teller)?;
        let moments = teller.finish()?.moments;
        if let Ending::Said(code) = ending(&outcome) {
            let what = Message::new("error-lesson-run").text("name", lesson.name);
            let why = crate::failure::trouble(&outcome, &act.plan);
            return Err(match why {
                Some(why) => Failure::failed(what).why(why),
                None => Failure::failed(what),
            }
            .with_code(code));
        }
        verdicts.extend(act.judge(&moments));
    }
    let lines = verdict_lines(&lesson, &verdicts, began, screen);
    screen.print_lines(&lines)?;
    Ok(if verdicts.iter().all(Verdict::held) {
        Ending::Done
    } else {
        Ending::Said(Code::Failed)
    })
}

fn verdict_lines(
    lesson: &Lesson,
    verdicts: &[Verdict],
    began: Instant,
    screen: &Screen,
) -> Vec<Line> {
    let held = verdicts.iter().filter(|verdict| verdict.held()).count();
    let ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX);
    let catalogue = &screen.catalogue;
    let mut lines = vec![view::checked(lesson, held, verdicts.len(), ms, catalogue)];
    for verdict in verdicts {
        lines.extend(view::not_held(verdict, catalogue));
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
pub fn apart(which: &str, own: Option<&Path>, screen: &Screen) -> Result<i32, Failure> {
    let checked = finish(start(which, own, screen)?)?;
    screen.print(&checked.said)?;
    screen.complain(&checked.complained);
    Ok(checked.code)
}

fn all(shelf: &Shelf, own: &cli::OwnLessons, screen: &Screen) -> Result<Ending, Failure> {
    let names: Vec<String> = shelf
        .sources()
        .map(|source| source.number_and_name().1.to_owned())
        .collect();
    let at_once = std::thread::available_parallelism().map_or(2, |cores| cores.get() * 2);
    let mut worst = 0;
    let mut running: std::collections::VecDeque<Child> = std::collections::VecDeque::new();
    let mut waiting = names.iter();
    loop {
        while running.len() < at_once
            && let Some(name) = waiting.next()
        {
            running.push_back(start(name, own.lessons.as_deref(), screen)?);
        }
        let Some(child) = running.pop_front() else {
            break;
        };
        let checked = finish(child)?;
        screen.print(&checked.said)?;
        screen.complain(&checked.complained);
        worst = worst.max(checked.code);
    }
    Ok(match worst {
        0 => Ending::Done,
        130 => Ending::Said(Code::Interrupted),
        2 => Ending::Said(Code::Usage),
        _ => Ending::Said(Code::Failed),
    })
}

fn start(name: &str, own: Option<&Path>, screen: &Screen) -> Result<Child, Failure> {
    let program = std::env::current_exe().map_err(|error| broken(name, &error))?;
    Command::new(program)
        .args([
            "lesson",
            "check",
            name,
            "--lang",
            screen.catalogue.lang().tag(),
        ])
        .args(
            own.into_iter()
                .flat_map(|own| [Path::new("--lessons"), own]),
        )
        .args([
            "--color",
            if screen.has_colour() {
                "always"
            } else {
                "never"
            },
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| broken(name, &error))
}

fn finish(mut child: Child) -> Result<Checked, Failure> {
    // What is said on standard error is short: it fits into its pipe while the other is read.
    let mut said = String::new();
    let mut complained = String::new();
    let read = child
        .stdout
        .take()
        .map_or(Ok(0), |mut out| out.read_to_string(&mut said))
        .and_then(|_| {
            child
                .stderr
                .take()
                .map_or(Ok(0), |mut err| err.read_to_string(&mut complained))
        });
    let status = read
        .and_then(|_| child.wait())
        .map_err(|error| broken("", &error))?;
    Ok(Checked {
        said,
        complained,
        code: status.code().unwrap_or(1),
    })
}

fn broken(name: &str, error: &std::io::Error) -> Failure {
    Failure::of_io(
        Message::new("error-lesson-run").text("name", name.to_owned()),
        error,
    )
    .with_code(Code::Failed)
}
