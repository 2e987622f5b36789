//! The viewer: all that a command tells, in a terminal of its own. A header that stays, scrolling, search, questions; and
//! moment by moment, where a story is to be told at the reader's own pace.
//!
//! It is fed piece by piece, by whoever tells. It never tells anything itself, and nothing of a run depends on how it is
//! looked at: while the run goes on it looks at the keys now and then ([`Viewer::attend`]); where the telling has to wait
//! for the reader, it waits for one thing at a time ([`Goal`]).
//!
//! It takes the whole terminal ([`AlternateScreen`]) and gives it back as it was, whatever happens: when it is left, at
//! Ctrl-C and Ctrl-Z, at a signal from outside, and in a panic.

mod document;
mod draw;
mod goal;
mod job_control;
mod keys;
mod steps;

use std::io::{self, IsTerminal as _};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyEventKind};
use crossterm::terminal;
use nix::sys::termios::{FlushArg, tcflush};

use super::alternate_screen::AlternateScreen;
use super::interrupt::Interrupt;
use crate::explain::Moment;
use crate::model::Time;
use crate::text::{Catalogue, Message};
use crate::views::{Line, Palette};
use document::{Document, Landmark};
use job_control::JobControl;

pub use document::Layout;
pub use goal::{Goal, Heard};

/// How often somebody looks whether the run is to end, while no key is pressed.
const LOOK_UP: Duration = Duration::from_millis(100);
/// Between two looks at the keys while something else is done, at least.
const GLANCE: Duration = Duration::from_millis(30);
/// How long a look at the keys lasts then: the reader of keys reads none in no time at all.
const BLINK: Duration = Duration::from_millis(3);
/// How long before a question somebody looks for what was typed before.
const BEFORE_A_QUESTION: Duration = Duration::from_millis(20);
/// A recording that is over before that needs no sign.
const SOON: Duration = Duration::from_millis(500);
/// Rows that are kept: what tells more waits for the reader, and goes on outside.
const FULL: usize = 20_000;
/// Narrower than this no story is laid out: it is cut.
const NARROWEST: u16 = 80;

/// What keys mean at present.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    /// They move about.
    Moving,
    /// They write an answer.
    Answering,
    /// They write what is searched for, forwards or back.
    Searching,
    /// They look at the help, from this line on.
    Help(usize),
}

/// Until where moments are told without a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Skip {
    ToNext(Landmark),
    ToEnd,
}

/// Everything that was told, and where the reader is in it.
pub struct Viewer {
    palette: Palette,
    catalogue: Rc<Catalogue>,
    document: Document,
    /// Pieces that stand on the normal screen already, and the rows that they took there.
    printed: usize,
    used: usize,
    /// Columns at which the pieces were laid out for the normal screen.
    width: u16,
    /// The terminal's columns and rows.
    size: (u16, u16),
    taken: Option<Taken>,
    /// Pieces that may be seen: fewer than there are after steps back.
    told: usize,
    /// The first row on the screen, and the selected one.
    top: usize,
    cursor: usize,
    /// The row to which the next piece leads, after a key that made it come.
    lead: Option<usize>,
    mode: Mode,
    /// What was typed of an answer, and of a search.
    answer: String,
    search: String,
    /// An answer has just been given.
    answered: bool,
    /// Told moment by moment, and so many times slower than it was when it plays by itself.
    stepping: bool,
    slow: f64,
    /// Since when it plays, and from which time of the story.
    playing: Option<(Instant, Time)>,
    skip: Option<Skip>,
    /// Said once.
    remark: Option<Message>,
    /// What is recorded meanwhile, since when, and for how many seconds if that is known.
    recording: Option<(String, Instant, Option<u32>)>,
    /// Something is to be drawn anew; when something was looked at last.
    stale: bool,
    looked: Option<Instant>,
}

/// The terminal while it is taken.
struct Taken {
    screen: Option<AlternateScreen>,
    interrupt: Interrupt,
    jobs: JobControl,
}

impl std::fmt::Debug for Viewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Viewer").finish_non_exhaustive()
    }
}

impl Viewer {
    /// There is somebody in front of a terminal that can be taken.
    #[must_use]
    pub fn is_possible() -> bool {
        io::stdin().is_terminal() && io::stdout().is_terminal()
    }

    /// One that is not open yet: pieces of this width come into it.
    #[must_use]
    pub fn new(palette: Palette, catalogue: Rc<Catalogue>, width: u16) -> Self {
        Self {
            palette,
            catalogue,
            document: Document::default(),
            printed: 0,
            used: 0,
            width,
            size: (width, 24),
            taken: None,
            told: 0,
            top: 0,
            cursor: 0,
            lead: None,
            mode: Mode::Moving,
            answer: String::new(),
            search: String::new(),
            answered: false,
            stepping: false,
            slow: 1.0,
            playing: None,
            skip: None,
            remark: None,
            recording: None,
            stale: true,
            looked: None,
        }
    }

    /// From here on a story is told moment by moment, or played so many times slower than it was.
    pub fn step(&mut self, slow: Option<f64>) {
        self.stepping = true;
        self.slow = slow.unwrap_or(1.0);
        if slow.is_some() {
            self.playing = Some((Instant::now(), self.time_told()));
        }
    }

    /// It has the terminal.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.taken.is_some()
    }

    /// Takes the terminal.
    ///
    /// # Errors
    /// When it does not obey.
    pub fn open(&mut self, interrupt: &Interrupt) -> io::Result<()> {
        if self.is_open() {
            return Ok(());
        }
        let jobs = JobControl::install()?;
        self.taken = Some(Taken {
            screen: Some(AlternateScreen::enter()?),
            interrupt: interrupt.clone(),
            jobs,
        });
        // What was typed before was meant for nobody here.
        tcflush(io::stdin(), FlushArg::TCIFLUSH)?;
        self.measure()
    }

    /// A story begins, which is laid out like this.
    pub fn begin_story(&mut self, layout: Option<Layout>) {
        self.document.begin_story(layout);
    }

    /// Something is recorded meanwhile, or nothing any more.
    pub fn recording(&mut self, what: Option<(String, Option<u32>)>) {
        self.recording = what.map(|(text, seconds)| (text, Instant::now(), seconds));
        self.stale = true;
    }

    /// Adds narration.
    pub fn push_lines(&mut self, lines: Vec<Line>) {
        self.document.push_lines(lines);
        self.pushed();
    }

    /// Adds a moment, as it stands on the normal screen.
    pub fn push_moment(&mut self, moment: Moment, lines: Vec<Line>) {
        self.document.push_moment(moment, lines);
        self.pushed();
        let last = self.document.len() - 1;
        if let Some(Skip::ToNext(what)) = self.skip
            && self.document.is(last, what)
        {
            self.skip = None;
        }
    }

    fn pushed(&mut self) {
        self.told = self.document.len();
        self.stale = true;
        if self.stepping && self.skip.is_none() {
            self.go_to_end();
        } else if let Some(lead) = self.lead {
            self.cursor = lead.min(self.last_row());
            self.top = lead.saturating_sub(2).min(self.last_top());
        }
    }

    /// The pieces that do not stand on the normal screen yet: they do now.
    pub fn take_unprinted(&mut self) -> Vec<Line> {
        let from = std::mem::replace(&mut self.printed, self.document.len());
        let all = from..self.document.len();
        all.flat_map(|at| self.document.lines(at).to_vec())
            .collect()
    }

    /// All that was told fits on the normal screen, with a line for the shell.
    #[must_use]
    pub fn fits(&mut self) -> bool {
        let (columns, rows) = terminal::size().unwrap_or(self.size);
        let columns = usize::from(columns.max(1));
        for at in self.printed..self.document.len() {
            let lines = self.document.lines(at).iter();
            self.used += lines
                .map(|line| line.columns().div_ceil(columns).max(1))
                .sum::<usize>();
        }
        self.used < usize::from(rows)
    }

    /// Nothing more is kept.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.document.rows_of(self.document.len()) >= FULL
    }

    /// Looks at the keys, and shows what is new, if it has not done so just before.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn attend(&mut self) -> io::Result<Heard> {
        // Between two moments that are told by keys, and behind an answer, keys are for what is waited for next.
        let is_between = self.stepping && self.skip.is_none() || self.answered;
        let is_between = is_between && self.recording.is_none();
        if is_between || self.looked.is_some_and(|looked| looked.elapsed() < GLANCE) {
            return Ok(Heard::Nothing);
        }
        self.looked = Some(Instant::now());
        self.stale |= self.recording.is_some();
        self.hear_all(BLINK)
    }

    /// Hears everything that was typed, while nothing is waited for.
    fn hear_all(&mut self, patience: Duration) -> io::Result<Heard> {
        loop {
            let (heard, was_key) = self.look(Goal::Pending, patience)?;
            if heard != Heard::Nothing || !was_key {
                return Ok(heard);
            }
        }
    }

    /// Waits for this.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn wait(&mut self, goal: Goal<'_>) -> io::Result<Heard> {
        match goal {
            Goal::Next(..) if self.skip.is_some() => return self.attend_skipping(),
            // The first moment of all stands there without a key.
            Goal::Next(..) if self.rows() == 0 && self.playing.is_none() => return Ok(Heard::Met),
            // What was typed before the question was there is no answer to it: it moves, as it was meant.
            Goal::Answer(..) | Goal::Go(_) => {
                if !matches!(goal, Goal::Answer(_, true)) {
                    let heard = self.hear_all(BEFORE_A_QUESTION)?;
                    if heard != Heard::Nothing {
                        return Ok(heard);
                    }
                }
                self.mode = Mode::Moving;
                self.answer.clear();
                if matches!(goal, Goal::Answer(_, true)) {
                    self.begin_answer();
                }
            }
            _ => {}
        }
        if !matches!(goal, Goal::Next(..)) && self.skip.take().is_some() {
            self.go_to_end();
        }
        if matches!(goal, Goal::Leave) {
            self.playing = None;
        }
        self.answered = false;
        self.stale = true;
        loop {
            let patience = match self.due(goal) {
                Some(due) if due.is_zero() => match self.advance(goal) {
                    Heard::Nothing => continue,
                    heard => return Ok(heard),
                },
                Some(due) => due.min(LOOK_UP),
                None => LOOK_UP,
            };
            match self.look(goal, patience)?.0 {
                Heard::Nothing => {}
                heard => {
                    self.mode = Mode::Moving;
                    self.answered = matches!(heard, Heard::Answer(_));
                    self.leads(&heard);
                    return Ok(heard);
                }
            }
        }
    }

    /// Moments that are passed over are not drawn one by one.
    fn attend_skipping(&mut self) -> io::Result<Heard> {
        match self.attend()? {
            Heard::Nothing => Ok(Heard::Met),
            heard => Ok(heard),
        }
    }

    /// What comes next is what the reader wants to see, when a key made it come.
    fn leads(&mut self, heard: &Heard) {
        let next = self.document.rows_of(self.document.len());
        if !self.stepping && matches!(heard, Heard::Met | Heard::Answer(_)) {
            self.lead = Some(next);
        }
    }

    /// Draws, and hears what the reader does within this time: one thing, if anything.
    fn look(&mut self, goal: Goal<'_>, patience: Duration) -> io::Result<(Heard, bool)> {
        let Some(taken) = &self.taken else {
            return Ok((Heard::Nothing, false));
        };
        if taken.interrupt.is_asked() {
            return Ok((Heard::Stopped, false));
        }
        if taken.jobs.is_to_stop() {
            self.suspend()?;
        } else if taken.jobs.has_continued() {
            self.retake()?;
        }
        if self.stale {
            self.draw(goal)?;
            self.stale = false;
        }
        if !polled(patience)? {
            return Ok((Heard::Nothing, false));
        }
        let heard = match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => {
                self.stale = true;
                self.key(key, goal)?
            }
            Event::Resize(..) => {
                self.measure()?;
                Heard::Nothing
            }
            _ => Heard::Nothing,
        };
        Ok((heard, true))
    }

    /// Gives the terminal to the shell, and comes back when the shell says so.
    fn suspend(&mut self) -> io::Result<()> {
        let Some(mut taken) = self.taken.take() else {
            return Ok(());
        };
        taken.screen = None;
        taken.jobs.stop()?;
        taken.screen = Some(AlternateScreen::enter()?);
        self.taken = Some(taken);
        self.measure()
    }

    /// Somebody else had the terminal meanwhile.
    fn retake(&mut self) -> io::Result<()> {
        if let Some(taken) = &mut self.taken {
            taken.screen = None;
            taken.screen = Some(AlternateScreen::enter()?);
        }
        self.measure()
    }

    /// Lays everything out for the terminal as it is now; what was selected stays so.
    fn measure(&mut self) -> io::Result<()> {
        let size = terminal::size()?;
        let selected = self.document.piece_of(self.cursor);
        let within = self.cursor - selected.map_or(0, |piece| self.document.rows_of(piece));
        let above = self.cursor.saturating_sub(self.top);
        self.size = size;
        let columns = size.0.max(NARROWEST);
        let anew = (columns != self.width).then(|| usize::from(columns));
        self.document.lay_out(usize::from(size.0.max(20)), anew);
        if let Some(piece) = selected {
            let (first, end) = (
                self.document.rows_of(piece),
                self.document.rows_of(piece + 1),
            );
            self.cursor = (first + within).min(end.saturating_sub(1)).max(first);
        }
        self.top = self.cursor.saturating_sub(above);
        self.keep_in_view();
        self.stale = true;
        Ok(())
    }

    fn rows(&self) -> usize {
        self.document.rows_of(self.told)
    }

    fn last_row(&self) -> usize {
        self.rows().saturating_sub(1)
    }

    fn last_top(&self) -> usize {
        self.rows().saturating_sub(self.body())
    }

    /// The last row, all the way down; of a piece that does not fit, its beginning.
    fn go_to_end(&mut self) {
        let piece = self.document.piece_of(self.last_row()).unwrap_or(0);
        let first = self.document.rows_of(piece);
        self.cursor = if self.stepping {
            first
        } else {
            self.last_row()
        };
        self.top = self.last_top().min(first);
    }

    fn keep_in_view(&mut self) {
        self.cursor = self.cursor.min(self.last_row());
        let lowest = self.cursor.saturating_sub(self.body().saturating_sub(1));
        self.top = self.top.clamp(lowest, self.cursor).min(self.last_top());
        self.stale = true;
    }
}

/// Something was typed; a signal is nothing of the kind.
fn polled(patience: Duration) -> io::Result<bool> {
    match event::poll(patience) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => Ok(false),
        polled => polled,
    }
}
