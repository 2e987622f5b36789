//! `[[expect]]`: from a table to an expectation.

use crate::explain::findings::FindingKind;
use crate::notation::call::CallPattern;
use crate::notation::claim::{Event, StateWord};
use crate::notation::condition::{Condition, NumberKind};
use crate::notation::{Claim, Expectation, Mistake, Pattern};
use crate::protocol::follow::ClosedHow;

use super::table::{Quote, TomlTable};

/// Reads all `[[expect]]` tables of an act, or its `[[option]]` tables, which say what else one might expect;
/// names must differ from each other and from those that are known.
pub(super) fn read_all(
    table: &TomlTable<'_, '_>,
    key: &'static str,
    known: &[Expectation],
    hosts: &[&str],
) -> Vec<Expectation> {
    let mut all: Vec<Expectation> = Vec::new();
    for one in table.subs(key) {
        let Some(expectation) = read(&one, hosts) else {
            continue;
        };
        if known
            .iter()
            .chain(&all)
            .any(|known| known.id == expectation.id)
        {
            table.book().wrong(
                Mistake::new(one.place("id"), "lesson-mistake-twice").with("id", &expectation.id),
            );
        }
        all.push(expectation);
    }
    all
}

fn read(table: &TomlTable<'_, '_>, hosts: &[&str]) -> Option<Expectation> {
    let reader = ExpectationReader { table, hosts };
    let id = reader.id();
    let connection = table.integer("connection", 1..=10_000);
    let mut claims = Vec::new();
    reader.frames(&mut claims);
    reader.states(&mut claims);
    reader.close(&mut claims);
    reader.delivered(&mut claims);
    reader.no_finding(&mut claims);
    reader.order(&mut claims);
    claims.extend(reader.times("time"));
    let presumes = reader.times("presumes");
    let named = table.has("calls") || table.has("states") || table.has("frames");
    table.close();
    if claims.is_empty() && !named {
        table
            .book()
            .wrong(Mistake::new(table.span(), "lesson-mistake-no-claim"));
    }
    Some(Expectation {
        id: id?,
        connection,
        claims,
        presumes,
    })
}

struct ExpectationReader<'r, 'b, 't> {
    table: &'r TomlTable<'b, 't>,
    hosts: &'r [&'r str],
}

impl ExpectationReader<'_, '_, '_> {
    fn id(&self) -> Option<String> {
        let id = self.table.needed_text("id")?;
        if !is_id(&id.text) {
            self.table.book().wrong(
                Mistake::new(id.span.clone(), "lesson-mistake-id").with("found", id.text.clone()),
            );
        }
        Some(id.text)
    }

    /// A value that a small parser reads from a text, its mistakes put at their places.
    fn parsed<T>(
        &self,
        text: &Quote,
        parse: impl FnOnce(&str, &[&str]) -> Result<T, Vec<Mistake>>,
    ) -> Option<T> {
        parse(&text.text, self.hosts)
            .map_err(|all| self.table.book().wrong_in(text, all))
            .ok()
    }

    fn patterns(&self, texts: &[Quote]) -> Vec<Pattern> {
        texts
            .iter()
            .filter_map(|text| self.parsed(text, Pattern::parse))
            .collect()
    }

    /// `frames`, `count`, `none`, `calls` with `of` and `exactly`.
    fn frames(&self, claims: &mut Vec<Claim>) {
        let exactly = self.table.boolean("exactly").unwrap_or(false);
        let of = self.table.text("of");
        let frames = self.table.texts("frames");
        let count = self.table.number_or_text("count");
        // `of = "server returns recvfrom"` counts calls, states, arrivals: any event.
        let counted = of.as_ref().filter(|of| {
            let second = of.text.split_whitespace().nth(1).unwrap_or("");
            frames.is_none() && count.is_some() && second != ">"
        });
        if let (Some(text), Some(count)) = (counted, &count) {
            let event = self.parsed(text, Event::parse);
            let is = self.parsed(count, |text, hosts| {
                Condition::parse(text, NumberKind::Plain, hosts)
            });
            if let (Some(of), Some(is)) = (event, is) {
                claims.push(Claim::Times { of, is });
            }
        }
        let count = count.filter(|_| counted.is_none());
        let about_frames = frames.is_some() || count.is_some() || counted.is_some();
        let frame_kind = of
            .as_ref()
            .filter(|_| about_frames && counted.is_none())
            .and_then(|text| self.parsed(text, Pattern::parse));
        if let Some(texts) = frames {
            claims.push(Claim::Frames {
                list: self.patterns(&texts),
                of: frame_kind.clone(),
                exactly,
            });
        }
        if let Some(text) = count {
            let is = self.parsed(&text, |text, hosts| {
                Condition::parse(text, NumberKind::Plain, hosts)
            });
            match (frame_kind, is) {
                (Some(of), Some(is)) => claims.push(Claim::Count { of, is }),
                _ if of.is_none() => self.table.missing("of"),
                _ => {}
            }
        }
        if let Some(texts) = self.table.texts("none") {
            claims.push(Claim::No(self.patterns(&texts)));
        }
        let calls = self.table.named_texts("calls");
        let call_kind = of
            .as_ref()
            .filter(|_| !about_frames && !calls.is_empty())
            .and_then(|text| self.parsed(text, CallPattern::parse));
        if let Some(of) = of.as_ref().filter(|_| !about_frames && calls.is_empty()) {
            self.table
                .book()
                .wrong(Mistake::new(of.span.clone(), "lesson-mistake-of"));
        }
        for (host, texts) in calls {
            self.known_host(&host);
            let list = texts
                .iter()
                .filter_map(|text| self.parsed(text, CallPattern::parse))
                .collect();
            claims.push(Claim::Calls {
                host: host.text,
                list,
                of: call_kind.clone(),
                exactly,
            });
        }
    }

    fn known_host(&self, host: &Quote) {
        if !self.hosts.contains(&host.text.as_str()) {
            self.table.book().wrong(
                Mistake::new(host.span.clone(), "lesson-mistake-host")
                    .with("found", host.text.clone())
                    .with("hosts", self.hosts.join(", "))
                    .near(&host.text, self.hosts.iter().copied()),
            );
        }
    }

    fn states(&self, claims: &mut Vec<Claim>) {
        for (host, texts) in self.table.named_texts("states") {
            self.known_host(&host);
            let list = texts
                .iter()
                .filter_map(|text| self.parsed(text, |text, _| StateWord::parse(text)))
                .collect();
            claims.push(Claim::States {
                host: host.text,
                list,
            });
        }
    }

    fn close(&self, claims: &mut Vec<Claim>) {
        if let Some(text) = self.table.text("close") {
            claims.extend(
                self.parsed(&text, |text, _| ClosedHow::parse(text))
                    .map(Claim::Close),
            );
        }
    }

    /// `delivered = "client > server"`, or a list of such.
    fn delivered(&self, claims: &mut Vec<Claim>) {
        for text in self.table.texts("delivered").unwrap_or_default() {
            let ends = text.text.split_once('>').map(|(a, b)| (a.trim(), b.trim()));
            match ends {
                Some((from, to)) if self.hosts.contains(&from) && self.hosts.contains(&to) => {
                    claims.push(Claim::Delivered {
                        from: from.to_owned(),
                        to: to.to_owned(),
                    });
                }
                _ => self
                    .table
                    .book()
                    .wrong(Mistake::new(text.span.clone(), "lesson-mistake-ends")),
            }
        }
    }

    /// `no_finding = "short-write"`, or a list of such.
    fn no_finding(&self, claims: &mut Vec<Claim>) {
        let Some(texts) = self.table.texts("no_finding") else {
            return;
        };
        let names = || FindingKind::ALL.iter().map(|kind| kind.keys()[0]);
        for text in &texts {
            if !names().any(|name| name == text.text) {
                self.table.book().wrong(
                    Mistake::new(text.span.clone(), "lesson-mistake-finding")
                        .with("found", text.text.clone())
                        .with("words", names().collect::<Vec<_>>().join(", "))
                        .near(&text.text, names()),
                );
            }
        }
        claims.push(Claim::NoFinding(
            texts.into_iter().map(|text| text.text).collect(),
        ));
    }

    fn order(&self, claims: &mut Vec<Claim>) {
        if let Some(texts) = self.table.texts("order") {
            let events = texts
                .iter()
                .filter_map(|text| self.parsed(text, Event::parse))
                .collect();
            claims.push(Claim::Order(events));
        }
    }

    /// `time` or `presumes`.
    fn times(&self, key: &'static str) -> Vec<Claim> {
        let mut claims = Vec::new();
        for time in self.table.subs(key) {
            let event = |key: &'static str| {
                time.needed_text(key)
                    .and_then(|text| self.parsed(&text, Event::parse))
            };
            let (from, to) = (event("from"), event("to"));
            let is = time.needed_text("is").and_then(|text| {
                self.parsed(&text, |text, hosts| {
                    Condition::parse(text, NumberKind::Time, hosts)
                })
            });
            let tolerance = time.time("tolerance").unwrap_or(0);
            time.close();
            if let (Some(from), Some(to), Some(is)) = (from, to, is) {
                claims.push(Claim::Lasted {
                    from,
                    to,
                    is,
                    tolerance,
                });
            }
        }
        claims
    }
}

/// Names of expectations and questions: lower case, digits, hyphens.
pub(super) fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}
