//! Expectations: what must be true of a run. Only their meaning and the small texts inside them stand here;
//! the lesson's format reads them from TOML, and `explain::expect` holds them against a run.

use std::fmt;

use crate::model::TcpState;
use crate::protocol::follow::ClosedHow;

use super::call::CallPattern;
use super::condition::Condition;
use super::{Mistake, Pattern};

/// One expectation: all of its claims must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Its name, which the narration's paragraphs refer to.
    pub id: String,
    /// Which TCP connection (from 1, in the order of their SYNs) its frames, states and close are of; none
    /// for all frames, and the first connection's states and close.
    pub connection: Option<u32>,
    /// What must be true.
    pub claims: Vec<Claim>,
    /// How quick the machine has to be for that: where one of these did not hold, because it was late, the claims are not
    /// judged.
    pub presumes: Vec<Claim>,
}

/// One thing that must be true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// These frames, in the order in which they left.
    Frames {
        /// One pattern a frame.
        list: Vec<Pattern>,
        /// Only frames that match this are looked at; none for all.
        of: Option<Pattern>,
        /// They must be all that there are, not only among them.
        exactly: bool,
    },
    /// How often something happens.
    Times {
        /// The event that is counted.
        of: Event,
        /// The number of times that is right.
        is: Condition,
    },
    /// How many frames there are of a kind.
    Count {
        /// Of which kind.
        of: Pattern,
        /// The number of frames that is right.
        is: Condition,
    },
    /// No frame of these kinds.
    No(Vec<Pattern>),
    /// The states that a host's kernel reported, in order.
    States {
        /// The host, by its name in the script.
        host: String,
        /// Every state that it must report, one after the other; `…` stands for any number of them.
        list: Vec<StateWord>,
    },
    /// Calls of a host, in the order in which they returned.
    Calls {
        /// The host, by its name in the script.
        host: String,
        /// One pattern a call.
        list: Vec<CallPattern>,
        /// Only calls that match this are looked at; none for all.
        of: Option<CallPattern>,
        /// They must be all that there are, not only among them.
        exactly: bool,
    },
    /// None of these was found in what a program did; each by its name.
    NoFinding(Vec<String>),
    /// How the connection closed.
    Close(ClosedHow),
    /// What the one host handed to its send calls came out of the other's recv calls: byte for byte over TCP,
    /// datagram for datagram over UDP.
    Delivered {
        /// The sending host's name.
        from: String,
        /// The receiving host's name.
        to: String,
    },
    /// These events in this order, whatever is between them.
    Order(Vec<Event>),
    /// How much time is between two events.
    Lasted {
        /// From the first of these …
        from: Event,
        /// … to the first of these after it.
        to: Event,
        /// So long, in nanoseconds.
        is: Condition,
        /// Every bound is widened by this, in nanoseconds.
        tolerance: i64,
    },
}

/// A place in a list of states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateWord {
    /// This state.
    Is(TcpState),
    /// Any states, or none: `…`.
    Any,
}

/// Something that happens at one point in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// `client > server SYN`: such a frame left its sender.
    Sent(Pattern),
    /// `arrived client > server SYN`: it reached its receiver.
    Arrived(Pattern),
    /// `client calls connect`: such a call began.
    Calls(String, CallPattern),
    /// `client returns connect = 0`: it returned.
    Returns(String, CallPattern),
    /// `server is ESTABLISHED`: its kernel said so.
    Is(String, TcpState),
    /// `client > server SYN #3`: the third time in the run that this happens, from 1.
    Nth(u32, Box<Self>),
}

impl ClosedHow {
    /// All, with the words for them.
    pub const ALL: [(&'static str, Self); 7] = [
        ("four-segment", Self::FourSegment),
        ("three-segment", Self::ThreeSegment),
        ("half-close", Self::HalfClose),
        ("simultaneous", Self::Simultaneous),
        ("reset", Self::Reset),
        ("half-open", Self::HalfOpen),
        ("missing", Self::Missing),
    ];

    /// By its word in an expectation, `four` or `simultaneous`.
    ///
    /// # Errors
    /// One mistake over the whole text, with the words that there are and the one that comes nearest.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        Self::ALL
            .iter()
            .find(|(word, _)| *word == text)
            .map(|(_, shape)| *shape)
            .ok_or_else(|| {
                let words = Self::ALL.iter().map(|(word, _)| *word);
                vec![
                    Mistake::new(0..text.len(), "lesson-mistake-close")
                        .with("found", text)
                        .with("words", words.clone().collect::<Vec<_>>().join(", "))
                        .near(text, words),
                ]
            })
    }
}

impl fmt::Display for ClosedHow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = Self::ALL.iter().find(|(_, shape)| shape == self);
        f.write_str(word.map_or("", |(word, _)| word))
    }
}

impl StateWord {
    /// Reads `SYN-SENT` or `…`.
    ///
    /// # Errors
    /// One mistake, when it is neither the name of a state of RFC 9293 nor `…`.
    pub fn parse(text: &str) -> Result<Self, Vec<Mistake>> {
        match text {
            "…" | "..." => Ok(Self::Any),
            word => state(word, 0)
                .map(Self::Is)
                .map_err(|mistake| vec![mistake]),
        }
    }
}

impl fmt::Display for StateWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Is(state) => state.fmt(f),
            Self::Any => f.write_str("…"),
        }
    }
}

impl Event {
    /// Reads an event; `hosts` are the names that may stand in it. `#3` behind it means the third of its kind.
    ///
    /// # Errors
    /// What is wrong with the event's frame, call or state, each with its place in `text`.
    pub fn parse(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        if let Some((event, nth)) = text.rsplit_once(" #")
            && let Some(nth) = nth.trim().parse().ok().filter(|nth| *nth > 0)
        {
            let event = Self::one(event, hosts)?;
            return Ok(Self::Nth(nth, Box::new(event)));
        }
        Self::one(text, hosts)
    }

    fn one(text: &str, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let trimmed = text.trim_start();
        let lead = text.len() - trimmed.len();
        let (first, rest) = trimmed
            .split_once(char::is_whitespace)
            .unwrap_or((trimmed, ""));
        let second = rest.split_whitespace().next().unwrap_or("");
        let after_first = lead + first.len() + 1;
        let moved = |all: Vec<Mistake>, by: usize| -> Vec<Mistake> {
            all.into_iter().map(|m| m.moved(by)).collect()
        };
        match (first, second) {
            ("arrived", _) => Pattern::parse(rest, hosts)
                .map(Self::Arrived)
                .map_err(|all| moved(all, after_first)),
            ("sent", _) => Pattern::parse(rest, hosts)
                .map(Self::Sent)
                .map_err(|all| moved(all, after_first)),
            (host, verb @ ("calls" | "returns" | "is")) => {
                let at = after_first + rest.find(verb).unwrap_or(0) + verb.len();
                let tail = text.get(at..).unwrap_or("");
                let known = hosts
                    .contains(&host)
                    .then(|| host.to_owned())
                    .ok_or_else(|| {
                        Mistake::new(lead..lead + host.len(), "lesson-mistake-host")
                            .with("found", host)
                            .with("hosts", hosts.join(", "))
                            .near(host, hosts.iter().copied())
                    });
                let event = match verb {
                    "is" => {
                        let word = tail.trim();
                        let gap = tail.len() - tail.trim_start().len();
                        state(word, at + gap)
                            .map(|state| Self::Is(host.to_owned(), state))
                            .map_err(|mistake| vec![mistake])
                    }
                    "calls" => CallPattern::parse(tail, hosts)
                        .map(|call| Self::Calls(host.to_owned(), call))
                        .map_err(|all| moved(all, at)),
                    _ => CallPattern::parse(tail, hosts)
                        .map(|call| Self::Returns(host.to_owned(), call))
                        .map_err(|all| moved(all, at)),
                };
                match (known, event) {
                    (Ok(_), event) => event,
                    (Err(mistake), event) => Err([mistake]
                        .into_iter()
                        .chain(event.err().into_iter().flatten())
                        .collect()),
                }
            }
            (_, ">") => Pattern::parse(text, hosts).map(Self::Sent),
            _ => Err(vec![Mistake::new(
                lead..text.len().max(lead),
                "lesson-mistake-event",
            )]),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent(pattern) => write!(f, "sent {pattern}"),
            Self::Arrived(pattern) => write!(f, "arrived {pattern}"),
            Self::Calls(host, call) => write!(f, "{host} calls {call}"),
            Self::Returns(host, call) => write!(f, "{host} returns {call}"),
            Self::Is(host, state) => write!(f, "{host} is {state}"),
            Self::Nth(nth, event) => write!(f, "{event} #{nth}"),
        }
    }
}

fn state(word: &str, at: usize) -> Result<TcpState, Mistake> {
    word.parse().map_err(|()| {
        let names = TcpState::ALL.into_iter().map(TcpState::name);
        Mistake::new(at..at + word.len(), "lesson-mistake-state")
            .with("found", word)
            .near(&word.replace('_', "-"), names)
    })
}

#[cfg(test)]
mod tests {
    use crate::notation::claim::*;

    const HOSTS: [&str; 2] = ["client", "server"];

    #[test]
    fn events_are_frames_calls_and_states() {
        for text in [
            "sent client > server SYN",
            "arrived client > server SYN",
            "client calls connect",
            "server returns accept = client",
            "server is SYN-RECEIVED",
            "sent client > server SYN #3",
            "client returns recv = 5 #2",
        ] {
            let event = Event::parse(text, &HOSTS).unwrap_or_else(|all| panic!("{text}: {all:?}"));
            assert_eq!(event.to_string(), text);
        }
        assert!(matches!(
            Event::parse("client > server SYN", &HOSTS),
            Ok(Event::Sent(_))
        ));
    }

    #[test]
    fn mistakes_in_events_have_their_places() {
        let seen = |text: &str| -> Vec<(String, Option<String>)> {
            Event::parse(text, &HOSTS)
                .expect_err("a mistake")
                .into_iter()
                .map(|m| (text[m.span].to_owned(), m.nearest))
                .collect()
        };
        assert_eq!(
            seen("server is SYN_RECV"),
            [("SYN_RECV".to_owned(), Some("SYN-RECEIVED".to_owned()))]
        );
        assert_eq!(
            seen("sevrer calls acept"),
            [
                ("sevrer".to_owned(), Some("server".to_owned())),
                ("acept".to_owned(), Some("accept".to_owned()))
            ]
        );
        assert_eq!(
            seen("arrived client > sever SYN"),
            [("sever".to_owned(), Some("server".to_owned()))]
        );
        assert_eq!(
            seen("something else"),
            [("something else".to_owned(), None)]
        );
    }
}
