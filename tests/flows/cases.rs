//! A file to its cases: line by line, all mistakes collected with their places.

use std::collections::BTreeMap;
use std::ops::Range;

use sockscope::model::{CallId, EndedBy, Fact, HostId, LinkType, Time};
use sockscope::notation::Mistake;
use sockscope::notation::lexer::{Word, words};

use super::call;
use super::expect::Expectation;
use super::frame::Draft;
use super::mistakes::{ms, number};
use super::stage::{self, Place, Sent, Stage};
use super::states::side;

/// One story and what is to be told of it.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it is called; empty for a file's only one.
    pub name: String,
    pub facts: Vec<Fact<'static>>,
    /// The lines of which something can be expected, in their order.
    pub subjects: Vec<Subject>,
    pub expectations: Vec<Expectation>,
    /// Frames by their names.
    pub labels: BTreeMap<String, u64>,
}

/// A line of which something can be expected.
#[derive(Clone, Debug)]
pub struct Subject {
    pub span: Range<usize>,
    pub what: Stated,
}

/// What a line stated.
#[derive(Clone, Debug)]
pub enum Stated {
    /// A frame, by its number from 0.
    Frame(u64),
    Call(CallId),
    Return(CallId),
    State(HostId, Time),
    Hole(Time),
    End,
    /// `in all`: what it all came to.
    All,
}

/// The cases of a text. What stands before the first `case` belongs to each.
pub fn cases(text: &str) -> Result<Vec<Case>, Vec<Mistake>> {
    let mut shared = Vec::new();
    let mut parts: Vec<(String, Vec<(usize, &str)>)> = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if let Some(name) = line.strip_prefix("case ") {
            parts.push((name.trim().to_owned(), Vec::new()));
        } else {
            let part = parts.last_mut().map_or(&mut shared, |(_, lines)| lines);
            part.push((offset, line.trim_end_matches('\n')));
        }
        offset += line.len();
    }
    if parts.is_empty() {
        parts.push((String::new(), Vec::new()));
    }
    let mut cases = Vec::new();
    let mut mistakes: Vec<Mistake> = Vec::new();
    for (name, lines) in parts {
        let mut reader = Reader::new();
        for (offset, line) in shared.iter().chain(&lines) {
            reader.line(*offset, line);
        }
        reader.names();
        for mistake in std::mem::take(&mut reader.mistakes) {
            if !mistakes.contains(&mistake) {
                mistakes.push(mistake);
            }
        }
        cases.push(reader.case(name));
    }
    if mistakes.is_empty() {
        Ok(cases)
    } else {
        Err(mistakes)
    }
}

/// Lines that say where and with what a story is seen.
const SETTINGS: [&str; 9] = [
    "capture", "loopback", "wire", "saved", "host", "ipv6", "isn", "link", "setting",
];

/// What a line without a time belongs to.
#[derive(Clone, Debug)]
pub(super) enum Above {
    Nothing,
    Frame(Sent),
    /// It returned then.
    Call(CallId, i64),
}

pub(super) struct Reader {
    pub(super) stage: Stage,
    /// What segments have that do not say it: those without SYN, those with.
    defaults: [Draft; 2],
    now: i64,
    pub(super) above: Above,
    subjects: Vec<Subject>,
    expectations: Vec<Expectation>,
    mistakes: Vec<Mistake>,
}

pub(super) type Read = Result<(), Box<Mistake>>;

impl Reader {
    fn new() -> Self {
        Self {
            stage: Stage::new(),
            defaults: [Draft::default(), Draft::default()],
            now: 0,
            above: Above::Nothing,
            subjects: Vec::new(),
            expectations: Vec::new(),
            mistakes: Vec::new(),
        }
    }

    fn case(self, name: String) -> Case {
        let frames = self.stage.labels.iter();
        let labels = frames.map(|(label, sent)| (label.clone(), sent.number));
        Case {
            name,
            labels: labels.collect(),
            subjects: self.subjects,
            expectations: self.expectations,
            facts: self.stage.facts(),
        }
    }

    /// Whether each `@NAME` that is expected is a frame's.
    fn names(&mut self) {
        for expectation in &self.expectations {
            let names = expectation.values.iter().flat_map(|value| value.split('|'));
            for name in names.filter_map(|value| value.strip_prefix('@')) {
                if !self.stage.labels.contains_key(name) {
                    let known = self.stage.labels.keys().map(String::as_str);
                    self.mistakes.push(
                        Mistake::new(expectation.span.clone(), "flow-label")
                            .with("found", name)
                            .near(name, known),
                    );
                }
            }
        }
    }

    fn line(&mut self, offset: usize, line: &str) {
        let found = words(line, offset, &mut self.mistakes);
        let Some(first) = found.first() else { return };
        let span = first.span.start..found.last().map_or(first.span.end, |word| word.span.end);
        let text = &line[first.span.start - offset..span.end - offset];
        if let Err(mistake) = self.stated(&found, text, &span) {
            self.mistakes.push(*mistake);
        }
    }

    fn stated(&mut self, words: &[Word], text: &str, span: &Range<usize>) -> Read {
        let first = words[0].text.as_str();
        let rest = &words[1..];
        match first {
            "=>" => self.expects(rest),
            "default" => {
                self.default(rest);
                Ok(())
            }
            "in" if rest.len() == 1 && rest[0].text == "all" => {
                self.subject(span, Stated::All);
                Ok(())
            }
            _ if SETTINGS.contains(&first) => self.setting(first, rest, text, span),
            _ if first.starts_with(|c: char| c == '+' || c.is_ascii_digit()) => {
                self.timed(words, text, span)
            }
            _ if rest.first().is_some_and(|word| word.text == "is") => self.is(None, words, span),
            _ => Err(Box::new(
                Mistake::new(words[0].span.clone(), "flow-line")
                    .near(first, SETTINGS.into_iter().chain(["default", "case"])),
            )),
        }
    }

    pub(super) fn subject(&mut self, span: &Range<usize>, what: Stated) {
        self.subjects.push(Subject {
            span: span.clone(),
            what,
        });
    }

    fn expects(&mut self, words: &[Word]) -> Read {
        let place = words.first().map_or(0..0, |word| word.span.clone());
        let Some(subject) = self.subjects.len().checked_sub(1) else {
            return Err(Box::new(Mistake::new(place, "flow-expect-nothing")));
        };
        let hosts = &self.stage;
        let read = super::expect::read(words, subject, &|name| hosts.host(name));
        self.expectations.extend(read?);
        Ok(())
    }

    fn default(&mut self, words: &[Word]) {
        let syn = words.first().is_some_and(|word| word.text == "SYN");
        let hosts = self.stage.hosts.clone();
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let mut draft = Draft::default();
        draft.read(&words[usize::from(syn)..], &hosts, &mut self.mistakes);
        self.defaults[usize::from(syn)] = draft;
    }

    fn setting(&mut self, name: &str, rest: &[Word], text: &str, span: &Range<usize>) -> Read {
        let word = |at: usize| rest.get(at).map(|word| (word.text.as_str(), &word.span));
        let host = |stage: &Stage, name: &str, span: &Range<usize>| {
            let known = stage.hosts.iter().map(String::as_str);
            let mistake = || {
                Mistake::new(span.clone(), "lesson-mistake-host")
                    .with("found", name)
                    .with("hosts", stage.hosts.join(", "))
                    .near(name, known)
            };
            stage.host(name).ok_or_else(|| Box::new(mistake()))
        };
        match (name, word(0), word(1)) {
            ("capture", None, _) => self.stage.place = Place::Capture,
            ("capture", Some(("unsorted", _)), None) => {
                (self.stage.place, self.stage.unsorted) = (Place::Capture, true);
            }
            ("link", Some((link, at)), None) => {
                self.stage.link = LinkType(number(link, at)? as u32);
            }
            ("loopback", None, _) => self.stage.place = Place::Loopback,
            ("ipv6", None, _) => self.stage.ipv6 = true,
            ("wire", Some((delay, at)), None) => self.stage.place = Place::Wire(ms(delay, at)?),
            ("saved", Some((name, at)), None) => {
                self.stage.saved = Some(host(&self.stage, name, at)?);
            }
            ("host", Some((name, _)), None) => self.stage.hosts.push(name.to_owned()),
            ("isn", Some((name, at)), Some((isn, place))) => {
                let host = host(&self.stage, name, at)?;
                self.stage.isn.insert(host, number(isn, place)? as u32);
            }
            ("setting", Some(_), _) => {
                let json = text.trim_start_matches("setting").trim();
                let read = serde_json::from_str(json).map_err(|error| {
                    Mistake::new(span.clone(), "flow-setting").with("found", error.to_string())
                })?;
                self.stage.settings.push(read);
            }
            ("wire", ..) => return Err(Box::new(Mistake::new(span.clone(), "flow-wire"))),
            _ => return Err(Box::new(Mistake::new(span.clone(), "flow-line"))),
        }
        Ok(())
    }

    /// A line with a time.
    fn timed(&mut self, words: &[Word], text: &str, span: &Range<usize>) -> Read {
        let (time, place) = (words[0].text.as_str(), &words[0].span);
        let event = words.get(2).map_or("", |word| word.text.as_str());
        if let Some(after) = time.strip_prefix('+') {
            return self.is(Some(ms(after, place)?), &words[1..], span);
        }
        let (from, to) = time.split_once("..").unwrap_or((time, time));
        let (began, ended) = (ms(from, place)?, ms(to, place)?);
        if (began < self.now && !self.stage.unsorted) || ended < began {
            return Err(Box::new(Mistake::new(place.clone(), "flow-order")));
        }
        self.now = began;
        let tail = || {
            let word = words.get(3)?;
            Some((&text[word.span.start - span.start..], word.span.start))
        };
        match (event, tail()) {
            (">", Some(_)) => self.frame(began, words, span),
            ("calls", Some((call, at))) => {
                let ended = time.contains("..").then_some(ended);
                self.calls(began, ended, &words[1], (call, at), span)
            }
            ("returns", Some((call, at))) => self.returns(began, &words[1], (call, at), span),
            ("is", Some(_)) => self.looked(began, &words[1..], span),
            ("missed", Some(_)) => {
                let frames = number(&words[3].text, &words[3].span)?;
                let host = self.stage.host(&words[1].text);
                self.stage.missed(began, host, frames as u64);
                self.subject(span, Stated::Hole(stage::at(began)));
                Ok(())
            }
            ("drops", Some((json, _))) => {
                let host = self.host(&words[1].text, &words[1].span)?;
                let dropped = serde_json::from_str(json).map_err(|error| {
                    Mistake::new(span.clone(), "flow-setting").with("found", error.to_string())
                })?;
                self.stage.drops(began, host, dropped);
                Ok(())
            }
            ("program-ends", why) => {
                let host = self.host(&words[1].text, &words[1].span)?;
                let by = why.map_or(Ok(EndedBy::Itself { status: 0 }), |(json, _)| {
                    serde_json::from_str(json).map_err(|error| {
                        Mistake::new(span.clone(), "flow-setting").with("found", error.to_string())
                    })
                })?;
                self.stage.program_ends(began, host, by);
                Ok(())
            }
            _ if words.get(1).is_some_and(|word| word.text == "ends") => {
                let json = text[words[1].span.end - span.start..].trim();
                let json = if json.is_empty() { "[]" } else { json };
                let troubles = serde_json::from_str(json).map_err(|error| {
                    Mistake::new(span.clone(), "flow-setting").with("found", error.to_string())
                })?;
                self.stage.ends(began, troubles);
                self.subject(span, Stated::End);
                Ok(())
            }
            _ => Err(Box::new(Mistake::new(span.clone(), "flow-event"))),
        }
    }

    fn frame(&mut self, ns: i64, words: &[Word], span: &Range<usize>) -> Read {
        let from = self.host(&words[1].text, &words[1].span)?;
        let to = match words[3].text.as_str() {
            "all" => None,
            name => Some(self.host(name, &words[3].span)?),
        };
        let syn = words.iter().any(|word| word.text == "SYN");
        let mut draft = self.defaults[usize::from(syn)].clone();
        let hosts = self.stage.hosts.clone();
        let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
        let before = self.mistakes.len();
        draft.read(&words[4..], &hosts, &mut self.mistakes);
        if self.mistakes.len() > before {
            return Ok(());
        }
        if let Some(label) = &draft.label
            && self.stage.labels.contains_key(label)
        {
            let twice = Mistake::new(span.clone(), "flow-twice");
            return Err(Box::new(twice.with("found", label.as_str())));
        }
        let sent = self.stage.frame(ns, from, to, &draft, span)?;
        for (host, state) in &draft.states {
            if let Some(host) = self.stage.host(host) {
                let (asked, trigger) = Stage::asked(&sent, host);
                let of = side(&sent, host);
                self.stage.state(asked, host, *state, trigger, None, of);
            }
        }
        self.subject(span, Stated::Frame(sent.number));
        if let Some(label) = draft.label {
            self.stage.labels.insert(label, sent.clone());
        }
        self.above = Above::Frame(sent);
        Ok(())
    }

    /// `server.2` is the second socket of that host, `server:listener` that of this name in its script.
    fn caller(&self, word: &Word) -> Result<(HostId, Option<u32>, String), Box<Mistake>> {
        let (name, label) = word.text.split_once(':').unwrap_or((&word.text, ""));
        let (name, socket) = name
            .split_once('.')
            .map_or((name, None), |(a, b)| (a, Some(b)));
        let socket = socket.map(|text| number(text, &word.span)).transpose()?;
        let socket = socket.map(|socket| socket as u32);
        Ok((self.host(name, &word.span)?, socket, label.to_owned()))
    }

    fn calls(
        &mut self,
        began: i64,
        ended: Option<i64>,
        who: &Word,
        (text, at): (&str, usize),
        span: &Range<usize>,
    ) -> Read {
        let (host, socket, label) = self.caller(who)?;
        let written = call::read(text, at, &|text| self.stage.endpoint(text))?;
        let socket = socket.unwrap_or(1);
        if ended.is_some() != written.gave.is_some() {
            return Err(Box::new(Mistake::new(span.clone(), "flow-call")));
        }
        let id = self.stage.begin(began, host, socket, &label, &written);
        if let (Some(ended), Some(gave)) = (ended, written.gave) {
            self.stage
                .returns(ended, host, Some(socket), written.name, gave);
            self.above = Above::Call(id, ended);
        }
        self.subject(span, Stated::Call(id));
        Ok(())
    }

    fn returns(
        &mut self,
        ns: i64,
        who: &Word,
        (text, at): (&str, usize),
        span: &Range<usize>,
    ) -> Read {
        let (host, socket, _) = self.caller(who)?;
        let written = call::read(text, at, &|text| self.stage.endpoint(text))?;
        let gave = written
            .gave
            .ok_or_else(|| Mistake::new(span.clone(), "flow-call"))?;
        let id = self.stage.returns(ns, host, socket, written.name, gave);
        let id = id.ok_or_else(|| {
            Mistake::new(span.clone(), "flow-open-call").with("found", who.text.as_str())
        })?;
        self.above = Above::Call(id, ns);
        self.subject(span, Stated::Return(id));
        Ok(())
    }

    pub(super) fn host(&self, name: &str, span: &Range<usize>) -> Result<HostId, Box<Mistake>> {
        let known = self.stage.hosts.iter().map(String::as_str);
        self.stage.host(name).ok_or_else(|| {
            Box::new(
                Mistake::new(span.clone(), "lesson-mistake-host")
                    .with("found", name)
                    .with("hosts", self.stage.hosts.join(", "))
                    .near(name, known),
            )
        })
    }
}
