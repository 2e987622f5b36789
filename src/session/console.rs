//! The person in front: language, colour, width, and where lines go. The only place that prints.

mod reading;

use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, OnceCell, RefCell};
use std::io::{self, IsTerminal, Write};
use std::rc::Rc;

use clap::builder::styling::{Ansi256Color, Effects, Style};
use clap::builder::{StyledStr, Styles};

use super::interrupt::Interrupt;
use super::printer::{self, Printer};
use super::viewer::Viewer;
use crate::cli::ShowArgs;
use crate::failure::{Code, Failure};
use crate::text::{Catalogue, Message};
use crate::views::palette::Look;
use crate::views::{Line, Options, Palette, Role, visible};

pub use reading::Asked;
use reading::Leaving;

/// Narrower than this nothing is laid out; the terminal then wraps.
const NARROWEST: u16 = 80;

/// Language, colour, width, and standard output.
#[derive(Debug)]
pub struct Console {
    /// The reader's catalogue.
    pub catalogue: Rc<Catalogue>,
    /// Columns of the terminal, at least 80; 80 where there is none.
    pub width: u16,
    /// Paints what goes to standard output.
    pub palette: Palette,
    /// Standard output takes colours.
    colour: bool,
    /// Standard error takes colours.
    pub error_colour: bool,
    /// Nobody reads standard output any more (a broken pipe): not an error, but no reason to go on writing.
    closed: Cell<bool>,
    /// How long somebody who does not read is waited for.
    interrupt: OnceCell<Interrupt>,
    /// Writes to standard output, where that is not waited for in any case.
    printer: OnceCell<Printer>,
    /// Where lines go instead, on a terminal.
    viewer: RefCell<Option<Box<Viewer>>>,
    /// How somebody has left it.
    left: Cell<Option<Leaving>>,
    /// Who leaves it wants the run to end.
    ends_when_left: Cell<bool>,
    /// What is to be said on standard error when the terminal is given back.
    complaints: RefCell<Vec<String>>,
}

impl Console {
    /// The one of this process, as its arguments and environment say.
    #[must_use]
    pub fn of_this_process(args: &[String]) -> Self {
        let catalogue = Catalogue::new(language(args));
        let asked = asked_colour(args);
        let colour = wants_colour(asked, io::stdout().is_terminal());
        let width = terminal_size::terminal_size_of(io::stdout())
            .map_or(NARROWEST, |(width, _)| width.0.max(NARROWEST));
        Self {
            catalogue: Rc::new(catalogue),
            width,
            palette: if projects(args) {
                Palette::new(colour).contrasting()
            } else {
                Palette::new(colour)
            },
            colour,
            error_colour: wants_colour(asked, io::stderr().is_terminal()),
            closed: Cell::new(false),
            interrupt: OnceCell::new(),
            printer: OnceCell::new(),
            viewer: RefCell::new(None),
            left: Cell::new(None),
            ends_when_left: Cell::new(false),
            complaints: RefCell::new(Vec::new()),
        }
    }

    /// The wording of a message.
    #[must_use]
    pub fn say(&self, message: &Message) -> String {
        self.catalogue.say(message)
    }

    /// Prints text of one line or several, at once; whatever a terminal would obey in it is made visible.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn print(&self, text: &str) -> Result<(), Failure> {
        if self.has_viewer() {
            let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
            let lines: Vec<Line> = lines.map(|line| Line::of(Role::Plain, line)).collect();
            return self.print_lines(&lines);
        }
        self.write(visible::lines(text).as_bytes())
    }

    /// Passes on what a process of ours printed: the same command has made it fit to be seen, and coloured it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn pass_on(&self, printed: &str) -> Result<(), Failure> {
        self.write(printed.as_bytes())
    }

    /// Writes bytes that are fit to be seen as they are: what is painted, and JSON. What cannot be written because
    /// nobody reads any more is dropped; other write errors are the caller's failure.
    ///
    /// # Errors
    /// When standard output cannot be written, unless nobody reads it any more: the disk is full.
    pub fn write(&self, text: &[u8]) -> Result<(), Failure> {
        if self.closed.get() {
            return Ok(());
        }
        let written = match self.printer()? {
            Some(printer) => printer.print(text),
            None => Some(printer::write(text)),
        };
        match written {
            Some(Ok(())) => Ok(()),
            // Nobody waits any more, or nobody reads.
            None => {
                self.closed.set(true);
                Ok(())
            }
            Some(Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.closed.set(true);
                Ok(())
            }
            Some(Err(error)) => Err(unprinted(&error)),
        }
    }

    /// From now on whoever reads standard output is waited for as long as `interrupt` says, and no longer.
    pub fn until_over(&self, interrupt: &Interrupt) {
        // There is one in a process.
        let _ = self.interrupt.set(interrupt.clone());
    }

    /// Who writes to standard output, where it is not whoever prints: begun with the first text.
    fn printer(&self) -> Result<Option<&Printer>, Failure> {
        let Some(interrupt) = self.interrupt.get() else {
            return Ok(None);
        };
        if self.printer.get().is_none() {
            let begun = Printer::new(interrupt).map_err(|error| unprinted(&error))?;
            let _ = self.printer.set(begun);
        }
        Ok(self.printer.get())
    }

    /// Prints lines in their colours, in a viewer where there is one.
    ///
    /// # Errors
    /// As [`Self::write`], and when the terminal fails.
    pub fn print_lines(&self, lines: &[Line]) -> Result<(), Failure> {
        if lines.is_empty() {
            return Ok(());
        }
        if self.has_viewer() {
            return self.add(|viewer| viewer.push_lines(lines.to_vec()));
        }
        self.print_now(lines)
    }

    fn print_now(&self, lines: &[Line]) -> Result<(), Failure> {
        if lines.is_empty() {
            return Ok(());
        }
        let mut text = String::new();
        for line in lines {
            text.push_str(&self.palette.paint(line));
            text.push('\n');
        }
        self.write(text.as_bytes())
    }

    /// What views need to know.
    #[must_use]
    pub fn options(&self, show: &ShowArgs) -> Options {
        Options {
            width: usize::from(show.width.unwrap_or(self.width)),
            catalogue: Rc::clone(&self.catalogue),
            quiet: show.quiet,
            spacious: show.project,
        }
    }

    /// The same, where nothing can be chosen.
    #[must_use]
    pub fn plain_options(&self) -> Options {
        Options {
            width: usize::from(self.width),
            catalogue: Rc::clone(&self.catalogue),
            quiet: false,
            spacious: false,
        }
    }

    /// Standard output takes colours.
    #[must_use]
    pub const fn has_colour(&self) -> bool {
        self.colour
    }

    /// Nobody reads standard output any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Prints what clap made, with its styles where colour is on.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn print_styled(&self, text: &StyledStr) -> Result<(), Failure> {
        let text = if self.colour {
            text.ansi().to_string()
        } else {
            text.to_string()
        };
        self.write(text.as_bytes())
    }

    /// Says on standard error what failed.
    pub fn fail(&self, failure: &Failure) {
        self.complain(&failure.render(&self.catalogue));
    }

    /// Says something on standard error that is no failure.
    pub fn remark(&self, message: &Message) {
        self.complain(&visible::lines(&format!("{}\n", self.say(message))));
    }

    /// Passes on what is fit to be seen on standard error: a failure, or what a process of ours said there. While a viewer
    /// has the terminal it waits.
    pub fn complain(&self, text: &str) {
        if self.is_read() {
            self.complaints.borrow_mut().push(text.to_owned());
            return;
        }
        // A terminal that is gone can be told nothing, and that is not worth a panic.
        let _ = io::stderr().write_all(text.as_bytes());
    }

    /// Shows help on standard error, where it was not asked for.
    pub fn remark_styled(&self, text: &StyledStr) {
        self.complain(&text.to_string());
    }

    /// A panic is a fault of ours: say so in the reader's language, with the place.
    pub fn hook_panics(&self) {
        let lang = self.catalogue.lang();
        std::panic::set_hook(Box::new(move |info| {
            super::alternate_screen::give_back();
            let place = info
                .location()
                .map_or_else(String::new, ToString::to_string);
            let payload = info.payload();
            let text = payload
                .downcast_ref::<&str>()
                .map(|text| (*text).to_owned())
                .or_else(|| payload.downcast_ref::<String>().cloned())
                .unwrap_or_default();
            let failure = Failure::failed(Message::new("error-panic").text("place", place))
                .why(Message::new("error-plain").text("text", text))
                .try_this(Message::new("error-panic-try"));
            let mut said = failure.render(&Catalogue::new(lang));
            // Where RUST_BACKTRACE asks for it.
            let trace = Backtrace::capture();
            if trace.status() == BacktraceStatus::Captured {
                said += &trace.to_string();
                said.push('\n');
            }
            let _ = io::stderr().lock().write_all(said.as_bytes());
        }));
    }
}

/// Standard output cannot be written.
pub fn unprinted(error: &io::Error) -> Failure {
    Failure::of_io(Message::new("error-stdout"), error).with_code(Code::Failed)
}

/// The language of the arguments and the environment.
fn language(texts: &[String]) -> crate::text::Lang {
    let variables = ["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| std::env::var(name).ok());
    crate::cli::words::asked_language(texts.iter().cloned())
        .unwrap_or_else(|| crate::text::Lang::of_locale(variables.iter().map(Option::as_deref)))
}

/// What `--color` says, found before parsing, so that help and errors obey it.
fn asked_colour(args: &[String]) -> &str {
    let mut asked = "auto";
    let mut args = args.iter().take_while(|arg| *arg != "--");
    while let Some(arg) = args.next() {
        if arg == "--color" {
            asked = args.next().map_or("auto", String::as_str);
        } else if let Some(value) = arg.strip_prefix("--color=") {
            asked = value;
        }
    }
    asked
}

/// What `--project` says, found before parsing as well.
fn projects(args: &[String]) -> bool {
    let mut args = args.iter().take_while(|arg| *arg != "--");
    args.any(|arg| arg == "--project")
}

/// Colour on a terminal, unless NO_COLOR is set (no-color.org: to anything but nothing).
fn wants_colour(asked: &str, terminal: bool) -> bool {
    match asked {
        "always" => true,
        "never" => false,
        _ => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    }
}

/// Help looks like the rest: clap's parts take the palette's roles.
pub fn styles() -> Styles {
    Styles::plain()
        .header(style(Role::Title))
        .usage(style(Role::Title))
        .literal(style(Role::Helper))
        .placeholder(style(Role::Call))
}

fn style(role: Role) -> Style {
    let look = Look::of(role);
    let colour = look.colour.map(Ansi256Color);
    let effects = Effects::new()
        .set(Effects::BOLD, look.bold)
        .set(Effects::DIMMED, look.dim)
        .set(Effects::ITALIC, look.italic);
    Style::new()
        .fg_color(colour.map(Into::into))
        .effects(effects)
}
