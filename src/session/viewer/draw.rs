//! How the viewer looks: a header, the rows with the selected one marked, and a line for the keys or for what is typed.
//!
//! Header and keys stand in reverse, and the mark is a sign: it can be read on any ground, and with no colour.

use std::io::{self, Write as _};
use std::time::Duration;

use crossterm::style::{Attribute, Print, SetAttribute};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use crossterm::{cursor, queue};

use super::document::HostStatus;
use super::{Goal, Message, Mode, SOON, Viewer};
use crate::model::number::signed;
use crate::views::styled::{columns, fit, take, wrap};
use crate::views::{Line, Role};

/// Columns of the bar of a recording.
const BAR: usize = 20;

/// Rows of a terminal that has room for a header.
const ROOMY: u16 = 6;

impl Viewer {
    /// Rows between header and keys.
    pub(super) fn body(&self) -> usize {
        usize::from(self.size.1)
            .saturating_sub(1 + usize::from(self.has_header()))
            .max(1)
    }

    const fn has_header(&self) -> bool {
        self.size.1 >= ROOMY
    }

    fn columns(&self) -> usize {
        usize::from(self.size.0)
    }

    pub(super) fn draw(&self, goal: Goal<'_>) -> io::Result<()> {
        // One write, so that nobody sees half a screen.
        let mut out = Vec::new();
        queue!(
            out,
            BeginSynchronizedUpdate,
            cursor::Hide,
            cursor::MoveTo(0, 0)
        )?;
        if self.has_header() {
            self.bar(&mut out, &self.header())?;
        }
        let first = u16::from(self.has_header());
        let help = match self.mode {
            Mode::Help(from) => Some((from, self.help())),
            _ => None,
        };
        for row in 0..self.body() {
            let below = u16::try_from(row).unwrap_or(u16::MAX).saturating_add(first);
            queue!(out, cursor::MoveTo(0, below))?;
            match &help {
                Some((from, lines)) => {
                    let line = lines.get(from + row).map_or("", String::as_str);
                    queue!(out, Print(fit(line, self.columns())))?;
                }
                None => self.row(&mut out, self.top + row)?,
            }
            queue!(out, Clear(ClearType::UntilNewLine))?;
        }
        queue!(out, cursor::MoveTo(0, self.size.1.saturating_sub(1)))?;
        self.keys(&mut out, goal)?;
        queue!(out, EndSynchronizedUpdate)?;
        let mut terminal = io::stdout().lock();
        terminal.write_all(&out)?;
        terminal.flush()
    }

    /// One row of what is told.
    fn row(&self, out: &mut impl io::Write, at: usize) -> io::Result<()> {
        let line = self.document.row(at).filter(|_| at < self.rows());
        let Some(line) = line else {
            return Ok(());
        };
        let line = cut(line, self.columns());
        if at != self.cursor {
            return queue!(out, Print(self.palette.paint(&line)));
        }
        let plain = line.plain();
        let first = take(&plain, 1);
        if first.trim().is_empty() {
            let marked = without_first(&line);
            queue!(out, Print('▸'), Print(self.palette.paint(&marked)))
        } else {
            let first: String = plain.chars().take(1).collect();
            queue!(
                out,
                SetAttribute(Attribute::Reverse),
                Print(&first),
                SetAttribute(Attribute::Reset),
                Print(self.palette.paint(&without_first(&line)))
            )
        }
    }

    /// The hosts with their states at the selected row: the first at the left, the last at the right. Where there is no room
    /// their addresses go first.
    fn header(&self) -> String {
        let hosts = self.document.hosts_at(self.cursor, &self.catalogue);
        let width = self.columns().saturating_sub(2);
        let said =
            |whole: bool| -> Vec<String> { hosts.iter().map(|host| status(host, whole)).collect() };
        let needed: usize = said(true).iter().map(|host| columns(host) + 3).sum();
        match &said(needed <= width + 3)[..] {
            [] => self.catalogue.word("viewer-title"),
            [left, right] => {
                let gap = width.saturating_sub(columns(left) + columns(right));
                format!(" {left}{}{right}", " ".repeat(gap.max(1)))
            }
            many => format!(" {}", many.join(" · ")),
        }
    }

    /// The last line: what keys do now, or what is typed.
    fn keys(&self, out: &mut impl io::Write, goal: Goal<'_>) -> io::Result<()> {
        match (self.mode.clone(), goal) {
            (Mode::Answering, Goal::Answer(prompt, _)) => {
                self.typed(out, &format!("{prompt} > "), &self.answer)
            }
            (Mode::Searching, _) => self.typed(out, "/", &self.search),
            (Mode::Help(_), _) => self.bar(out, &self.catalogue.word("viewer-help-keys")),
            _ => self.bar(out, &self.status(goal)),
        }
    }

    fn typed(&self, out: &mut impl io::Write, prompt: &str, text: &str) -> io::Result<()> {
        let width = self.columns().saturating_sub(1);
        let prompt = fit(prompt, width.saturating_sub(12));
        let room = width.saturating_sub(columns(&prompt));
        let text = crate::text::visible::text(text);
        // The end of what is typed is what one sees.
        let mut shown = text.as_str();
        while columns(shown) > room {
            let mut rest = shown.chars();
            rest.next();
            shown = rest.as_str();
        }
        queue!(
            out,
            Print(&prompt),
            Print(shown),
            Clear(ClearType::UntilNewLine),
            cursor::Show
        )
    }

    fn bar(&self, out: &mut impl io::Write, text: &str) -> io::Result<()> {
        let mut text = fit(text, self.columns().saturating_sub(1));
        let missing = self.columns().saturating_sub(1 + columns(&text));
        text.push_str(&" ".repeat(missing));
        queue!(
            out,
            SetAttribute(Attribute::Reverse),
            Print(text),
            SetAttribute(Attribute::Reset),
            Clear(ClearType::UntilNewLine)
        )
    }

    fn status(&self, goal: Goal<'_>) -> String {
        if let Some(remark) = &self.remark {
            return self.catalogue.say(remark);
        }
        if let Some(recorded) = self.recorded() {
            return recorded;
        }
        let of = match goal {
            Goal::Next(_, of) => Some(of),
            Goal::Leave if self.stepping => Some(self.document.moments_of(self.document.len())),
            _ => None,
        };
        if let Some(of) = of {
            let key = if self.playing.is_some() {
                "viewer-playing"
            } else {
                "viewer-steps"
            };
            let told = Message::new(key)
                .int("at", signed(self.document.moments_of(self.told)))
                .int("of", signed(of));
            return self.catalogue.say(&told);
        }
        let keys = match goal {
            Goal::Pending => Message::new("viewer-goes-on"),
            Goal::Answer(..) => Message::new("viewer-question"),
            Goal::Go(does) => Message::new("viewer-go").text("does", does),
            Goal::Room => Message::new("viewer-full"),
            Goal::Next(..) | Goal::Leave => Message::new("viewer-all"),
        };
        let place = Message::new("viewer-place")
            .int("at", signed((self.top + self.body()).min(self.rows())))
            .int("of", signed(self.rows()))
            .text("keys", self.catalogue.say(&keys));
        self.catalogue.say(&place)
    }

    /// That something is recorded, with a bar where it is known how long that takes.
    fn recorded(&self) -> Option<String> {
        let (text, since, seconds) = self.recording.as_ref()?;
        let passed = since.elapsed();
        if passed < SOON {
            return None;
        }
        let bar = seconds.map_or_else(String::new, |seconds| {
            let whole = Duration::from_secs(seconds.max(1).into()).as_millis();
            let cells = usize::try_from(passed.as_millis() * BAR as u128 / whole).unwrap_or(BAR);
            format!("  [{:BAR$}]", "=".repeat(cells.min(BAR)))
        });
        let keys = self.catalogue.word("viewer-recording");
        Some(format!("{text}{bar}  {keys}"))
    }

    fn help(&self) -> Vec<String> {
        let key = if self.stepping {
            "viewer-help-steps"
        } else {
            "viewer-help"
        };
        let text = self.catalogue.word(key);
        let width = self.columns().saturating_sub(1);
        text.lines()
            .flat_map(|line| match line.trim() {
                "" => vec![String::new()],
                _ if columns(line) <= width => vec![line.to_owned()],
                long => wrap(long, width),
            })
            .collect()
    }

    pub(super) fn last_help_top(&self) -> usize {
        self.help().len().saturating_sub(self.body())
    }
}

fn status(host: &HostStatus, with_address: bool) -> String {
    let mut said = host.name.clone();
    if let Some(address) = host.address.as_ref().filter(|_| with_address) {
        said.push(' ');
        said.push_str(address);
    }
    if let Some(state) = host.state {
        said.push_str("  ");
        said.push_str(state.name());
    }
    said
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

/// The line behind its first character.
fn without_first(line: &Line) -> Line {
    let mut rest = Line::new();
    let mut first = true;
    for span in line.spans() {
        let mut text = span.text();
        if std::mem::take(&mut first) {
            let mut chars = text.chars();
            chars.next();
            text = chars.as_str();
        }
        rest.push(span.role(), text);
    }
    if rest.spans().is_empty() {
        rest.push(Role::Plain, "");
    }
    rest
}
