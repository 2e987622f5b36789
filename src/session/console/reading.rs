//! What is told on a terminal stands in a viewer, as soon as it is more than a screen; when that is left, on the normal
//! screen, as if there had been none.

use std::io;
use std::rc::Rc;

use super::Console;
use crate::cli::{FormatChoice, ShowArgs};
use crate::explain::Moment;
use crate::failure::{Code, Failure};
use crate::model::Time;
use crate::session::interrupt::Interrupt;
use crate::session::viewer::{Goal, Heard, Layout, Viewer};
use crate::text::Message;
use crate::views::Line;

/// What somebody said who was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// There is no viewer: whoever asks has to ask elsewhere.
    Elsewhere,
    /// A line.
    Line(String),
    /// Nothing: the viewer was left, or the process is to end.
    Nothing,
}

/// How the viewer was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// By its key.
    Key,
    /// By Ctrl-C, or a signal that ends the process.
    Stop,
}

impl Console {
    /// From here on lines go into a viewer, if there is a terminal for it and nobody has forbidden it; it opens when they
    /// are more than a screen.
    pub fn read_in_viewer(&self, show: &ShowArgs) {
        let pager = std::env::var_os("PAGER");
        let dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        let forbidden = show.no_pager
            || dumb
            || pager.is_some_and(|pager| pager == "cat")
            || show.format == FormatChoice::Json;
        if !forbidden && Viewer::is_possible() {
            self.make_viewer();
        }
    }

    /// As [`Self::read_in_viewer`], open at once; who leaves it wants all of it to end, runs too.
    ///
    /// # Errors
    /// When the terminal cannot be taken.
    pub fn open_viewer(&self, show: &ShowArgs) -> Result<(), Failure> {
        self.ends_when_left.set(true);
        self.read_in_viewer(show);
        self.open()
    }

    /// A story is told moment by moment from here on, in a viewer in any case: who asked for it has a terminal.
    ///
    /// # Errors
    /// When the terminal cannot be taken.
    pub fn step_in_viewer(&self, slow: Option<f64>) -> Result<(), Failure> {
        self.make_viewer();
        self.open()?;
        if let Some(viewer) = self.viewer.borrow_mut().as_mut() {
            viewer.step(slow);
        }
        Ok(())
    }

    fn make_viewer(&self) {
        let mut slot = self.viewer.borrow_mut();
        if slot.is_none() && !self.is_left() {
            let catalogue = Rc::clone(&self.catalogue);
            *slot = Some(Box::new(Viewer::new(self.palette, catalogue, self.width)));
        }
    }

    /// Lines go into a viewer, which may be open.
    #[must_use]
    pub fn has_viewer(&self) -> bool {
        self.viewer.borrow().is_some()
    }

    /// Somebody reads in an open viewer.
    #[must_use]
    pub fn is_read(&self) -> bool {
        let viewer = self.viewer.borrow();
        viewer.as_ref().is_some_and(|viewer| viewer.is_open())
    }

    /// Somebody left the viewer, in whatever way.
    #[must_use]
    pub const fn is_left(&self) -> bool {
        self.left.get().is_some()
    }

    /// Somebody left the viewer by its key.
    #[must_use]
    pub fn is_left_by_key(&self) -> bool {
        self.left.get() == Some(Leaving::Key)
    }

    /// The process was asked to end, as far as is known here.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.interrupt.get().is_some_and(Interrupt::is_asked)
    }

    /// A run is recorded that is told only afterwards: in these words, and in how many seconds if that is known.
    pub fn recording(&self, what: Option<(String, Option<u32>)>) {
        if let Some(viewer) = self.viewer.borrow_mut().as_mut() {
            viewer.recording(what);
        }
    }

    /// A story begins: how it is laid out anew for a terminal of another size.
    pub fn begin_story(&self, layout: Option<Layout>) {
        if let Some(viewer) = self.viewer.borrow_mut().as_mut() {
            viewer.begin_story(layout);
        }
    }

    /// Tells a moment, which has these lines.
    ///
    /// # Errors
    /// As [`Self::write`], and when the terminal fails.
    pub fn tell(&self, moment: &Moment, lines: Vec<Line>) -> Result<(), Failure> {
        if !self.has_viewer() {
            return self.print_now(&lines);
        }
        self.add(|viewer| viewer.push_moment(moment.clone(), lines))
    }

    /// Adds something to the viewer: it may have to open for it, and the reader may leave it.
    pub(super) fn add(&self, push: impl FnOnce(&mut Viewer)) -> Result<(), Failure> {
        let (is_open, fits, is_full) = {
            let mut slot = self.viewer.borrow_mut();
            let Some(viewer) = slot.as_mut() else {
                return Ok(());
            };
            push(viewer);
            let is_open = viewer.is_open();
            (is_open, is_open || viewer.fits(), viewer.is_full())
        };
        if !fits {
            return self.open();
        }
        if !is_open {
            return self.print_unprinted();
        }
        if is_full {
            return self.wait(Goal::Room).map(drop);
        }
        self.attend()
    }

    fn open(&self) -> Result<(), Failure> {
        if !self.has_viewer() {
            return Ok(());
        }
        if self.interrupt.get().is_none() {
            self.until_over(&Interrupt::install()?);
        }
        let mut slot = self.viewer.borrow_mut();
        if let (Some(viewer), Some(interrupt)) = (slot.as_mut(), self.interrupt.get()) {
            viewer.open(interrupt).map_err(|error| failed(&error))?;
        }
        Ok(())
    }

    /// Looks whether the reader has pressed a key, and shows what is new.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn attend(&self) -> Result<(), Failure> {
        let heard = match self.viewer.borrow_mut().as_mut() {
            Some(viewer) => viewer.attend(),
            None => return Ok(()),
        };
        self.heard(heard).map(drop)
    }

    /// Waits for the reader: None where there is no open viewer, or none any more.
    fn wait(&self, goal: Goal<'_>) -> Result<Option<Heard>, Failure> {
        let heard = match self.viewer.borrow_mut().as_mut() {
            Some(viewer) if viewer.is_open() => viewer.wait(goal),
            _ => return Ok(None),
        };
        self.heard(heard)
    }

    fn heard(&self, heard: io::Result<Heard>) -> Result<Option<Heard>, Failure> {
        match heard {
            Ok(how @ (Heard::Left | Heard::Stopped)) => {
                let leaving = if how == Heard::Left {
                    Leaving::Key
                } else {
                    Leaving::Stop
                };
                self.left.set(Some(leaving));
                let interrupt = self.interrupt.get();
                let ends = leaving == Leaving::Stop || self.ends_when_left.get();
                if let Some(interrupt) = interrupt.filter(|_| ends) {
                    interrupt.ask();
                }
                self.close_viewer()?;
                Ok(None)
            }
            Ok(heard) => Ok(Some(heard)),
            Err(error) => {
                self.close_viewer()?;
                Err(failed(&error))
            }
        }
    }

    /// Waits for the key that tells the next moment, which is of this time, of so many; false when the viewer was left.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn wait_for_next(&self, at: Time, of: usize) -> Result<bool, Failure> {
        Ok(self.wait(Goal::Next(at, of))?.is_some())
    }

    /// Waits for the key that goes on, with what it `does` then; false where there is no viewer.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn wait_to_go_on(&self, does: &str) -> Result<bool, Failure> {
        Ok(self.wait(Goal::Go(does))?.is_some())
    }

    /// Asks for a line; `again`, when what was typed before was none. What is typed is told, too.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn ask(&self, prompt: &str, again: bool) -> Result<Asked, Failure> {
        if !self.is_read() {
            return Ok(Asked::Elsewhere);
        }
        let Some(Heard::Answer(line)) = self.wait(Goal::Answer(prompt, again))? else {
            return Ok(Asked::Nothing);
        };
        let told = format!("  {prompt} > {}", crate::views::visible::text(&line));
        self.print_lines(&[Line::of(crate::views::Role::Plain, told)])?;
        Ok(Asked::Line(line))
    }

    /// All is told: an open viewer stays until it is left. True when the process was asked to end meanwhile.
    ///
    /// # Errors
    /// When the terminal fails.
    pub fn finish(&self) -> Result<bool, Failure> {
        let was_read = self.is_read();
        // All is told: there is nothing that could end.
        self.ends_when_left.set(false);
        self.wait(Goal::Leave)?;
        self.close_viewer()?;
        Ok(was_read && self.left.get() == Some(Leaving::Stop))
    }

    /// Gives the terminal back, and prints what is not there yet.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn close_viewer(&self) -> Result<(), Failure> {
        let unprinted = self.viewer.take().map(|mut viewer| viewer.take_unprinted());
        let printed = self.print_now(&unprinted.unwrap_or_default());
        for text in self.complaints.take() {
            self.complain(&text);
        }
        printed
    }

    fn print_unprinted(&self) -> Result<(), Failure> {
        let unprinted = match self.viewer.borrow_mut().as_mut() {
            Some(viewer) => viewer.take_unprinted(),
            None => Vec::new(),
        };
        self.print_now(&unprinted)
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-terminal"), error).with_code(Code::Failed)
}
