//! `sockscope lesson handout`: lessons as sheets of paper, with room for answers, or with a key from a run.

use clap::Args;

use super::{
    Console, Ending, Failure, Message, OwnLessonsArgs, Place, Session, Teller, ending, of_faults,
    read,
};
use crate::cli::spelling;
use crate::explain::expect::Evidence;
use crate::lesson::Lesson;
use crate::views::handout::{self, Key};

/// `sockscope lesson handout`.
#[derive(Clone, Debug, Args)]
#[command(
    about = "help-lesson-handout",
    after_help = "help-lesson-handout-examples"
)]
pub struct HandoutArgs {
    /// Which: a name, a path, or all.
    #[arg(value_name = "NAME", help = "help-lesson-which")]
    pub which: String,
    /// As what.
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "md",
        help = "help-lesson-handout-format"
    )]
    pub format: SheetChoice,
    /// With the answers, found in a run that is made for it.
    #[arg(long, help = "help-lesson-key")]
    pub key: bool,
    #[command(flatten)]
    pub own: OwnLessonsArgs,
}

/// As what a sheet is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetChoice {
    /// Markdown.
    Md,
    /// A page of HTML.
    Html,
}

spelling!(SheetChoice: Md "md", Html "html");

/// Prints the sheets.
pub fn run(args: &HandoutArgs, console: &Console) -> Result<Ending, Failure> {
    let shelf = super::shelf(&args.own, console)?;
    let sources = if args.which == "all" {
        shelf.sources().cloned().collect()
    } else {
        vec![super::find(&shelf, &args.which)?]
    };
    let session = args.key.then(|| Session::enter(Place::Wire)).transpose()?;
    let mut sheets = Vec::new();
    for source in &sources {
        let lesson = read(source).map_err(|faults| of_faults(&faults, console))?;
        let key = session
            .as_ref()
            .map(|session| key(&lesson, session, console))
            .transpose()?;
        sheets.push(handout::markdown(&lesson, key.as_ref(), &console.catalogue));
    }
    let text = match args.format {
        SheetChoice::Md => sheets.join("\n---\n\n"),
        SheetChoice::Html => handout::html(&sheets, console.catalogue.lang().tag()),
    };
    console.print(&text)?;
    Ok(Ending::Done)
}

/// Runs a lesson, and finds the answers in what was recorded.
fn key(lesson: &Lesson, session: &Session, console: &Console) -> Result<Key, Failure> {
    let mut key = Key::new();
    for act in &lesson.acts {
        let mut moments = Vec::new();
        let mut teller = Teller::new(console, None).to(&mut moments);
        let outcome = session.run(&act.plan, &mut teller)?;
        teller.finish()?;
        if let Ending::Said(code) = ending(&outcome) {
            let what = Message::new("error-lesson-run").text("name", &lesson.name);
            return Err(Failure::failed(what).with_code(code));
        }
        let evidence = Evidence::of(&moments);
        for ask in &act.asks {
            if let Some(solution) = ask.solve(act, &evidence) {
                key.entry(ask.id.clone())
                    .or_insert_with(|| solution.shown());
            }
        }
    }
    Ok(key)
}
