//! One run of a lesson: what is to be done, and what must be true of it.

use std::ops::Range;

use crate::explain::expect::{self, CheckResult, Evidence};
use crate::model::setting::{Place, RunKind};
use crate::model::{HostId, Span};
use crate::notation::{Expectation, Mistake};
use crate::script::rule::Rule;
use crate::script::sysctl::{self, Forbidden, Values};
use crate::script::{HostPlan, Plan, ProgramsPlan, WirePlan, parse_steps};

use super::ask::Ask;
use super::expectation;
use super::table::{Quote, TomlTable};

/// An act. Most lessons have one; one that shows a thing done wrong and then right has two.
#[derive(Clone, Debug, PartialEq)]
pub struct Act {
    /// Its name; empty where a lesson has but one.
    pub name: String,
    /// What is to be run.
    pub plan: Plan,
    /// What must be true of it.
    pub expectations: Vec<Expectation>,
    /// What else one might expect: wrong answers to choose from, which need not hold.
    pub options: Vec<Expectation>,
    /// What the learner is asked.
    pub asks: Vec<Ask>,
    /// What stands in the file about this act: numbers in the narration must be found here.
    pub written: String,
}

/// The longest that a lesson may take.
const DEADLINE: Span = Span::from_ms(10_000);

impl Act {
    /// Holds the act's expectations against its run.
    #[must_use]
    pub fn judge(&self, evidence: &Evidence) -> Vec<CheckResult> {
        expect::judge(&self.expectations, evidence)
    }

    /// A program of the learner's takes part, and the expectations are its marks.
    #[must_use]
    pub fn is_exercise(&self) -> bool {
        self.plan.kind == RunKind::Lab
    }

    /// The expectation of this name.
    #[must_use]
    pub fn expectation(&self, id: &str) -> Option<&Expectation> {
        self.expectations.iter().find(|e| e.id == id)
    }
}

/// What an act takes over from the lesson, unless it says otherwise.
pub(super) struct Common<'a, 'b, 't> {
    /// Short name and hash.
    pub(super) lesson: (String, String),
    /// The file's own table, where the act stands in a table of its own.
    pub(super) outer: Option<&'a TomlTable<'b, 't>>,
    /// The names of the acts of which one is drawn: then the lesson's own questions are asked in each.
    pub(super) drawn: Vec<String>,
}

/// Reads an act from its table; for a lesson with one act that is the whole file.
pub(super) fn read(table: &TomlTable<'_, '_>, name: String, common: &Common<'_, '_, '_>) -> Act {
    let place = common.outer.and_then(place).or_else(|| place(table));
    let ipv6 = table
        .boolean("ipv6")
        .or_else(|| common.outer.and_then(|outer| outer.boolean("ipv6")));
    let deadline = table
        .time("deadline")
        .or_else(|| common.outer.and_then(|outer| outer.time("deadline")))
        .map_or(DEADLINE, Span::from_ns);
    let hosts = hosts(table, common.outer);
    let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
    let mut wire = WirePlan::default();
    for level in [common.outer, Some(table)].into_iter().flatten() {
        if let Some(wire_table) = level.sub("wire") {
            read_wire(&wire_table, &names, &mut wire);
        }
    }
    let expectations = expectation::read_all(table, "expect", &[], &names);
    let options = expectation::read_all(table, "option", &expectations, &names);
    let choices: Vec<&str> = expectations
        .iter()
        .chain(&options)
        .map(|e| e.id.as_str())
        .collect();
    let mut asks = super::ask::read_all(table, &names, &choices, &[]);
    if let Some(outer) = common.outer.filter(|_| !common.drawn.is_empty()) {
        asks.extend(super::ask::read_all(outer, &names, &choices, &common.drawn));
    }
    let mut hosts = hosts;
    if wire.loses_nothing() {
        hosts.iter_mut().for_each(HostPlan::wait_before_resending);
    }
    let (lesson, hash) = &common.lesson;
    let command = if name.is_empty() {
        format!("lesson {lesson}")
    } else {
        format!("lesson {lesson} ({name})")
    };
    Act {
        name,
        plan: Plan {
            kind: RunKind::Lesson,
            command,
            lesson: Some((lesson.clone(), hash.clone())),
            place: place.unwrap_or(Place::Wire),
            ipv6: ipv6.unwrap_or(false),
            wire,
            hosts,
            saved: HostId::CLIENT,
            bare: false,
            programs: ProgramsPlan::default(),
            deadline,
        },
        expectations,
        options,
        asks,
        written: String::new(),
    }
}

fn place(table: &TomlTable<'_, '_>) -> Option<Place> {
    let text = table.text("place")?;
    match text.text.as_str() {
        "wire" => Some(Place::Wire),
        "loopback" => Some(Place::PrivateLoopback),
        other => {
            table.book().wrong(
                Mistake::new(text.span, "lesson-mistake-place")
                    .with("found", other)
                    .near(other, ["wire", "loopback"]),
            );
            None
        }
    }
}

fn read_wire(table: &TomlTable<'_, '_>, hosts: &[&str], wire: &mut WirePlan) {
    if let Some(delay) = table.time("delay") {
        wire.delay = Span::from_ns(delay);
    }
    if let Some(mtu) = table.integer("mtu", 576..=65_535) {
        wire.mtu = mtu;
    }
    if let Some(learn) = table.boolean("arp") {
        wire.learn_neighbours = learn;
    }
    if let Some(rate) = table.integer("rate", 1_000..=1_000_000_000_000) {
        wire.rate = Some(rate);
    }
    if let Some(mtu) = table.integer("hop_mtu", 68..=65_535) {
        wire.hop_mtu = Some(mtu);
    }
    if let Some(silent) = table.boolean("hop_silent") {
        wire.hop_silent = silent;
    }
    if let Some(queue) = table.integer("queue", 1..=1_000_000) {
        wire.queue = Some(queue);
    }
    if let Some(seed) = table.integer("seed", 0..=i64::MAX) {
        wire.seed = seed;
    }
    for rule in table.texts("faults").unwrap_or_default() {
        match Rule::parse(&rule.text, hosts) {
            Ok(read) => wire.rules.push(read),
            Err(all) => table.book().wrong_in(&rule, all),
        }
    }
    table.close();
}

/// The hosts: client, server, and what `[hosts.NAME]` adds. A host of the act replaces the lesson's.
fn hosts(table: &TomlTable<'_, '_>, outer: Option<&TomlTable<'_, '_>>) -> Vec<HostPlan> {
    let mut all = vec![
        empty_host("client".to_owned()),
        empty_host("server".to_owned()),
    ];
    for level in [outer, Some(table)].into_iter().flatten() {
        for (at, name) in ["client", "server"].into_iter().enumerate() {
            if let Some(host) = level.sub(name) {
                read_host(&host, &mut all[at]);
            }
        }
        for (name, host) in level.named_subs("hosts") {
            let at = all.iter().position(|h| h.name == name.text);
            if at.is_none() && all.len() == MOST_HOSTS {
                table.book().wrong(
                    Mistake::new(name.span.clone(), "lesson-mistake-hosts")
                        .with("most", MOST_HOSTS.to_string()),
                );
                return all;
            }
            let at = at.unwrap_or_else(|| {
                all.push(empty_host(host_name(table, &name)));
                all.len() - 1
            });
            read_host(&host, &mut all[at]);
        }
    }
    all
}

/// Hosts of a run: each is a namespace, a thread and a sniffer with a buffer of its own.
const MOST_HOSTS: usize = 32;

fn empty_host(name: String) -> HostPlan {
    HostPlan {
        name,
        text: String::new(),
        steps: Vec::new(),
        program: None,
        sysctls: Vec::new(),
    }
}

fn host_name(table: &TomlTable<'_, '_>, name: &Quote) -> String {
    let good = name
        .text
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let reserved = ["any", "all", "broadcast"].contains(&name.text.as_str());
    if !good || reserved || name.text.is_empty() || name.text.len() > 15 {
        table.book().wrong(
            Mistake::new(name.span.clone(), "lesson-mistake-host-name")
                .with("found", name.text.clone()),
        );
    }
    name.text.clone()
}

fn read_host(table: &TomlTable<'_, '_>, host: &mut HostPlan) {
    if let Some(script) = table.text("script") {
        match parse_steps(&script.text) {
            Ok(steps) => host.steps = steps,
            Err(all) => table.book().wrong_in(&script, all),
        }
        host.text = script.text;
    }
    for (name, values) in table.named_texts("sysctl") {
        let value = values.into_iter().next();
        let (value, span) = value.map_or_else(
            || (String::new(), name.span.clone()),
            |value| (value.text, value.span),
        );
        if let Err(forbidden) = sysctl::check(&name.text, &value) {
            let mistake = forbidden_setting(forbidden, (&name, &value), span);
            table.book().wrong(mistake);
        }
        host.sysctls.push((name.text, value));
    }
    table.close();
}

fn forbidden_setting(
    forbidden: Forbidden,
    (name, value): (&Quote, &str),
    span: Range<usize>,
) -> Mistake {
    let of_value = |key| {
        Mistake::new(span.clone(), key)
            .with("name", name.text.clone())
            .with("found", value)
    };
    match forbidden {
        Forbidden::Name => Mistake::new(name.span.clone(), "lesson-mistake-sysctl")
            .with("found", name.text.clone())
            .near(&name.text, sysctl::SYSCTLS.iter().map(|(name, _)| *name)),
        Forbidden::Value(Values::Number(min, max)) => of_value("lesson-mistake-sysctl-number")
            .with("min", min.to_string())
            .with("max", max.to_string()),
        Forbidden::Value(Values::Sizes(max)) => {
            of_value("lesson-mistake-sysctl-sizes").with("max", max.to_string())
        }
        Forbidden::Value(Values::Ports) => of_value("lesson-mistake-sysctl-ports"),
        Forbidden::Value(Values::Congestion) => of_value("lesson-mistake-sysctl-congestion"),
    }
}
