//! Mermaid: the story as a sequence diagram in text, which pages of many kinds draw themselves.
//! (<https://mermaid.js.org/syntax/sequenceDiagram.html>)

use crate::explain::{
    CallMoment, CallPhase, Moment, MomentSink, NoteKind, StateChange, Transit, TransitPhase, What,
};
use crate::model::{Host, HostId, Setting};
use crate::protocol::follow::Way;
use crate::text::visible;

use super::options::Options;
use super::styled::{Line, Role};
use super::{ladder, wording};

/// Tells moments as lines of a sequence diagram.
#[derive(Debug)]
pub struct Mermaid {
    options: Options,
    hosts: Vec<Host>,
    begun: bool,
}

impl Mermaid {
    /// A view with these options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
            begun: false,
        }
    }

    /// The head, before the first line: who takes part.
    fn head(&mut self, first: Option<&Transit>) -> Vec<Line> {
        if std::mem::replace(&mut self.begun, true) {
            return Vec::new();
        }
        let mut lines = vec![Line::of(Role::Plain, "sequenceDiagram")];
        let mut participant = |number: usize, name: &str| {
            let text = format!("    participant h{number} as {}", escaped(name));
            lines.push(Line::of(Role::Plain, text));
        };
        if self.hosts.is_empty() {
            let ends = first.and_then(|transit| {
                let (from, to) = transit.followed.ends?;
                let forward = transit.way == Way::FromOpener;
                Some(if forward { (from, to) } else { (to, from) })
            });
            let names = ends.map_or_else(
                || [String::from("?"), String::from("?")],
                |(one, other)| [one.to_string(), other.to_string()],
            );
            for (number, name) in names.iter().enumerate() {
                participant(number, name);
            }
        }
        for (number, host) in self.hosts.iter().enumerate() {
            let name = wording::host_name(host.id, &self.hosts, &self.options.catalogue);
            participant(number, &name);
        }
        lines
    }

    fn number(&self, host: HostId) -> usize {
        let at = self.hosts.iter().position(|known| known.id == host);
        at.unwrap_or(0)
    }

    fn ends(&self, transit: &Transit) -> (usize, usize) {
        match (transit.from, transit.to) {
            (Some(from), Some(to)) => (self.number(from), self.number(to)),
            (Some(from), None) => (self.number(from), usize::from(self.number(from) == 0)),
            (None, Some(to)) => (usize::from(self.number(to) == 0), self.number(to)),
            (None, None) if transit.way == Way::FromOpener => (0, 1),
            (None, None) => (1, 0),
        }
    }

    /// A frame is one arrow, where it is told first; one that was lost ends in a cross.
    fn transit(&self, transit: &Transit, lines: &mut Vec<Line>) {
        if transit.phase != TransitPhase::Arrived || transit.sent.is_none() {
            let (from, to) = self.ends(transit);
            let tokens = ladder::tokens(transit, &transit.frame.packet(), &self.hosts);
            let said = tokens.iter().take_while(|token| !token.starts_with("win="));
            let said: Vec<&str> = said.map(String::as_str).collect();
            let lost = matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost);
            let arrow = if lost { "-x" } else { "->>" };
            let text = format!("    h{from}{arrow}h{to}: {}", escaped(&said.join(" ")));
            lines.push(Line::of(Role::Plain, text));
        }
        self.states(&transit.sender_states, lines);
        self.states(&transit.receiver_states, lines);
    }

    fn call(&self, call: &CallMoment, lines: &mut Vec<Line>) {
        let gave = call.returned.as_deref();
        let gave = gave.map(|returned| wording::gave(&call.call, returned, 24));
        let text = match (call.phase, gave) {
            (CallPhase::Whole, Some(gave)) => format!("{} {gave}", wording::call(&call.call, 24)),
            (CallPhase::Returned, Some(gave)) => {
                format!("{} {gave}", wording::call_in_short(&call.call))
            }
            (_, _) => format!("{} …", wording::call(&call.call, 24)),
        };
        self.beside(call.call.host, &text, lines);
        self.states(&call.states, lines);
    }

    fn states(&self, states: &[StateChange], lines: &mut Vec<Line>) {
        for state in states {
            self.beside(state.host, state.now.name(), lines);
        }
    }

    fn beside(&self, host: HostId, text: &str, lines: &mut Vec<Line>) {
        let number = self.number(host);
        let side = if number == 0 { "left" } else { "right" };
        let text = format!("    Note {side} of h{number}: {}", escaped(text));
        lines.push(Line::of(Role::Plain, text));
    }
}

/// Nothing in it ends a line, opens markup or is a comment: such characters by their numbers, as Mermaid has them.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in visible::text(text).chars() {
        match c {
            '#' | ';' | '<' | '>' | '&' | '%' | '"' | '{' | '}' | '`' => {
                out.push('#');
                out.push_str(&u32::from(c).to_string());
                out.push(';');
            }
            c => out.push(c),
        }
    }
    out
}

impl MomentSink for Mermaid {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        let mut lines = Vec::new();
        match &moment.what {
            What::Begin(settings) => {
                for setting in settings.iter() {
                    if let Setting::Host(host) = setting {
                        self.hosts.push(host.clone());
                    }
                }
                return lines;
            }
            What::Call(call) => {
                lines.extend(self.head(None));
                self.call(call, &mut lines);
            }
            What::Transit(transit) => {
                lines.extend(self.head(Some(transit)));
                self.transit(transit, &mut lines);
            }
            What::State(state) => {
                lines.extend(self.head(None));
                self.states(std::slice::from_ref(state), &mut lines);
            }
            What::Hole(_) | What::Program(_) | What::Process(_) | What::End(_) => {}
        }
        let last = self.hosts.len().max(2) - 1;
        let complete = |kind| matches!(kind, NoteKind::Milestone | NoteKind::Caution);
        for note in moment.notes.iter().filter(|note| complete(note.kind)) {
            let said = escaped(&wording::message(&note.message, &self.options.catalogue));
            if self.begun {
                lines.push(Line::of(
                    Role::Plain,
                    format!("    Note over h0,h{last}: {said}"),
                ));
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_from_outside_ends_nothing() {
        assert_eq!(escaped("a;b#c\n<d>%%"), "a#59;b#35;c\\n#60;d#62;#37;#37;");
    }
}
