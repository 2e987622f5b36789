//! Marking: the right answer of a question, found in this very run, and an answer as people type it held against
//! it. What cannot be read as an answer is asked again and not marked.

use crate::explain::expect::{self, Evidence, EvidenceLine};
use crate::model::Untrusted;
use crate::protocol::decode::TcpFlags;
use crate::text::Message;

use super::act::Act;
use super::ask::{Answer, Ask, Of};

/// The right answer of a question in one run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solution {
    /// The answer itself.
    pub right: Right,
    /// Where it can be read.
    pub look_at: Option<EvidenceLine>,
    /// It is counted from there on.
    pub counted: bool,
}

/// What counts as right, by kind of question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// This number alone.
    Number(i64),
    /// Exactly these flags.
    Flags(TcpFlags),
    /// Any of these options (from 0), of so many.
    Choice(Vec<usize>, usize),
    /// The options (from 0) in this order.
    Order(Vec<usize>),
}

/// What became of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It is what the run shows.
    Right,
    /// The run shows something else.
    Wrong,
    /// It is no answer to this kind of question.
    Malformed,
}

impl Ask {
    /// The right answer in this run; none where the run has nothing to answer it with.
    #[must_use]
    pub fn solve(&self, act: &Act, evidence: &Evidence) -> Option<Solution> {
        let (right, look_at) = match &self.answer {
            Answer::Number(Of::Frame(key, pattern)) => {
                let read = evidence.number_of(*key, pattern)?;
                (Right::Number(read.is), Some(read.at))
            }
            Answer::Number(Of::Count(pattern)) => {
                let (count, first) = evidence.count_of(pattern);
                (Right::Number(count), first)
            }
            Answer::Number(Of::Sum(sum)) => (Right::Number(evidence.sum_of(sum)?), None),
            Answer::Flags(pattern) => {
                let read = evidence.flags_of(pattern)?;
                (Right::Flags(read.is), Some(read.at))
            }
            Answer::Choice(ids) => {
                let mut results = act.judge(evidence);
                results.extend(expect::judge(&act.options, evidence));
                let held = |id: &String| results.iter().any(|v| v.id == *id && v.held());
                let right: Vec<usize> = (0..ids.len()).filter(|at| held(&ids[*at])).collect();
                if right.is_empty() {
                    return None;
                }
                let shown = act.expectations.iter().chain(&act.options);
                let mut shown = shown.filter(|one| one.id == ids[right[0]]);
                let look_at = shown.find_map(|one| evidence.place_of(one));
                (Right::Choice(right, ids.len()), look_at)
            }
            Answer::Drawn(names) => {
                let at = names.iter().position(|name| *name == act.name)?;
                (Right::Choice(vec![at], names.len()), None)
            }
            Answer::Order(events) => {
                let mut times = Vec::new();
                for (at, event) in events.iter().enumerate() {
                    times.push((evidence.time_of(event)?, at));
                }
                times.sort();
                // Where two happened at once, no order is the right one.
                if times.windows(2).any(|two| two[0].0 == two[1].0) {
                    return None;
                }
                let order: Vec<usize> = times.into_iter().map(|(_, at)| at).collect();
                let look_at = order
                    .iter()
                    .find_map(|at| evidence.place_of_event(&events[*at]));
                (Right::Order(order), look_at)
            }
        };
        let counted = matches!(self.answer, Answer::Number(Of::Count(_)));
        Some(Solution {
            right,
            look_at,
            counted,
        })
    }

    /// What an answer is held against before the run: only whether it is one to this kind of question means anything.
    #[must_use]
    pub fn unsolved(&self) -> Solution {
        Solution {
            right: match &self.answer {
                Answer::Number(_) => Right::Number(0),
                Answer::Flags(_) => Right::Flags(TcpFlags::empty()),
                Answer::Choice(options) | Answer::Drawn(options) => {
                    Right::Choice(Vec::new(), options.len())
                }
                Answer::Order(events) => Right::Order((0..events.len()).collect()),
            },
            look_at: None,
            counted: false,
        }
    }
}

impl Solution {
    /// The options (from 0) that an answer names, where it is one of options.
    #[must_use]
    pub fn options(&self, given: &str) -> Option<Vec<usize>> {
        match &self.right {
            Right::Choice(_, of) => options(&plain(given), *of),
            Right::Order(right) => options(&plain(given), right.len()),
            Right::Number(_) | Right::Flags(_) => None,
        }
    }

    /// Marks an answer.
    #[must_use]
    pub fn mark(&self, given: impl Into<Untrusted>) -> Mark {
        let given = plain(given.into().raw());
        let right = match &self.right {
            Right::Number(right) => number(&given).map(|given| given == *right),
            Right::Flags(right) => flags(&given).map(|given| given == *right),
            Right::Choice(right, of) => match options(&given, *of).as_deref() {
                Some([one]) => Some(right.contains(one)),
                _ => None,
            },
            Right::Order(right) => options(&given, right.len())
                .filter(|given| {
                    given.len() == right.len() && right.iter().all(|at| given.contains(at))
                })
                .map(|given| given == *right),
        };
        match right {
            Some(true) => Mark::Right,
            Some(false) => Mark::Wrong,
            None => Mark::Malformed,
        }
    }

    /// The right answer, as one would type it.
    #[must_use]
    pub fn shown(&self) -> String {
        match &self.right {
            Right::Number(number) => number.to_string(),
            Right::Flags(flags) => {
                let names: Vec<&str> = flags.iter_names().map(|(name, _)| name).collect();
                names.join(" ")
            }
            Right::Choice(list, _) => letters(list, " / "),
            Right::Order(list) => letters(list, " "),
        }
    }

    /// What an answer to it looks like.
    #[must_use]
    pub fn form(&self) -> Message {
        match &self.right {
            Right::Number(_) => Message::new("lesson-ask-form-number"),
            Right::Flags(_) => Message::new("lesson-ask-form-flags"),
            Right::Choice(_, of) => Message::new("lesson-ask-form-choice")
                .text("letters", letters(&(0..*of).collect::<Vec<_>>(), ", ")),
            Right::Order(right) => {
                Message::new("lesson-ask-form-order").int("count", right.len() as u64)
            }
        }
    }
}

/// The letter of an option.
#[must_use]
pub fn letter(at: usize) -> char {
    char::from(b"abcdefghijklmnopqrstuvwxyz"[at % 26])
}

fn letters(list: &[usize], between: &str) -> String {
    let all: Vec<String> = list.iter().map(|at| letter(*at).to_string()).collect();
    all.join(between)
}

/// Full-width forms as ASCII (Unicode's block FF00: the same order, 0xFEE0 further on), Chinese punctuation as
/// ours, lower case.
fn plain(text: &str) -> String {
    text.trim()
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            '、' => ',',
            '。' => '.',
            '\u{3000}' => ' ',
            c => c,
        })
        .collect::<String>()
        .trim()
        .to_lowercase()
}

/// A whole number: `1460`, `1,460`, `1_460`, `1 460`, `0x5b4`.
fn number(text: &str) -> Option<i64> {
    let digits: String = text
        .trim_end_matches('.')
        .chars()
        .filter(|c| !matches!(c, ',' | '_' | ' ' | '\''))
        .collect();
    match digits.strip_prefix("0x") {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => {
            i64::from_str_radix(hex, 16).ok()
        }
        Some(_) => None,
        None => digits.parse().ok(),
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || ",+;/|.>-".contains(c))
        .filter(|word| !word.is_empty())
}

fn flags(text: &str) -> Option<TcpFlags> {
    let mut all = TcpFlags::empty();
    for word in words(text) {
        all |= TcpFlags::from_name(&word.to_uppercase())?;
    }
    (!all.is_empty()).then_some(all)
}

/// Options by letter or by number from 1; letters may stand together: `cab`.
fn options(text: &str, of: usize) -> Option<Vec<usize>> {
    let mut all = Vec::new();
    for word in words(text) {
        if let Ok(number) = word.parse::<usize>() {
            all.push(number.checked_sub(1)?);
            continue;
        }
        for c in word.chars() {
            let at = c.is_ascii_lowercase().then(|| c as usize - 'a' as usize)?;
            all.push(at);
        }
    }
    let good = !all.is_empty() && all.iter().all(|at| *at < of);
    good.then_some(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(right: Right) -> Solution {
        Solution {
            right,
            look_at: None,
            counted: false,
        }
    }

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let solution = of(Right::Number(1460));
        for right in [
            "1460",
            " 1,460 ",
            "1_460",
            "1 460",
            "0x5b4",
            "0X5B4",
            "１４６０",
            "１，４６０。",
        ] {
            assert_eq!(solution.mark(right), Mark::Right, "{right}");
        }
        for wrong in ["1461", "-1460", "0", "0x1460"] {
            assert_eq!(solution.mark(wrong), Mark::Wrong, "{wrong}");
        }
        for malformed in ["", "many", "14.6e2", "0x", "0xzz", "99999999999999999999"] {
            assert_eq!(solution.mark(malformed), Mark::Malformed, "{malformed}");
        }
    }

    #[test]
    fn flags_are_a_set() {
        let solution = of(Right::Flags(TcpFlags::SYN | TcpFlags::ACK));
        for right in ["SYN ACK", "ack, syn", "SYN+ACK", "ＳＹＮ、ＡＣＫ"] {
            assert_eq!(solution.mark(right), Mark::Right, "{right}");
        }
        assert_eq!(solution.mark("SYN"), Mark::Wrong);
        assert_eq!(solution.mark("SYN ACK FIN"), Mark::Wrong);
        assert_eq!(solution.mark("SNY"), Mark::Malformed);
        assert_eq!(solution.mark(""), Mark::Malformed);
    }

    #[test]
    fn a_choice_is_one_option_and_an_order_all() {
        let choice = of(Right::Choice(vec![1], 3));
        assert_eq!(choice.mark("B"), Mark::Right);
        assert_eq!(choice.mark("２"), Mark::Right);
        assert_eq!(choice.mark("a"), Mark::Wrong);
        for malformed in ["d", "0", "ab", "", "b!"] {
            assert_eq!(choice.mark(malformed), Mark::Malformed, "{malformed}");
        }
        let order = of(Right::Order(vec![2, 0, 1]));
        for right in ["cab", "c a b", "3, 1, 2", "c、a、b", "c > a > b"] {
            assert_eq!(order.mark(right), Mark::Right, "{right}");
        }
        assert_eq!(order.mark("abc"), Mark::Wrong);
        assert_eq!(order.mark("ca"), Mark::Malformed);
        assert_eq!(order.shown(), "c a b");
    }
}
