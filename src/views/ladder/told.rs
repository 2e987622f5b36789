//! The end of a run: what kept it from its plan.

use crate::model::{Host, Outcome, Trouble};
use crate::text::Message;

use crate::views::options::Options;
use crate::views::styled::{Line, Role, wrap};
use crate::views::wording;

/// A line for each trouble.
#[must_use]
pub fn troubles(outcome: &Outcome, hosts: &[Host], options: &Options) -> Vec<Line> {
    let catalogue = &options.catalogue;
    let name = |host| wording::host_name(host, hosts, catalogue);
    outcome
        .troubles
        .iter()
        .flat_map(|trouble| {
            let message = match trouble {
                Trouble::Interrupted => Message::new("ladder-interrupted"),
                Trouble::Overrun { frames } => {
                    Message::new("ladder-overrun").int("frames", *frames)
                }
                Trouble::Stuck { host, line } => Message::new("ladder-stuck")
                    .text("host", name(*host))
                    .text("line", line),
                Trouble::OutOfTime { host, within } => Message::new("ladder-out-of-time")
                    .text("host", name(*host))
                    .text("span", wording::duration(*within)),
                Trouble::CallFailed { host, line, errno } => Message::new("ladder-call-failed")
                    .text("host", name(*host))
                    .text("line", line)
                    .text("errno", errno),
                Trouble::ProgramFailed { host, status } => Message::new("ladder-program-failed")
                    .text("host", name(*host))
                    .int("status", *status),
                Trouble::PrintedTooMuch { host, most } => Message::new("ladder-printed-too-much")
                    .text("host", name(*host))
                    .int("bytes", *most),
            };
            let said = wording::message(&message, catalogue);
            wrap(&format!("! {said}"), options.width.max(80) - 2)
        })
        .map(|text| Line::of(Role::Caution, text))
        .collect()
}
