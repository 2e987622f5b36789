//! `sockscope doctor`: what a lab and `--on lo` need, tried for real, each with its cure.

use clap::Args;

use crate::failure::{Code, Failure};
use crate::observe::lab::doctor::{Check, NeedStatus, examine};
use crate::session::{Console, Ending};
use crate::text::Message;
use crate::views::styled::{columns, wrap};
use crate::views::table::{Cell, Column, Table};
use crate::views::{Line, Role, visible};

/// `sockscope doctor`.
#[derive(Clone, Debug, Args)]
#[command(about = "help-doctor", after_help = "help-doctor-examples")]
pub struct DoctorArgs {}

/// Looks and tells. Ends well when a lab can be set up by this user.
pub fn run(console: &Console) -> Result<Ending, Failure> {
    let checks = examine()?;
    let width = checks
        .iter()
        .map(|check| columns(&console.catalogue.word(check.need.key())))
        .max()
        .unwrap_or(0);
    let mut lines = Vec::new();
    for check in &checks {
        lines.extend(check_lines(check, width, console));
    }
    let works = !checks.iter().any(Check::stops_the_lab);
    let (key, role) = if works {
        ("doctor-works", Role::Good)
    } else {
        ("doctor-works-not", Role::Bad)
    };
    lines.push(Line::default());
    lines.push(Line::of(role, console.catalogue.word(key)));
    console.print_lines(&lines)?;
    Ok(if works {
        Ending::Done
    } else {
        Ending::Said(Code::Failed)
    })
}

/// One need: met or not, and what to do about it.
fn check_lines(check: &Check, width: usize, console: &Console) -> Vec<Line> {
    let (mark, role) = match check.status {
        NeedStatus::Yes => ("✓", Role::Good),
        NeedStatus::Nearly(..) => ("!", Role::Caution),
        NeedStatus::Refused(_) => ("✗", Role::Bad),
        NeedStatus::NotTried => ("·", Role::Faint),
    };
    let found = match check.status {
        NeedStatus::NotTried => console.catalogue.word("doctor-not-tried"),
        _ => visible::text(&check.found),
    };
    let mut lines = Table::new([0, 2, 2 + width + 2].map(Column::at)).row(&[
        Cell::whole(role, format!("{mark} ")),
        Cell::whole(Role::Plain, console.catalogue.word(check.need.key())),
        Cell::whole(Role::Faint, found),
    ]);
    if let Some((why, cure)) = check.keys() {
        let cure = Message::new("error-try").text("cure", console.catalogue.word(cure));
        for text in [
            console.catalogue.word(why),
            console.say(&cure).trim().to_owned(),
        ] {
            for row in wrap(&text, usize::from(console.width) - 4) {
                lines.push(Line::of(Role::Plain, format!("    {row}")));
            }
        }
    }
    lines
}
