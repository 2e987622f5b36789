//! What is told of a case: through the real following and the real timeline, in the words of `--format json`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use serde_json::{Value, json};
use sockscope::explain::census::Judge;
use sockscope::explain::{
    CallPhase, Moment, MomentSink as _, StateChange, Summary, Timeline, What,
};
use sockscope::model::{Fact, HostId, Setting, Vantage};
use sockscope::protocol::decode::decode;
use sockscope::protocol::follow::{Connection, Conversation, Tracker, Way};
use sockscope::text::{Catalogue, Lang};
use sockscope::views::{Json, Lines, Options, Palette};

use super::cases::{Case, Stated};
use super::expect::{Row, list};

/// The story of a case as one sniffer has it.
pub struct Told {
    moments: Vec<(Moment, Value)>,
    all: Value,
}

/// Something that was told otherwise than expected.
pub struct Difference {
    /// Where the expectation stands, and the line that it is of.
    pub at: usize,
    pub line: String,
    pub expected: String,
    pub came: String,
    /// What else was told of it.
    pub told: String,
}

fn options() -> Options {
    Options {
        width: 100,
        catalogue: Rc::new(Catalogue::new(Lang::En)),
        quiet: false,
        spacious: false,
    }
}

/// The same facts as they are told when this host's sniffer is the saved one.
fn facts(case: &Case, viewpoint: Option<HostId>) -> Vec<Fact<'static>> {
    let mut facts = case.facts.clone();
    for fact in &mut facts {
        if let (Fact::Setting { setting, .. }, Some(host)) = (fact, viewpoint)
            && let Setting::SavedVantage(vantage) = setting
        {
            *vantage = Vantage::Host(host);
        }
    }
    facts
}

/// The story as this host's sniffer has it, or the saved one.
pub fn told(case: &Case, viewpoint: Option<HostId>) -> Told {
    let facts = facts(case, viewpoint);
    let mut timeline = Timeline::new();
    let mut moments = Vec::new();
    for fact in &facts {
        timeline.fact(fact.clone(), &mut moments);
    }
    let summary = timeline.finish(&mut moments);
    let mut view = Json::new(options());
    let read = |line: String| serde_json::from_str(&line).expect("JSON");
    let mut all = Value::Null;
    for line in view.end(&summary) {
        all = read(line.plain());
    }
    let mut told = Vec::new();
    for moment in moments {
        let line = view.moment(&moment).remove(0);
        told.push((moment, read(line.plain())));
    }
    connections(&facts, &mut all, &mut view);
    Told { moments: told, all }
}

/// The frames of the saved vantage.
fn saved<'f>(
    facts: &'f [Fact<'static>],
) -> impl Iterator<Item = &'f sockscope::model::Frame<'static>> {
    let saved = facts.iter().find_map(|fact| match fact {
        Fact::Setting {
            setting: Setting::SavedVantage(vantage),
            ..
        } => Some(*vantage),
        _ => None,
    });
    facts.iter().filter_map(move |fact| match fact {
        Fact::Frame(frame) if saved.is_none_or(|saved| saved == frame.vantage) => Some(frame),
        _ => None,
    })
}

/// Adds what the capture shows of itself, by its names in `judged`, and what following knows of each connection at the end: `opened`, `closed`, and of each side its totals; those of
/// the second under `2`.
fn connections(facts: &[Fact<'static>], all: &mut Value, view: &mut Json) {
    let mut tracker = Tracker::sparing();
    let mut judge = Judge::default();
    for (number, frame) in (1..).zip(saved(facts)) {
        let packet = decode(frame.link, &frame.bytes, frame.orig_len);
        let followed = tracker.packet(number, frame.at, &packet);
        judge.packet(number, frame, &followed, || &packet);
    }
    let summary = Summary {
        judgements: judge.judgements(&tracker, |_| true, None),
        ..Summary::default()
    };
    for line in view.end(&summary) {
        let told: Value = serde_json::from_str(&line.plain()).expect("JSON");
        for judgement in told["capture"].as_array().into_iter().flatten() {
            let name = judgement["judgement"].as_str().expect("a name");
            all["judged"][name] = judgement.clone();
        }
    }
    for number in 0.. {
        let Some(connection) = tracker.connection(Conversation::Tcp(number)) else {
            break;
        };
        let told = totals(&connection);
        if let (0, Some(members)) = (number, told.as_object()) {
            for (name, value) in members {
                all[name] = value.clone();
            }
        } else {
            all[(number + 1).to_string()] = told;
        }
    }
}

fn totals(connection: &Connection) -> Value {
    let side = |way| {
        let side = connection.side(way);
        let troubles = side.troubles;
        json!({
            "packets": side.packets, "bytes": side.bytes,
            "resent": troubles.resent, "disordered": troubles.disordered, "lost": troubles.lost,
            "copies": troubles.copies, "merged": side.merged, "acknowledged": side.acknowledged,
            "duplicates": troubles.duplicates, "zero_windows": troubles.zero_windows, "unseen": troubles.unseen,
        })
    };
    json!({
        "opened": format!("{:?}", connection.opened()).to_lowercase(),
        "closed": connection.closed().to_string(),
        "opener": side(Way::FromOpener),
        "acceptor": side(Way::FromAcceptor),
    })
}

impl Told {
    /// What is told of a line: of a frame or a call the row that is meant.
    pub fn of(&self, what: &Stated, row: Row) -> Option<&Value> {
        let mut of_it = self.moments.iter().filter(|(moment, told)| {
            is_of(moment, what) && (told["phase"] == "copy-lost") == (row == Row::CopyLost)
        });
        let found = match what {
            Stated::All => return Some(&self.all),
            _ if row == Row::Later => of_it.next_back(),
            _ => of_it.next(),
        };
        found.map(|(_, told)| told)
    }

    /// The objects that are printed of it.
    pub fn objects(&self) -> impl Iterator<Item = &Value> {
        self.moments.iter().map(|(_, told)| told)
    }

    /// The packet number of a frame.
    fn number(&self, frame: u64) -> Option<u64> {
        let what = Stated::Frame(frame);
        let mut of_it = self
            .moments
            .iter()
            .filter(|(moment, _)| is_of(moment, &what));
        of_it.find_map(|(_, told)| told.get("number")?.as_u64())
    }
}

/// The state changes that stand in a moment's row.
fn changes(what: &What) -> impl Iterator<Item = &StateChange> {
    let lists: [&[StateChange]; 2] = match what {
        What::Transit(transit) => [&transit.sender_states, &transit.receiver_states],
        What::Call(call) => [&call.states, &[]],
        What::State(state) => [std::slice::from_ref(state), &[]],
        _ => [&[], &[]],
    };
    lists.into_iter().flatten()
}

fn is_of(moment: &Moment, what: &Stated) -> bool {
    match (&moment.what, what) {
        (What::Transit(transit), Stated::Frame(number)) => match &transit.fate {
            Some(fate) => fate.wire_no == *number,
            None => transit.number.map(u64::from) == Some(number + 1),
        },
        (What::Call(call), Stated::Call(id)) => call.call.id == *id,
        (What::Call(call), Stated::Return(id)) => {
            call.call.id == *id && call.phase != CallPhase::Begun
        }
        (_, Stated::State(host, at)) => {
            changes(&moment.what).any(|change| change.host == *host && change.at == *at)
        }
        (What::Hole(hole), Stated::Hole(at)) => hole.at == *at,
        (What::End(_), Stated::End) => true,
        _ => false,
    }
}

/// What was told otherwise than expected. Which members were asked for, and which there were, is added to `paths`.
pub fn differences(case: &Case, text: &str, paths: &mut Paths) -> Vec<Difference> {
    let mut views: Vec<(Option<HostId>, Told)> = Vec::new();
    let mut found = Vec::new();
    for expectation in &case.expectations {
        let viewpoint = expectation.viewpoint;
        let known = views.iter().position(|(host, _)| *host == viewpoint);
        let at = known.unwrap_or_else(|| {
            views.push((viewpoint, told(case, viewpoint)));
            views.len() - 1
        });
        let told = &views[at].1;
        let subject = &case.subjects[expectation.subject];
        paths.asked.insert(expectation.path.join("."));
        let number = |label: &str| case.labels.get(label).and_then(|frame| told.number(*frame));
        let (came, whole) = match told.of(&subject.what, expectation.row) {
            None => ("nothing is told of this line".to_owned(), String::new()),
            Some(value) => {
                paths.see("", value);
                match expectation.holds(value, &number) {
                    Ok(()) => continue,
                    Err(came) => (came, brief(value)),
                }
            }
        };
        found.push(Difference {
            at: expectation.span.start,
            line: text[subject.span.clone()].to_owned(),
            expected: expectation.to_string(),
            came,
            told: whole,
        });
    }
    found
}

/// Members of what was told, as paths: one that never was told is a mistake in an expectation.
#[derive(Debug, Default)]
pub struct Paths {
    pub asked: BTreeSet<String>,
    pub seen: BTreeSet<String>,
}

impl Paths {
    fn see(&mut self, path: &str, value: &Value) {
        let mut below = |name: &str, value: &Value| {
            let path = if path.is_empty() {
                name.to_owned()
            } else {
                format!("{path}.{name}")
            };
            self.seen.insert(path.clone());
            self.see(&path, value);
        };
        match value {
            Value::Object(members) => members.iter().for_each(|(name, value)| below(name, value)),
            Value::Array(all) => {
                for (at, value) in all.iter().enumerate() {
                    below(&at.to_string(), value);
                }
            }
            _ => {}
        }
    }
}

/// What is most asked for, as it would stand behind `=>`.
fn brief(told: &Value) -> String {
    let mut said = Vec::new();
    let mut say = |path: String, value: &Value| {
        let all = list(value);
        if !all.is_empty() {
            said.push(format!("{path}={}", all.join(",")));
        }
    };
    for name in [
        "phase",
        "analysis",
        "states",
        "sender_states",
        "receiver_states",
        "notes",
    ] {
        say(name.to_owned(), &told[name]);
    }
    for (name, value) in told["why"].as_object().into_iter().flatten() {
        say(format!("why.{name}"), value);
    }
    said.join(" ")
}

/// A case with all that is told of it, to look at: each line with what could be expected of it, and then the story
/// as the `lines` view tells it.
pub fn shown(case: &Case, text: &str) -> String {
    let story = told(case, None);
    let mut out = String::new();
    for subject in &case.subjects {
        let _ = writeln!(out, "{}", &text[subject.span.clone()]);
        let first = story.of(&subject.what, Row::First);
        let later = story.of(&subject.what, Row::Later);
        let later = later.filter(|later| Some(*later) != first);
        let lost = story.of(&subject.what, Row::CopyLost);
        for (word, told) in [("", first), ("later: ", later), ("copy-lost: ", lost)] {
            let said = told.map(brief).filter(|said| !said.is_empty());
            if let Some(said) = said {
                let _ = writeln!(out, "    told  {word}{said}");
            }
        }
    }
    let _ = writeln!(out, "\nin all  {}\n", story.all);
    let mut view = Lines::new(options());
    for (moment, _) in &story.moments {
        for line in view.moment(moment) {
            let _ = writeln!(out, "{}", Palette::PLAIN.paint(&line));
        }
    }
    out
}

/// Who only counts is told the same of what is unusual: following that spares itself the ordinary gives the same
/// segments wherever there is a verdict. Gives how many segments it said nothing of.
pub fn sparing_differs(case: &Case) -> Result<usize, String> {
    let (mut whole, mut sparing) = (Tracker::new(), Tracker::sparing());
    let mut silent = 0;
    for (number, frame) in (1..).zip(saved(&case.facts)) {
        let packet = decode(frame.link, &frame.bytes, frame.orig_len);
        let [whole, sparing] = [&mut whole, &mut sparing]
            .map(|tracker| tracker.packet(number, frame.at, &packet).segment);
        silent += usize::from(whole.is_some() && sparing.is_none());
        let unusual = |segment: Option<sockscope::protocol::follow::Segment>| {
            segment.filter(|segment| !segment.analysis.is_empty())
        };
        let (whole, sparing) = (unusual(whole), unusual(sparing));
        if whole != sparing {
            return Err(format!(
                "packet {number}: {whole:?}, but sparing {sparing:?}"
            ));
        }
    }
    Ok(silent)
}
