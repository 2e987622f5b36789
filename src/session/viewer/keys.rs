//! What a key does. Keys that move are one thing, keys that write another: no key is ever taken for both.

use std::io;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::document::Landmark;
use super::{Goal, Heard, Instant, Message, Mode, Skip, Viewer};

/// No answer and no search is longer.
const LONGEST: usize = 1024;

impl Viewer {
    /// Does what a key says.
    pub(super) fn key(&mut self, key: KeyEvent, goal: Goal<'_>) -> io::Result<Heard> {
        self.remark = None;
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c') => return Ok(Heard::Stopped),
                KeyCode::Char('z') => {
                    self.suspend()?;
                    return Ok(Heard::Nothing);
                }
                _ => {}
            }
        }
        Ok(match self.mode {
            Mode::Moving => self.moves(key, goal),
            Mode::Answering => self.answers(key, goal),
            Mode::Searching => self.searches(key),
            Mode::Help(from) => self.helps(key, from),
        })
    }

    fn moves(&mut self, key: KeyEvent, goal: Goal<'_>) -> Heard {
        self.lead = None;
        match key.code {
            KeyCode::Char('q' | 'Q') => return Heard::Left,
            KeyCode::Char('?' | 'h') => self.mode = Mode::Help(0),
            KeyCode::Char('/') => {
                self.search.clear();
                self.mode = Mode::Searching;
            }
            KeyCode::Char('n') => self.find(true),
            KeyCode::Char('N') => self.find(false),
            KeyCode::Enter if matches!(goal, Goal::Answer(..)) => self.begin_answer(),
            KeyCode::Enter if matches!(goal, Goal::Go(_)) => return Heard::Met,
            KeyCode::PageDown | KeyCode::Char('f') => self.page(true),
            KeyCode::PageUp | KeyCode::Char('b') => self.page(false),
            _ if self.stepping => return self.steps(key, goal),
            KeyCode::Char(' ') => self.page(true),
            KeyCode::Down | KeyCode::Char('j') | KeyCode::Enter => self.go_to_row(self.cursor + 1),
            KeyCode::Up | KeyCode::Char('k') => self.go_to_row(self.cursor.saturating_sub(1)),
            KeyCode::Right => self.go_to_next(Landmark::Moment),
            KeyCode::Left => self.go_to_previous(Landmark::Moment),
            KeyCode::Char('s') => self.go_to_next(Landmark::Segment),
            KeyCode::Char('S') => self.go_to_previous(Landmark::Segment),
            KeyCode::Char('t') => self.go_to_next(Landmark::State),
            KeyCode::Char('T') => self.go_to_previous(Landmark::State),
            KeyCode::Home | KeyCode::Char('g') => self.go_to_row(0),
            KeyCode::End | KeyCode::Char('G') => self.go_to_row(self.last_row()),
            _ => {}
        }
        Heard::Nothing
    }

    /// Moment by moment: what comes later is hidden, or not told yet.
    fn steps(&mut self, key: KeyEvent, goal: Goal<'_>) -> Heard {
        let played = self.playing.take().is_some();
        match key.code {
            KeyCode::Char('p') if !played => {
                self.playing = Some((Instant::now(), self.time_told()));
            }
            KeyCode::Char(' ') if played => {}
            KeyCode::Down | KeyCode::Char('j') if self.cursor < self.last_row() => {
                self.go_to_row(self.cursor + 1);
            }
            KeyCode::Char(' ' | 'j') | KeyCode::Right | KeyCode::Down | KeyCode::Enter => {
                return self.advance(goal);
            }
            KeyCode::Up | KeyCode::Char('k') => self.go_to_row(self.cursor.saturating_sub(1)),
            KeyCode::Left | KeyCode::Backspace => self.retreat(Landmark::Moment),
            KeyCode::Char('s') => return self.skip_to(Skip::ToNext(Landmark::Segment), goal),
            KeyCode::Char('S') => self.retreat(Landmark::Segment),
            KeyCode::Char('t') => return self.skip_to(Skip::ToNext(Landmark::State), goal),
            KeyCode::Char('T') => self.retreat(Landmark::State),
            KeyCode::Home | KeyCode::Char('g') => {
                self.told = self.no_less(0);
                self.go_to_end();
            }
            KeyCode::End | KeyCode::Char('G') => return self.skip_to(Skip::ToEnd, goal),
            _ if played => self.playing = Some((Instant::now(), self.time_told())),
            _ => {}
        }
        Heard::Nothing
    }

    /// Tells up to such a place: as far as it was told before, and then whatever comes.
    fn skip_to(&mut self, skip: Skip, goal: Goal<'_>) -> Heard {
        let hidden = self.document.next_from(self.told, Landmark::Moment);
        let found = match skip {
            Skip::ToNext(what) => self.document.next_from(self.told, what),
            Skip::ToEnd => None,
        };
        let until = found.map(|at| self.document.next(at, Landmark::Moment));
        self.told = until.flatten().unwrap_or(self.document.len());
        self.go_to_end();
        if found.is_some() && hidden.is_some() {
            return Heard::Nothing;
        }
        match goal {
            Goal::Next(..) => {
                self.skip = Some(skip);
                Heard::Met
            }
            _ => Heard::Nothing,
        }
    }

    pub(super) fn begin_answer(&mut self) {
        // What was hidden by steps back is there again: the question stands at the end.
        self.told = self.document.len();
        self.go_to_row(self.last_row());
        self.mode = Mode::Answering;
    }

    fn answers(&mut self, key: KeyEvent, goal: Goal<'_>) -> Heard {
        match key.code {
            KeyCode::Enter if matches!(goal, Goal::Answer(..)) => {
                return Heard::Answer(std::mem::take(&mut self.answer));
            }
            KeyCode::Esc => self.mode = Mode::Moving,
            KeyCode::Up => self.go_to_row(self.cursor.saturating_sub(1)),
            KeyCode::Down => self.go_to_row(self.cursor + 1),
            KeyCode::PageUp => self.page(false),
            KeyCode::PageDown => self.page(true),
            _ => write(&mut self.answer, key),
        }
        Heard::Nothing
    }

    fn searches(&mut self, key: KeyEvent) -> Heard {
        match key.code {
            KeyCode::Enter => {
                self.mode = Mode::Moving;
                self.find(true);
            }
            KeyCode::Esc => {
                self.search.clear();
                self.mode = Mode::Moving;
            }
            KeyCode::Backspace if self.search.is_empty() => self.mode = Mode::Moving,
            _ => write(&mut self.search, key),
        }
        Heard::Nothing
    }

    fn helps(&mut self, key: KeyEvent, from: usize) -> Heard {
        self.mode = match key.code {
            KeyCode::Down | KeyCode::Char(' ' | 'j') | KeyCode::PageDown => {
                Mode::Help((from + 1).min(self.last_help_top()))
            }
            KeyCode::Up | KeyCode::Char('k') | KeyCode::PageUp => {
                Mode::Help(from.saturating_sub(1))
            }
            _ => Mode::Moving,
        };
        Heard::Nothing
    }

    fn go_to_row(&mut self, row: usize) {
        self.cursor = row.min(self.last_row());
        self.keep_in_view();
    }

    /// A screen on or back; two rows stay, so that the eye finds its place.
    fn page(&mut self, on: bool) {
        let page = self.body().saturating_sub(2).max(1);
        if on {
            self.top = (self.top + page).min(self.last_top());
            let at_end = self.top == self.last_top();
            self.cursor = if at_end && self.cursor >= self.top {
                self.last_row()
            } else {
                self.top
            };
        } else {
            let at_begin = self.top == 0;
            self.top = self.top.saturating_sub(page);
            self.cursor = if at_begin { 0 } else { self.top };
        }
        self.keep_in_view();
    }

    fn go_to_next(&mut self, what: Landmark) {
        let piece = self.document.piece_of(self.cursor);
        let next = piece.and_then(|piece| self.document.next(piece, what));
        match next.filter(|at| *at < self.told) {
            Some(at) => self.go_to_piece(at),
            None => self.remark = Some(Message::new("viewer-no-more")),
        }
    }

    fn go_to_previous(&mut self, what: Landmark) {
        let piece = self.document.piece_of(self.cursor);
        match piece.and_then(|piece| self.document.previous(piece, what)) {
            Some(at) => self.go_to_piece(at),
            None => self.remark = Some(Message::new("viewer-no-more")),
        }
    }

    /// Selects a piece's first row, with as much of the piece on the screen as fits.
    fn go_to_piece(&mut self, piece: usize) {
        let (first, end) = (
            self.document.rows_of(piece),
            self.document.rows_of(piece + 1),
        );
        self.cursor = first;
        self.top = self.top.max(end.saturating_sub(self.body())).min(first);
        self.keep_in_view();
    }

    fn find(&mut self, forward: bool) {
        if self.search.is_empty() {
            self.remark = Some(Message::new("viewer-nothing-sought"));
            return;
        }
        let found = self
            .document
            .find(&self.search, self.cursor, forward, self.rows());
        match found {
            Some(row) => self.go_to_row(row),
            None => {
                let text = crate::text::visible::text(&self.search);
                self.remark = Some(Message::new("viewer-not-found").text("text", text));
            }
        }
    }
}

/// One key more of a text that is typed.
fn write(text: &mut String, key: KeyEvent) {
    match key.code {
        KeyCode::Char('u') if key.modifiers.contains(KeyModifiers::CONTROL) => text.clear(),
        KeyCode::Backspace => {
            text.pop();
        }
        KeyCode::Char(c)
            if !key
                .modifiers
                .intersects(KeyModifiers::CONTROL | KeyModifiers::ALT)
                && text.len() < LONGEST =>
        {
            text.push(c);
        }
        _ => {}
    }
}
