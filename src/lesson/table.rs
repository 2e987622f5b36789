//! Reading TOML with places: each key is taken once, a value of the wrong kind is a mistake at its place, and
//! a key that nobody took is one as well. Reading goes on after a mistake, so that all are found.
//!
//! Serde would stop at the first; so this walks toml's tree of spanned values.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::notation::{Mistake, condition, nearest};

/// A file that is being read, with the mistakes found so far.
pub(crate) struct Book<'t> {
    text: &'t str,
    mistakes: RefCell<Vec<Mistake>>,
}

/// A table of it.
pub(crate) struct TomlTable<'b, 't> {
    book: &'b Book<'t>,
    entries: &'b DeTable<'t>,
    span: Range<usize>,
    taken: RefCell<Vec<&'static str>>,
    closed: Cell<bool>,
}

/// A text, with where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Quote {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
    /// Where the text itself begins in the file, when it stands there letter by letter.
    begins: Option<usize>,
}

type TomlValue<'t> = Spanned<DeValue<'t>>;

impl<'t> Book<'t> {
    /// The file's text as a tree; what is no TOML is a mistake.
    pub(crate) fn open(text: &'t str) -> (Self, Spanned<DeTable<'t>>) {
        let (table, errors) = DeTable::parse_recoverable(text);
        let book = Self {
            text,
            mistakes: RefCell::new(Vec::new()),
        };
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            book.wrong(Mistake::new(span, "lesson-mistake-toml").with("why", error.message()));
        }
        (book, table)
    }

    pub(crate) fn wrong(&self, mistake: Mistake) {
        self.mistakes.borrow_mut().push(mistake);
    }

    pub(crate) fn wrong_in(&self, text: &Quote, all: Vec<Mistake>) {
        for mistake in all {
            let span = text.place(&mistake.span);
            self.wrong(Mistake { span, ..mistake });
        }
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.mistakes.into_inner()
    }

    pub(crate) fn table<'b>(
        &'b self,
        table: &'b DeTable<'t>,
        span: Range<usize>,
    ) -> TomlTable<'b, 't> {
        TomlTable {
            book: self,
            entries: table,
            span,
            taken: RefCell::new(Vec::new()),
            closed: Cell::new(false),
        }
    }

    fn text_of(&self, value: &str, span: Range<usize>) -> Quote {
        let begins = self
            .text
            .get(span.clone())
            .and_then(|raw| raw.find(value))
            .map(|at| span.start + at);
        Quote {
            text: value.to_owned(),
            span,
            begins,
        }
    }

    fn expected(&self, what: &'static str, found: &TomlValue<'t>) {
        self.wrong(Mistake::new(found.span(), what).with("found", found.get_ref().type_str()));
    }
}

impl Quote {
    /// Where a part of the text stands in the file; the whole value where escapes hide it.
    pub(crate) fn place(&self, part: &Range<usize>) -> Range<usize> {
        match self.begins {
            Some(begins) => begins + part.start..begins + part.end,
            None => self.span.clone(),
        }
    }
}

impl<'b, 't> TomlTable<'b, 't> {
    pub(crate) fn book(&self) -> &'b Book<'t> {
        self.book
    }

    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    fn take(&self, key: &'static str) -> Option<&'b TomlValue<'t>> {
        self.taken.borrow_mut().push(key);
        self.entries.get(key)
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// Where a key's value stands; the table, when there is none.
    pub(crate) fn place(&self, key: &str) -> Range<usize> {
        self.entries.get(key).map_or(self.span(), Spanned::span)
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<Quote> {
        self.take(key).and_then(|value| self.text_value(value))
    }

    fn text_value(&self, value: &TomlValue<'t>) -> Option<Quote> {
        if let DeValue::String(text) = value.get_ref() {
            return Some(self.book.text_of(text, value.span()));
        }
        self.book.expected("lesson-mistake-not-text", value);
        None
    }

    /// A text that must be there.
    pub(crate) fn needed_text(&self, key: &'static str) -> Option<Quote> {
        if !self.has(key) {
            self.missing(key);
        }
        self.text(key)
    }

    pub(crate) fn missing(&self, key: &'static str) {
        self.take(key);
        self.book
            .wrong(Mistake::new(self.span(), "lesson-mistake-missing").with("key", key));
    }

    /// A text or a list of texts.
    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<Quote>> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::Array(list) => {
                if list.is_empty() {
                    self.book
                        .wrong(Mistake::new(value.span(), "lesson-mistake-empty"));
                }
                Some(
                    list.iter()
                        .filter_map(|item| self.text_value(item))
                        .collect(),
                )
            }
            DeValue::String(_) => Some(self.text_value(value).into_iter().collect()),
            _ => {
                self.book.expected("lesson-mistake-not-texts", value);
                None
            }
        }
    }

    pub(crate) fn boolean(&self, key: &'static str) -> Option<bool> {
        let value = self.take(key)?;
        if let DeValue::Boolean(is) = value.get_ref() {
            return Some(*is);
        }
        self.book.expected("lesson-mistake-not-boolean", value);
        None
    }

    /// A whole number within a range.
    pub(crate) fn integer<T: TryFrom<i64>>(
        &self,
        key: &'static str,
        within: std::ops::RangeInclusive<i64>,
    ) -> Option<T> {
        let value = self.take(key)?;
        let DeValue::Integer(integer) = value.get_ref() else {
            self.book.expected("lesson-mistake-not-integer", value);
            return None;
        };
        let number = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let inside = number.filter(|number| within.contains(number));
        if let Some(number) = inside.and_then(|number| T::try_from(number).ok()) {
            return Some(number);
        }
        self.book.wrong(
            Mistake::new(value.span(), "lesson-mistake-range")
                .with("min", within.start().to_string())
                .with("max", within.end().to_string()),
        );
        None
    }

    /// A whole number, as text, or a text: a condition.
    pub(crate) fn number_or_text(&self, key: &'static str) -> Option<Quote> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::Integer(integer) => Some(self.book.text_of(integer.as_str(), value.span())),
            DeValue::String(text) => Some(self.book.text_of(text, value.span())),
            _ => {
                self.book.expected("lesson-mistake-not-condition", value);
                None
            }
        }
    }

    /// A time: `"20ms"`. In nanoseconds.
    pub(crate) fn time(&self, key: &'static str) -> Option<i64> {
        let text = self.text(key)?;
        let ns = condition::span_of(&text.text);
        if ns.is_none() {
            self.book
                .wrong(Mistake::new(text.span, "lesson-mistake-span").with("found", text.text));
        }
        ns
    }

    pub(crate) fn sub(&self, key: &'static str) -> Option<TomlTable<'b, 't>> {
        let value = self.take(key)?;
        if let DeValue::Table(table) = value.get_ref() {
            return Some(self.book.table(table, value.span()));
        }
        self.book.expected("lesson-mistake-not-table", value);
        None
    }

    /// A table, or a list of tables.
    pub(crate) fn subs(&self, key: &'static str) -> Vec<TomlTable<'b, 't>> {
        let Some(value) = self.take(key) else {
            return Vec::new();
        };
        match value.get_ref() {
            DeValue::Table(table) => vec![self.book.table(table, value.span())],
            DeValue::Array(list) => list
                .iter()
                .filter_map(|item| {
                    if let DeValue::Table(table) = item.get_ref() {
                        return Some(self.book.table(table, item.span()));
                    }
                    self.book.expected("lesson-mistake-not-table", item);
                    None
                })
                .collect(),
            _ => {
                self.book.expected("lesson-mistake-not-table", value);
                Vec::new()
            }
        }
    }

    /// All keys and their texts (one or a list), where the keys are names of the author's: hosts, settings.
    pub(crate) fn named_texts(&self, key: &'static str) -> Vec<(Quote, Vec<Quote>)> {
        let Some(table) = self.sub(key) else {
            return Vec::new();
        };
        table.closed.set(true);
        table
            .entries
            .iter()
            .map(|(name, value)| {
                let texts = match value.get_ref() {
                    DeValue::Array(list) => list
                        .iter()
                        .filter_map(|item| table.text_value(item))
                        .collect(),
                    DeValue::Integer(integer) => {
                        vec![self.book.text_of(integer.as_str(), value.span())]
                    }
                    _ => table.text_value(value).into_iter().collect(),
                };
                (self.book.text_of(name.get_ref(), name.span()), texts)
            })
            .collect()
    }

    /// All keys and their tables, where the keys are names of the author's.
    pub(crate) fn named_subs(&self, key: &'static str) -> Vec<(Quote, TomlTable<'b, 't>)> {
        let Some(table) = self.sub(key) else {
            return Vec::new();
        };
        table.closed.set(true);
        table
            .entries
            .iter()
            .filter_map(|(name, value)| {
                let name = self.book.text_of(name.get_ref(), name.span());
                if let DeValue::Table(inner) = value.get_ref() {
                    return Some((name, self.book.table(inner, value.span())));
                }
                self.book.expected("lesson-mistake-not-table", value);
                None
            })
            .collect()
    }

    /// There is nothing else to take: what is left is unknown.
    pub(crate) fn close(&self) {
        if self.closed.replace(true) {
            return;
        }
        let taken = self.taken.borrow();
        for key in self
            .entries
            .keys()
            .filter(|key| !taken.contains(&key.get_ref().as_ref()))
        {
            let mut words: Vec<&str> = taken.clone();
            words.sort_unstable();
            words.dedup();
            let mut mistake = Mistake::new(key.span(), "lesson-mistake-unknown-key")
                .with("found", key.get_ref().as_ref())
                .with("words", words.join(", "));
            mistake.nearest = nearest(key.get_ref(), words).map(str::to_owned);
            self.book.wrong(mistake);
        }
    }
}
