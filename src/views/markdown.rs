//! Markdown: the story as a table, and below it what is said of each row, for notes, issues and slides that are written so.

use crate::explain::{
    CallMoment, CallPhase, Moment, MomentSink, StateChange, Summary, Transit, TransitPhase, What,
};
use crate::model::{Host, Setting, Time};
use crate::text::visible;

use super::options::Options;
use super::styled::{Line, Role};
use super::{ladder, summary, wording};

/// Tells moments as rows of a table.
#[derive(Debug)]
pub struct Markdown {
    options: Options,
    hosts: Vec<Host>,
    zero: Option<Time>,
    titled: bool,
}

impl Markdown {
    /// A view with these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
            zero: None,
            titled: false,
        }
    }

    fn name(&self, host: crate::model::HostId) -> String {
        wording::host_name(host, &self.hosts, &self.options.catalogue)
    }

    /// From whom to whom.
    fn who(&self, transit: &Transit) -> String {
        let names = [transit.from, transit.to].map(|host| host.map(|host| self.name(host)));
        match names {
            [Some(from), Some(to)] => format!("{from} → {to}"),
            [Some(one), None] | [None, Some(one)] => one,
            [None, None] => transit
                .followed
                .ends
                .map_or_else(String::new, |(from, to)| format!("{from} → {to}")),
        }
    }

    fn transit(&self, transit: &Transit) -> String {
        let tokens = ladder::tokens(transit, &transit.frame.packet(), &self.hosts);
        let arrives = transit.phase == TransitPhase::Arrived && transit.sent.is_some();
        let mut said = format!("**{}**", escaped(&tokens.join(" ")));
        if arrives {
            let word = self.options.catalogue.word("page-arrives");
            said = format!("{word} {said}");
        }
        if matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost) {
            said.push_str(" ✗ ");
            said.push_str(&self.options.catalogue.word("page-lost"));
        }
        said.push_str(&self.states(&transit.sender_states));
        said.push_str(&self.states(&transit.receiver_states));
        said
    }

    fn call(&self, call: &CallMoment) -> String {
        let mut text = wording::call(&call.call, 48);
        match call.returned.as_deref() {
            None => text.push_str(" …"),
            Some(returned) => {
                text.push(' ');
                text.push_str(&wording::gave(&call.call, returned, 48));
                if call.phase == CallPhase::Returned {
                    text.push_str("  ");
                    text.push_str(&wording::duration(returned.at.since(call.call.at)));
                }
            }
        }
        escaped(&text) + &self.states(&call.states)
    }

    fn states(&self, states: &[StateChange]) -> String {
        states
            .iter()
            .map(|state| {
                format!(
                    " · {}: {}",
                    escaped(&self.name(state.host)),
                    state.now.name()
                )
            })
            .collect()
    }

    fn row(&mut self, moment: &Moment, who: &str, what: &str) -> Vec<Line> {
        let zero = *self.zero.get_or_insert(moment.at);
        let mut lines = Vec::new();
        if !std::mem::replace(&mut self.titled, true) {
            let word = |key| self.options.catalogue.word(key);
            let head = format!("| ms | {} | {} |", word("page-who"), word("page-what"));
            lines.push(Line::of(Role::Plain, head));
            lines.push(Line::of(Role::Plain, "|---:|---|---|"));
        }
        let mut what = what.to_owned();
        for note in &moment.notes {
            if !(self.options.quiet && note.kind.hidden_when_quiet()) {
                let catalogue = &self.options.catalogue;
                let mark = wording::note_mark(note.kind, catalogue);
                what.push_str("<br>");
                what.push_str(&escaped(&format!(
                    "{mark}{}",
                    wording::note(note, catalogue)
                )));
            }
        }
        let time = wording::time(moment.at.since(zero));
        let row = format!("| {time} | {} | {what} |", escaped(who));
        lines.push(Line::of(Role::Plain, row));
        lines
    }
}

/// Nothing in it is a mark of Markdown's, or of HTML's.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible::text(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '~' | '#' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Lines of another view as text of a paragraph each.
#[must_use]
pub fn paragraphs(lines: &[Line]) -> Vec<Line> {
    let texts = lines.iter().map(|line| escaped(line.plain().trim_start()));
    texts
        .flat_map(|text| [Line::of(Role::Plain, text), Line::new()])
        .collect()
}

impl MomentSink for Markdown {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        match &moment.what {
            What::Begin(settings) => {
                let hosts = settings.iter().filter_map(|setting| match setting {
                    Setting::Host(host) => Some(host.clone()),
                    _ => None,
                });
                self.hosts.extend(hosts);
                self.zero = Some(moment.at);
                Vec::new()
            }
            What::Call(call) => {
                let (who, what) = (self.name(call.call.host), self.call(call));
                self.row(moment, &who, &what)
            }
            What::Transit(transit) => {
                let (who, what) = (self.who(transit), self.transit(transit));
                self.row(moment, &who, &what)
            }
            What::State(state) => {
                let (who, what) = (self.name(state.host), state.now.name());
                self.row(moment, &who, what)
            }
            What::Hole(hole) => {
                let what = escaped(&wording::hole(hole, &self.options.catalogue));
                self.row(moment, "", &what)
            }
            What::Program(end) => {
                let said = wording::program_end(end, &self.hosts, &self.options.catalogue);
                self.row(moment, "", &escaped(&said))
            }
            What::Process(seen) => {
                let said = wording::process(seen, &self.hosts, &self.options.catalogue);
                said.map(|(_, said)| self.row(moment, "", &escaped(&said)))
                    .unwrap_or_default()
            }
            What::End(outcome) => {
                let troubles = ladder::troubles(outcome, &self.hosts, &self.options);
                let said = troubles.iter().map(|line| escaped(&line.plain()));
                let mut lines = vec![Line::new()];
                lines.extend(said.map(|text| Line::of(Role::Plain, text)));
                lines
            }
        }
    }

    fn end(&mut self, told: &Summary) -> Vec<Line> {
        let mut lines = vec![Line::new()];
        let said = summary::lines(&self.options, told);
        lines.extend(
            said.iter()
                .map(|line| Line::of(Role::Plain, escaped(&line.plain()))),
        );
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_outside_is_no_mark() {
        assert_eq!(
            escaped("a|b <img> [x](y) `c` *d* \u{1b}"),
            "a\\|b &lt;img&gt; \\[x\\](y) \\`c\\` \\*d\\* \\\\u{1b}"
        );
    }
}
