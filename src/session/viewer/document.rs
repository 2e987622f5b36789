//! What stands in the viewer: pieces in the order in which they were told, as rows at one width.

use crate::explain::{Moment, MomentSink, StateChange, What};
use crate::model::{Host, Setting, TcpState, Time};
use crate::text::Catalogue;
use crate::views::styled::wrap;
use crate::views::{Line, wording};

/// A story's view, made anew for a terminal of this width.
pub type Layout = Box<dyn Fn(usize) -> Box<dyn MomentSink<Out = Vec<Line>>>>;

/// Everything that was told.
#[derive(Default)]
pub struct Document {
    pieces: Vec<DocumentPiece>,
    /// Where each row comes from.
    rows: Vec<RowPlace>,
    stories: Vec<DocumentStory>,
    /// Columns at which it is laid out; 0 before it is.
    width: usize,
}

/// One thing told.
struct DocumentPiece {
    /// As it stands on the normal screen.
    lines: Vec<Line>,
    /// As it stands here, where that is different.
    relaid: Option<Vec<Line>>,
    /// The moment and the number of its story; none of narration.
    moment: Option<(usize, Moment)>,
}

/// A story in it.
struct DocumentStory {
    /// None: it is cut to the terminal, and not laid out anew.
    layout: Option<Layout>,
    /// Its hosts, once they are known.
    hosts: Vec<Host>,
}

/// Where a row comes from.
#[derive(Clone, Copy, Debug)]
struct RowPlace {
    piece: usize,
    line: usize,
}

/// What the keys look for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Landmark {
    /// Any moment that has rows.
    Moment,
    /// A segment, or another frame.
    Segment,
    /// A change of a kernel's state.
    State,
}

/// A host as the header has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostStatus {
    /// Its name in the reader's language.
    pub name: String,
    /// Its address, if it has one.
    pub address: Option<String>,
    /// What its kernel last said about a connection, or a listener where it has none.
    pub state: Option<TcpState>,
}

impl Document {
    /// A story begins.
    pub fn begin_story(&mut self, layout: Option<Layout>) {
        self.stories.push(DocumentStory {
            layout,
            hosts: Vec::new(),
        });
    }

    /// Narration, a question, a table.
    pub fn push_lines(&mut self, lines: Vec<Line>) {
        self.push(lines, None);
    }

    /// A moment of the story that began last, with its lines on the normal screen.
    pub fn push_moment(&mut self, moment: Moment, lines: Vec<Line>) {
        let story = self.stories.len().saturating_sub(1);
        if let (What::Begin(settings), Some(story)) = (&moment.what, self.stories.last_mut()) {
            story.hosts = settings
                .iter()
                .filter_map(|setting| match setting {
                    Setting::Host(host) => Some(host.clone()),
                    _ => None,
                })
                .collect();
        }
        self.push(lines, Some((story, moment)));
    }

    fn push(&mut self, lines: Vec<Line>, moment: Option<(usize, Moment)>) {
        self.pieces.push(DocumentPiece {
            relaid: None,
            lines,
            moment,
        });
        self.wrap_last();
        self.enter_rows(self.pieces.len() - 1);
    }

    /// Narration never loses words to a narrow terminal.
    fn wrap_last(&mut self) {
        let width = self.width;
        let Some(piece) = self.pieces.last_mut().filter(|_| width > 0) else {
            return;
        };
        piece.wrap(width);
    }

    fn enter_rows(&mut self, at: usize) {
        let count = self.pieces[at].laid().len();
        self.rows
            .extend((0..count).map(|line| RowPlace { piece: at, line }));
    }

    /// Lays everything out in so many columns; stories `anew` in so many, where that is not what their lines have.
    pub fn lay_out(&mut self, width: usize, anew: Option<usize>) {
        self.width = width;
        self.rows.clear();
        let views = self.stories.iter().map(|story| {
            let layout = story.layout.as_ref()?;
            anew.map(layout)
        });
        let mut views: Vec<_> = views.collect();
        for piece in &mut self.pieces {
            piece.relaid = None;
            match &piece.moment {
                None => piece.wrap(width),
                Some((story, moment)) => {
                    let view = views.get_mut(*story).and_then(Option::as_mut);
                    piece.relaid = view.map(|view| view.moment(moment));
                }
            }
        }
        for at in 0..self.pieces.len() {
            self.enter_rows(at);
        }
    }

    /// How many pieces there are.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// How many rows the first so many pieces have.
    pub fn rows_of(&self, pieces: usize) -> usize {
        self.rows.partition_point(|row| row.piece < pieces)
    }

    /// The row of that number.
    pub fn row(&self, at: usize) -> Option<&Line> {
        let place = self.rows.get(at)?;
        self.pieces[place.piece].laid().get(place.line)
    }

    /// The piece to which a row belongs.
    pub fn piece_of(&self, row: usize) -> Option<usize> {
        self.rows.get(row).map(|place| place.piece)
    }

    /// The lines of a piece on the normal screen.
    pub fn lines(&self, piece: usize) -> &[Line] {
        &self.pieces[piece].lines
    }

    /// This piece is such a place.
    pub fn is(&self, piece: usize, what: Landmark) -> bool {
        let Some(DocumentPiece {
            moment: Some((_, moment)),
            lines,
            ..
        }) = self.pieces.get(piece)
        else {
            return false;
        };
        !lines.is_empty()
            && match what {
                Landmark::Moment => true,
                Landmark::Segment => matches!(moment.what, What::Transit(_)),
                Landmark::State => changes(moment).next().is_some(),
            }
    }

    /// The next such piece behind this one.
    pub fn next(&self, piece: usize, what: Landmark) -> Option<usize> {
        self.next_from(piece + 1, what)
    }

    /// The next such piece from this one on.
    pub fn next_from(&self, piece: usize, what: Landmark) -> Option<usize> {
        (piece..self.pieces.len()).find(|at| self.is(*at, what))
    }

    /// When what a piece tells happened.
    pub fn time(&self, piece: usize) -> Option<Time> {
        let (_, moment) = self.pieces.get(piece)?.moment.as_ref()?;
        Some(moment.at)
    }

    /// The one before it.
    pub fn previous(&self, piece: usize, what: Landmark) -> Option<usize> {
        (0..piece.min(self.pieces.len()))
            .rev()
            .find(|at| self.is(*at, what))
    }

    /// How many moments with rows the first so many pieces have.
    pub fn moments_of(&self, pieces: usize) -> usize {
        let all = 0..pieces.min(self.pieces.len());
        all.filter(|at| self.is(*at, Landmark::Moment)).count()
    }

    /// The next row, of the first `most`, behind (or before) this one in which the text stands; capitals do not count.
    pub fn find(&self, text: &str, from: usize, forward: bool, most: usize) -> Option<usize> {
        let wanted = text.to_lowercase();
        let has = |at: &usize| {
            let row = self.row(*at);
            row.is_some_and(|line| line.plain().to_lowercase().contains(&wanted))
        };
        if forward {
            (from + 1..most).find(has)
        } else {
            (0..from.min(most)).rev().find(has)
        }
    }

    /// The hosts at this row: of the story that it belongs to, or that was told last before it.
    pub fn hosts_at(&self, row: usize, catalogue: &Catalogue) -> Vec<HostStatus> {
        let Some(piece) = self.piece_of(row) else {
            return Vec::new();
        };
        let before = self.pieces[..=piece].iter().rev();
        let mut before = before.filter_map(|piece| piece.moment.as_ref()).peekable();
        let Some(story) = before.peek().map(|(story, _)| *story) else {
            return Vec::new();
        };
        let Some(hosts) = self.stories.get(story).map(|story| &story.hosts) else {
            return Vec::new();
        };
        let mut found: Vec<FoundState> = vec![FoundState::default(); hosts.len()];
        for (_, moment) in before.take_while(|(of, _)| *of == story) {
            let last = changes(moment).collect::<Vec<_>>();
            for change in last.into_iter().rev() {
                if let Some(at) = hosts.iter().position(|host| host.id == change.host) {
                    found[at].see(change);
                }
            }
        }
        hosts
            .iter()
            .zip(found)
            .map(|(host, found)| HostStatus {
                name: wording::host_name(host.id, hosts, catalogue),
                address: host
                    .ipv4
                    .map(|address| address.to_string())
                    .or_else(|| host.ipv6.map(|address| address.to_string())),
                state: found.connection.or(found.listener),
            })
            .collect()
    }
}

/// What was last said about a host, found from the end.
#[derive(Clone, Copy, Default)]
struct FoundState {
    connection: Option<TcpState>,
    listener: Option<TcpState>,
}

impl FoundState {
    fn see(&mut self, change: &StateChange) {
        let place = match change.remote {
            Some(_) => &mut self.connection,
            None => &mut self.listener,
        };
        place.get_or_insert(change.now);
    }
}

impl DocumentPiece {
    fn laid(&self) -> &[Line] {
        self.relaid.as_deref().unwrap_or(&self.lines)
    }

    fn wrap(&mut self, width: usize) {
        let is_narration = self.moment.is_none();
        if is_narration && self.lines.iter().any(|line| line.columns() > width) {
            let wrapped = self.lines.iter().flat_map(|line| wrapped(line, width));
            self.relaid = Some(wrapped.collect());
        }
    }
}

/// The line in as many lines as it needs.
fn wrapped(line: &Line, width: usize) -> Vec<Line> {
    if line.columns() <= width {
        return vec![line.clone()];
    }
    let spans = line.spans().iter();
    let mut rest = spans.flat_map(|span| span.text().chars().map(|c| (c, span.role())));
    let mut lines = Vec::new();
    for row in wrap(&line.plain(), width) {
        let mut part = Line::new();
        for c in row.chars() {
            // The same text, less the blanks at which it was broken.
            if let Some((c, role)) = rest.by_ref().find(|(next, _)| *next == c) {
                part.push(role, c.to_string());
            }
        }
        lines.push(part);
    }
    lines
}

/// The changes of state that stand in a moment's rows.
fn changes(moment: &Moment) -> impl Iterator<Item = &StateChange> {
    let (one, more, most): (Option<&StateChange>, &[StateChange], &[StateChange]) =
        match &moment.what {
            What::State(state) => (Some(state), &[], &[]),
            What::Call(call) => (None, &call.states, &[]),
            What::Transit(transit) => (None, &transit.sender_states, &transit.receiver_states),
            What::Begin(_) | What::Hole(_) | What::Program(_) | What::Process(_) | What::End(_) => {
                (None, &[], &[])
            }
        };
    one.into_iter().chain(more).chain(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::views::Role;

    fn plain(document: &Document) -> Vec<String> {
        let rows = 0..document.rows_of(document.len());
        rows.filter_map(|at| document.row(at))
            .map(Line::plain)
            .collect()
    }

    #[test]
    fn narration_is_wrapped_and_loses_nothing() {
        let mut document = Document::default();
        let mut line = Line::of(Role::Plain, "the client ");
        line.push(Role::Title, "asks for a connection");
        document.push_lines(vec![line, Line::of(Role::Plain, "三次握手完成。")]);
        document.lay_out(12, None);
        let narrow = [
            "the client",
            "asks for a",
            "connection",
            "三次握手完",
            "成。",
        ];
        assert_eq!(plain(&document), narrow);
        document.push_lines(vec![Line::of(Role::Plain, "what comes later")]);
        assert_eq!(plain(&document)[5..], ["what comes", "later"]);
        document.lay_out(80, None);
        assert_eq!(plain(&document).len(), 3);
        assert_eq!(document.row(0).map(|line| line.spans().len()), Some(2));
    }

    #[test]
    fn a_text_is_found_both_ways() {
        let mut document = Document::default();
        for text in ["SYN", "ack", "syn ack", "FIN"] {
            document.push_lines(vec![Line::of(Role::Plain, text)]);
        }
        assert_eq!(document.find("Syn", 0, true, 4), Some(2));
        assert_eq!(document.find("syn", 0, true, 2), None, "not told yet");
        assert_eq!(document.find("syn", 2, false, 4), Some(0));
        assert_eq!(document.find("RST", 0, true, 4), None);
    }
}
