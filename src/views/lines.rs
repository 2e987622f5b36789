//! Lines: one line per moment, frames in the one notation (`notation::FrameView::line`).
//!
//! ```text
//!    0.1  client > server  SYN  seq=0 win=64240 len=0 mss=1460 sack-permitted ts wscale=7  +20.1
//! ```

use crate::explain::{
    CallMoment, CallPhase, Moment, MomentSink, Note, StateChange, Summary, Transit, TransitPhase,
    What,
};
use crate::model::{CallResult, Host, HostId, Setting, Time};
use crate::notation::FrameView;

use super::callers::Callers;
use super::options::Options;
use super::styled::{Line, Role, wrap};
use super::{ladder, wording};
use crate::text::visible;

/// Columns of the time and the blanks behind it.
const INDENT: usize = 10;

/// Tells moments as lines.
#[derive(Debug)]
pub struct Lines {
    options: Options,
    hosts: Vec<Host>,
    zero: Option<Time>,
    callers: Callers,
}

impl Lines {
    /// A view with these options.
    #[must_use]
    pub fn new(options: Options) -> Self {
        Self {
            options,
            hosts: Vec::new(),
            zero: None,
            callers: Callers::default(),
        }
    }
}

impl MomentSink for Lines {
    type Out = Vec<Line>;

    fn moment(&mut self, moment: &Moment) -> Vec<Line> {
        self.zero.get_or_insert(moment.at);
        let mut lines = Vec::new();
        match &moment.what {
            What::Begin(settings) => {
                for setting in settings.iter() {
                    if let Setting::Host(host) = setting {
                        self.hosts.push(host.clone());
                    }
                }
            }
            What::Call(call) => lines.push(self.call(moment.at, call)),
            What::Transit(transit) => lines.push(self.transit(moment.at, transit)),
            What::State(state) => {
                let mut line = self.begin(moment.at);
                self.states(&mut line, std::slice::from_ref(state));
                lines.push(line);
            }
            What::Hole(hole) => {
                let mut line = self.begin(moment.at);
                line.push(Role::Caution, wording::hole(hole, &self.options.catalogue));
                lines.push(line);
            }
            What::Program(end) => {
                let mut line = self.begin(moment.at);
                let said = wording::program_end(end, &self.hosts, &self.options.catalogue);
                line.push(Role::Faint, said);
                lines.push(line);
            }
            What::Process(seen) => {
                if let Some((role, said)) =
                    wording::process(seen, &self.hosts, &self.options.catalogue)
                {
                    let mut line = self.begin(moment.at);
                    line.push(role, said);
                    lines.push(line);
                }
            }
            What::End(outcome) => {
                lines.extend(ladder::troubles(outcome, &self.hosts, &self.options));
            }
        }
        self.notes(&moment.notes, &mut lines);
        if self.options.spacious && !lines.is_empty() {
            lines.push(Line::new());
        }
        lines
    }

    fn end(&mut self, summary: &Summary) -> Vec<Line> {
        super::summary::lines(&self.options, summary)
    }
}

impl Lines {
    /// As the notation spells it, in every language: these lines are read back as patterns.
    fn host(&self, host: HostId) -> String {
        match self.hosts.iter().find(|known| known.id == host) {
            Some(known) => visible::untrusted(&known.name),
            None if host == HostId::CLIENT => "client".to_owned(),
            None if host == HostId::SERVER => "server".to_owned(),
            None => format!("#{}", host.0),
        }
    }

    fn begin(&self, at: Time) -> Line {
        let zero = self.zero.unwrap_or(at);
        Line::of(
            Role::Time,
            format!("{:>8}  ", wording::time(at.since(zero))),
        )
    }

    fn call(&mut self, at: Time, moment: &CallMoment) -> Line {
        let mut line = self.begin(at);
        let host = self.host(moment.call.host);
        let who = self.callers.before(&moment.call);
        line.push(Role::Host, format!("{host}  {who}"));
        let failed = moment
            .returned
            .as_deref()
            .is_some_and(|r| matches!(r.result, CallResult::Err(_)));
        let role = if failed { Role::CallFailed } else { Role::Call };
        let mut text = wording::call(&moment.call, 48);
        match moment.returned.as_deref() {
            None => text.push_str(" …"),
            Some(returned) => {
                text = format!("{text} {}", wording::gave(&moment.call, returned, 48));
                if moment.phase == CallPhase::Returned {
                    let took = wording::duration(returned.at.since(moment.call.at));
                    text = format!("{text}  {took}");
                }
            }
        }
        line.push(role, text);
        self.states(&mut line, &moment.states);
        line
    }

    fn transit(&self, at: Time, transit: &Transit) -> Line {
        let mut line = self.begin(at);
        line.push(ladder::role(transit), frame(transit, &self.hosts));
        match (transit.phase, transit.sent, transit.arrived) {
            (TransitPhase::Whole, Some(sent), Some(arrived)) => {
                line.push(
                    Role::Time,
                    format!("  +{}", wording::time(arrived.since(sent))),
                );
            }
            (TransitPhase::Arrived, Some(sent), Some(arrived)) => {
                line.push(Role::Time, "  ↳ ");
                self.receiver(transit, &mut line);
                line.push(
                    Role::Time,
                    format!("+{}", wording::time(arrived.since(sent))),
                );
            }
            (TransitPhase::CopyLost, ..) => {
                line.push(Role::Loss, "  ✗ ");
                self.receiver(transit, &mut line);
            }
            (TransitPhase::Left, ..) => line.push(Role::Time, "  →"),
            (TransitPhase::Lost, ..) => line.push(Role::Loss, "  ✗"),
            _ => {}
        }
        let late = wording::late(transit, &self.options.catalogue);
        line.push(Role::Caution, late);
        self.states(&mut line, &transit.sender_states);
        self.states(&mut line, &transit.receiver_states);
        line
    }

    /// Whose copy it is, where the frame was for several.
    fn receiver(&self, transit: &Transit, line: &mut Line) {
        if self.hosts.len() > 2
            && let Some(to) = transit.to
        {
            let host = self.host(to);
            line.push(Role::Host, format!("{host} "));
        }
    }

    fn states(&self, line: &mut Line, states: &[StateChange]) {
        for state in states {
            let host = self.host(state.host);
            line.push(Role::Host, format!("  {host}:"));
            line.push(Role::State, state.now.name());
        }
    }

    fn notes(&self, notes: &[Note], lines: &mut Vec<Line>) {
        let quiet = self.options.quiet;
        let shown: Vec<&Note> = notes
            .iter()
            .filter(|note| !(quiet && note.kind.hidden_when_quiet()))
            .collect();
        for note in shown {
            let catalogue = &self.options.catalogue;
            let mark = wording::note_mark(note.kind, catalogue);
            let text = format!("{mark}{}", wording::note(note, catalogue));
            let room = self.options.width.clamp(80, 140) - INDENT;
            for piece in wrap(&text, room) {
                let mut line = Line::of(Role::Plain, " ".repeat(INDENT));
                line.push(wording::note_role(note.kind), piece);
                lines.push(line);
            }
        }
    }
}

/// A frame in the one notation: what patterns match and packet comments say.
#[must_use]
pub fn frame(transit: &Transit, hosts: &[Host]) -> String {
    let packet = transit.frame.packet();
    let segment = transit.followed.segment.as_ref();
    let mut view = FrameView::new(
        hosts,
        transit.from,
        transit.to,
        packet,
        segment,
        transit.frame.orig_len,
    );
    view.lost = matches!(transit.phase, TransitPhase::Lost | TransitPhase::CopyLost);
    visible::text(&view.line())
}
