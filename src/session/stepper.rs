//! A story at the reader's own pace: one moment per key, forwards and back, or played slowly. The run is over by
//! then; nothing of it depends on how it is looked at.
//!
//! This takes the whole terminal (its alternate screen) and gives it back as it was, whatever happens: at the end,
//! at Ctrl-C, for a question, and in a panic.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{self, Clear, ClearType};
use crossterm::{cursor, queue};

use super::alternate_screen::AlternateScreen;
use super::console::Console;
use crate::cli;
use crate::explain::{Moment, What};
use crate::failure::{Code, Failure};
use crate::model::Span;
use crate::model::number::signed;
use crate::text::Message;
use crate::views::Line;
use crate::views::styled::fit;

/// How often somebody looks whether the run is to end, while no key is pressed.
const LOOK_UP: Duration = Duration::from_millis(100);

/// What interrupts the telling: questions, where they belong.
pub trait Pauses {
    /// Something is to be asked before this moment is told (behind the last: after it).
    fn wants(&mut self, all: &[Moment], at: usize) -> bool;
    /// Asks what is due before this moment.
    ///
    /// # Errors
    /// When the terminal or the input fails.
    fn pause(&mut self, all: &[Moment], at: usize) -> Result<(), Failure>;
    /// Set when nothing more is to be told: by Ctrl-C, as a signal or as a key.
    fn stop_flag(&self) -> &AtomicBool;

    /// Nothing more is to be told.
    fn stopped(&self) -> bool {
        self.stop_flag().load(Ordering::Relaxed)
    }
}

/// Nothing interrupts the telling but Ctrl-C.
pub struct NoPauses<'s>(pub &'s AtomicBool);

impl Pauses for NoPauses<'_> {
    fn wants(&mut self, _all: &[Moment], _at: usize) -> bool {
        false
    }

    fn pause(&mut self, _all: &[Moment], _at: usize) -> Result<(), Failure> {
        Ok(())
    }

    fn stop_flag(&self) -> &AtomicBool {
        self.0
    }
}

/// How a story is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stepper {
    /// So many times slower than it was; none: a moment at each key.
    slow: Option<f64>,
}

/// How playing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Played {
    /// To the end, or as far as somebody wanted to go.
    Enough,
    /// Ctrl-C, with so many moments told.
    Interrupted(usize),
}

impl Stepper {
    /// As the flags say; none where the story is told at once. Keys need a terminal.
    pub fn of(args: &cli::PaceArgs) -> Result<Option<Self>, Failure> {
        if !args.step && args.slow.is_none() {
            return Ok(None);
        }
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Err(Failure::usage(Message::new("error-pace")));
        }
        Ok(Some(Self { slow: args.slow }))
    }

    /// Plays moments, behind an introduction. `render` gives each moment's lines at a width.
    pub fn play(
        self,
        all: &[Moment],
        intro: &[Line],
        render: &dyn Fn(u16) -> Vec<Vec<Line>>,
        pauses: &mut dyn Pauses,
        console: &Console,
    ) -> Result<Played, Failure> {
        let failed = |error: io::Error| {
            Failure::of_io(Message::new("error-terminal"), &error).with_code(Code::Failed)
        };
        let mut player = Player::new(all, intro, render, self.slow, console).map_err(failed)?;
        let mut taken = AlternateScreen::enter().map_err(failed)?;
        loop {
            if let Some(at) = player.due(all, pauses) {
                drop(taken);
                console.print_lines(&player.last_lines())?;
                pauses.pause(all, at)?;
                if pauses.stopped() {
                    return Ok(Played::Interrupted(player.told()));
                }
                taken = AlternateScreen::enter().map_err(failed)?;
                continue;
            }
            player.draw().map_err(failed)?;
            match player.listen(pauses).map_err(failed)? {
                Heard::Nothing => {}
                Heard::Enough => return Ok(Played::Enough),
                Heard::Interrupt => {
                    pauses.stop_flag().store(true, Ordering::Relaxed);
                    return Ok(Played::Interrupted(player.told()));
                }
            }
        }
    }
}

/// What a key, or none, came to.
enum Heard {
    Nothing,
    Enough,
    Interrupt,
}

struct Player<'a> {
    console: &'a Console,
    intro: &'a [Line],
    render: &'a dyn Fn(u16) -> Vec<Vec<Line>>,
    /// Each moment's lines at the present width.
    blocks: Vec<Vec<Line>>,
    size: (u16, u16),
    /// The moments that have lines: where one can stand.
    steps: Vec<ShownMoment>,
    /// How many of the steps are told.
    at: usize,
    /// Pauses before these moments are over.
    paused: usize,
    slow: f64,
    /// Since when it plays by itself, and from which time of the story.
    playing: Option<(Instant, Span)>,
}

/// A moment that is told.
struct ShownMoment {
    moment: usize,
    /// Since the story's beginning.
    time: Span,
    is_segment: bool,
    is_change: bool,
}

impl<'a> Player<'a> {
    fn new(
        all: &[Moment],
        intro: &'a [Line],
        render: &'a dyn Fn(u16) -> Vec<Vec<Line>>,
        slow: Option<f64>,
        console: &'a Console,
    ) -> io::Result<Self> {
        let size = terminal::size()?;
        let blocks = render(size.0);
        let zero = all.first().map(|moment| moment.at).unwrap_or_default();
        let steps = all
            .iter()
            .enumerate()
            .filter(|(at, _)| !blocks[*at].is_empty())
            .map(|(at, moment)| ShownMoment {
                moment: at,
                time: moment.at.since(zero),
                is_segment: matches!(moment.what, What::Transit(_)),
                is_change: changes(moment),
            })
            .collect();
        let mut player = Self {
            console,
            intro,
            render,
            blocks,
            size,
            steps,
            at: 0,
            paused: 0,
            slow: slow.unwrap_or(1.0),
            playing: None,
        };
        if slow.is_some() {
            player.play_from_here();
        } else {
            player.at = player.first();
        }
        Ok(player)
    }

    /// Where it begins: with the introduction alone, or with the first step.
    fn first(&self) -> usize {
        usize::from(self.intro.is_empty()).min(self.steps.len())
    }

    /// How many moments are told.
    fn told(&self) -> usize {
        match self.at.checked_sub(1) {
            Some(last) => self.steps[last].moment + 1,
            None => 0,
        }
    }

    /// The next pause that has been reached: it is taken back to there.
    fn due(&mut self, all: &[Moment], pauses: &mut dyn Pauses) -> Option<usize> {
        let until = if self.at == self.steps.len() {
            all.len()
        } else {
            self.told().saturating_sub(1)
        };
        while self.paused <= until {
            let at = self.paused;
            if pauses.wants(all, at) {
                self.at = self
                    .steps
                    .iter()
                    .take_while(|step| step.moment < at)
                    .count();
                self.playing = None;
                return Some(at);
            }
            self.paused += 1;
        }
        None
    }

    fn lines(&self) -> Vec<&Line> {
        let blocks = self.blocks[..self.told()].iter().flatten();
        self.intro.iter().chain(blocks).collect()
    }

    /// As much of what is told as leaves room for a question.
    fn last_lines(&self) -> Vec<Line> {
        let lines = self.lines();
        let room = usize::from(self.size.1).saturating_sub(10);
        let from = lines.len().saturating_sub(room);
        lines[from..].iter().map(|line| (*line).clone()).collect()
    }

    fn draw(&self) -> io::Result<()> {
        let (width, height) = (usize::from(self.size.0), usize::from(self.size.1));
        let lines = self.lines();
        let from = lines.len().saturating_sub(height.saturating_sub(1));
        let mut out = io::stdout().lock();
        queue!(out, cursor::MoveTo(0, 0))?;
        for row in 0..height.saturating_sub(1) {
            if let Some(line) = lines.get(from + row) {
                let line = cut(line, width);
                queue!(out, Print(self.console.palette.paint(&line)))?;
            }
            queue!(
                out,
                Clear(ClearType::UntilNewLine),
                cursor::MoveTo(0, u16::try_from(row + 1).unwrap_or(u16::MAX))
            )?;
        }
        let keys = Message::new(if self.playing.is_some() {
            "pace-playing"
        } else {
            "pace-keys"
        });
        let status = self.console.say(
            &keys
                .int("at", signed(self.at))
                .int("of", signed(self.steps.len())),
        );
        queue!(
            out,
            SetAttribute(Attribute::Reverse),
            Print(fit(&status, width.saturating_sub(1))),
            SetAttribute(Attribute::Reset),
            Clear(ClearType::UntilNewLine)
        )?;
        out.flush()
    }

    /// Waits for a key, for the next moment when it plays, or for the end.
    fn listen(&mut self, pauses: &dyn Pauses) -> io::Result<Heard> {
        loop {
            if pauses.stopped() {
                return Ok(Heard::Interrupt);
            }
            let wait = match self.next_due() {
                Some(due) if due.is_zero() => {
                    self.at += 1;
                    return Ok(Heard::Nothing);
                }
                Some(due) => due.min(LOOK_UP),
                None => LOOK_UP,
            };
            if !event::poll(wait)? {
                continue;
            }
            match event::read()? {
                Event::Key(key) if key.kind != KeyEventKind::Release => return Ok(self.key(key)),
                Event::Resize(..) => {
                    self.size = terminal::size()?;
                    self.blocks = (self.render)(self.size.0);
                    return Ok(Heard::Nothing);
                }
                _ => {}
            }
        }
    }

    /// In how long the next moment is to be told, when it plays.
    fn next_due(&mut self) -> Option<Duration> {
        let (since, from) = self.playing?;
        let Some(next) = self.steps.get(self.at) else {
            self.playing = None;
            return None;
        };
        let wait = Span::from_ns(next.time.ns().saturating_sub(from.ns()));
        let due = wait.to_duration().mul_f64(self.slow);
        Some(due.saturating_sub(since.elapsed()))
    }

    fn play_from_here(&mut self) {
        let from = self.at.checked_sub(1).and_then(|at| self.steps.get(at));
        self.playing = Some((Instant::now(), from.map_or(Span::ZERO, |step| step.time)));
    }

    fn key(&mut self, key: KeyEvent) -> Heard {
        let played = self.playing.take().is_some();
        let last = self.steps.len();
        match key.code {
            KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => {
                return Heard::Interrupt;
            }
            KeyCode::Char('q') | KeyCode::Esc => return Heard::Enough,
            KeyCode::Char('p') if !played => self.play_from_here(),
            KeyCode::Char(' ') if played => {}
            KeyCode::Char(' ' | 'j') | KeyCode::Right | KeyCode::Down | KeyCode::Enter => {
                if self.at == last {
                    return Heard::Enough;
                }
                self.at += 1;
            }
            KeyCode::Left | KeyCode::Up | KeyCode::Backspace | KeyCode::Char('k') => {
                self.at = self.at.saturating_sub(1).max(self.first());
            }
            KeyCode::Char('s') => self.at = self.forward(|step| step.is_segment),
            KeyCode::Char('S') => self.at = self.back(|step| step.is_segment),
            KeyCode::Char('t') => self.at = self.forward(|step| step.is_change),
            KeyCode::Char('T') => self.at = self.back(|step| step.is_change),
            KeyCode::Home | KeyCode::Char('g') => self.at = self.first(),
            KeyCode::End | KeyCode::Char('G') => self.at = last,
            _ if played => self.play_from_here(),
            _ => {}
        }
        Heard::Nothing
    }

    /// Up to the next such step.
    fn forward(&self, wanted: impl Fn(&ShownMoment) -> bool) -> usize {
        let found = self.steps[self.at..].iter().position(wanted);
        found.map_or(self.steps.len(), |skipped| self.at + skipped + 1)
    }

    /// Back to the one before.
    fn back(&self, wanted: impl Fn(&ShownMoment) -> bool) -> usize {
        let before = &self.steps[..self.at.saturating_sub(1)];
        let found = before.iter().rposition(wanted);
        found.map_or(self.first(), |at| at + 1)
    }
}

/// A kernel's state changed with this moment.
fn changes(moment: &Moment) -> bool {
    match &moment.what {
        What::State(_) => true,
        What::Call(call) => !call.states.is_empty(),
        What::Transit(transit) => {
            !transit.sender_states.is_empty() || !transit.receiver_states.is_empty()
        }
        What::Begin(_) | What::Hole(_) | What::Program(_) | What::End(_) => false,
    }
}

/// The line, no wider than the terminal: nothing wraps.
fn cut(line: &Line, width: usize) -> Line {
    let mut cut = Line::new();
    for span in line.spans() {
        let room = width.saturating_sub(cut.columns());
        cut.push(span.role(), fit(span.text(), room));
    }
    cut
}
