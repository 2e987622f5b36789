//! Numbers as patterns and expectations write them: sums of numbers and symbols, compared or as ranges.
//!
//! `server.isn+1`, `2*rtt`, `>= mss`, `3..5`. A symbol stands for a number of the very run that is judged,
//! which is why a lesson needs no constants: `client.isn` is a different number in every run.

use crate::model::Seq;

use std::fmt;
use std::ops::Range;

use super::Mistake;
use super::vocabulary::NumericField;

/// A number of the run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// `client.isn`: the initial sequence number of that host in the frame's connection (RFC 9293 §3.4.1).
    Isn(String),
    /// `client.fin`: the sequence number that its FIN took; one more acknowledges it.
    Fin(String),
    /// `client.sent`: how many payload bytes it sent in the connection, resends not counted.
    Sent(String),
    /// `client.mss`: the MSS option in its SYN.
    Mss(String),
    /// `client.port`: its port in the connection.
    Port(String),
    /// `mss`: the most payload a segment of the connection can hold: the smaller MSS of both SYNs, less the
    /// twelve bytes of the timestamps option where both offered it (RFC 9293 §3.7.1, RFC 7323 §3.2).
    SegmentSize,
    /// `client.isn@2`: the same of the run's second connection (from 1), not of the frame's own.
    Of(u32, Box<Self>),
    /// `cwnd`, `srtt`: a number of the very frame that is looked at, as its sender's kernel reported it.
    Own(NumericField),
    /// `delay`: the wire's one-way delay, in nanoseconds.
    Delay,
    /// `rtt`: there and back, in nanoseconds; nothing that a machine adds is in it.
    Rtt,
}

/// A part of a sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// How often it counts; negative after a minus sign.
    pub times: i64,
    /// Of what; none for a plain number.
    pub symbol: Option<Symbol>,
}

/// A sum of numbers and symbols. Times are in nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sum {
    /// What is added up.
    pub terms: Vec<Term>,
    text: String,
}

/// How two numbers are to compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the comparison of its name")]
pub enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    More,
    AtLeast,
}

/// What a number is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// In this relation to a sum.
    Compare(Comparison, Sum),
    /// From the one to the other, both included.
    Between(Sum, Sum),
}

/// What kind of numbers a text holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// Counts, bytes, sequence numbers.
    Plain,
    /// Times: `20ms`, `2*rtt`.
    Time,
}

/// Looks a symbol up in the run.
pub type Known<'a> = &'a dyn Fn(&Symbol) -> Option<i64>;

impl Comparison {
    const ALL: [(&'static str, Self); 6] = [
        ("!=", Self::NotEqual),
        ("<=", Self::AtMost),
        (">=", Self::AtLeast),
        ("=", Self::Equal),
        ("<", Self::Less),
        (">", Self::More),
    ];

    /// The comparison at the beginning of a text, and its sign's length.
    #[must_use]
    pub fn at(text: &str) -> Option<(Self, usize)> {
        Self::ALL
            .iter()
            .find(|(sign, _)| text.starts_with(sign))
            .map(|(sign, compare)| (*compare, sign.len()))
    }

    /// The sign.
    #[must_use]
    pub fn sign(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, compare)| *compare == self)
            .map_or("=", |(sign, _)| sign)
    }

    /// Whether a difference (left minus right) satisfies it.
    #[must_use]
    pub const fn holds(self, difference: i64) -> bool {
        match self {
            Self::Equal => difference == 0,
            Self::NotEqual => difference != 0,
            Self::Less => difference < 0,
            Self::AtMost => difference <= 0,
            Self::More => difference > 0,
            Self::AtLeast => difference >= 0,
        }
    }
}

impl Symbol {
    /// It is a place in the sequence space.
    fn absolute(&self) -> bool {
        match self {
            Self::Isn(_) | Self::Fin(_) => true,
            Self::Of(_, symbol) => symbol.absolute(),
            _ => false,
        }
    }
}

impl Sum {
    /// Reads a sum. Spaces are not looked for: `server.isn+1`.
    ///
    /// # Errors
    /// One mistake for each term that is neither a number nor a symbol which may stand where numbers of this `kind` do.
    pub fn parse(text: &str, kind: NumberKind, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let mut terms = Vec::new();
        let mut mistakes = Vec::new();
        let mut at = 0;
        let mut negative = false;
        for (piece, sign) in pieces(text) {
            match term(piece, kind, hosts) {
                Ok(mut term) => {
                    if negative {
                        term.times = term.times.saturating_neg();
                    }
                    terms.push(term);
                }
                Err(mistake) => mistakes.push(mistake.moved(at)),
            }
            at += piece.len() + 1;
            negative = sign == Some('-');
        }
        if mistakes.is_empty() {
            Ok(Self {
                terms,
                text: text.to_owned(),
            })
        } else {
            Err(mistakes)
        }
    }

    /// Its value in a run; none when the run does not have one of its symbols. Saturates.
    #[must_use]
    pub fn value(&self, known: Known<'_>) -> Option<i64> {
        self.terms.iter().try_fold(0_i64, |sum, term| {
            let one = match &term.symbol {
                None => 1,
                Some(symbol) => known(symbol)?,
            };
            Some(sum.saturating_add(term.times.saturating_mul(one)))
        })
    }

    /// It names a place in the sequence space (an ISN or a FIN), so it is an absolute number.
    #[must_use]
    pub fn absolute(&self) -> bool {
        self.terms
            .iter()
            .any(|term| term.symbol.as_ref().is_some_and(Symbol::absolute))
    }
}

impl fmt::Display for Sum {
    /// As it was written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Condition {
    /// Reads `5`, `= 5`, `>= 2*rtt`, `3..5`.
    ///
    /// # Errors
    /// What is wrong with the sum or the range behind the comparison, each with its place in `text`.
    pub fn parse(text: &str, kind: NumberKind, hosts: &[&str]) -> Result<Self, Vec<Mistake>> {
        let trimmed = text.trim_end();
        let start = trimmed.len() - trimmed.trim_start().len();
        let (compare, sign) = Comparison::at(&trimmed[start..]).unwrap_or((Comparison::Equal, 0));
        let rest = &trimmed[start + sign..];
        let from = start + sign + (rest.len() - rest.trim_start().len());
        Self::after(compare, &trimmed[from..], kind, hosts)
            .map_err(|all| all.into_iter().map(|m| m.moved(from)).collect())
    }

    /// Reads what stands behind a comparison: a sum, or after `=` a range.
    ///
    /// # Errors
    /// Mistakes in a sum; a range behind another comparison than `=`.
    pub fn after(
        compare: Comparison,
        text: &str,
        kind: NumberKind,
        hosts: &[&str],
    ) -> Result<Self, Vec<Mistake>> {
        let Some((low, high)) = text.split_once("..") else {
            return Ok(Self::Compare(compare, Sum::parse(text, kind, hosts)?));
        };
        if compare != Comparison::Equal {
            return Err(vec![Mistake::new(
                0..text.len(),
                "lesson-mistake-range-compare",
            )]);
        }
        let low_sum = Sum::parse(low.trim_end(), kind, hosts);
        let lead = high.len() - high.trim_start().len();
        let high_sum = Sum::parse(high.trim_start(), kind, hosts).map_err(|all| {
            all.into_iter()
                .map(|m| m.moved(low.len() + 2 + lead))
                .collect::<Vec<_>>()
        });
        match (low_sum, high_sum) {
            (Ok(low), Ok(high)) => Ok(Self::Between(low, high)),
            (low, high) => Err(low.err().into_iter().chain(high.err()).flatten().collect()),
        }
    }

    /// Whether a number is as the condition says; none when the run lacks a symbol.
    #[must_use]
    pub fn holds(&self, number: i64, known: Known<'_>) -> Option<bool> {
        self.holds_within(number, 0, known)
    }

    /// The same with every bound widened by `tolerance`.
    #[must_use]
    pub fn holds_within(&self, number: i64, tolerance: i64, known: Known<'_>) -> Option<bool> {
        self.judge(known, |bound| number.saturating_sub(bound), tolerance)
    }

    /// By how much a number is too large, or with a minus too small, beyond bounds that are widened by `tolerance`; none
    /// when it is not, or the run lacks a symbol.
    #[must_use]
    pub fn off_by(&self, number: i64, tolerance: i64, known: Known<'_>) -> Option<i64> {
        if self.holds_within(number, tolerance, known)? {
            return None;
        }
        let beyond = |bound: i64| {
            let off = number.saturating_sub(bound);
            off.signum() * off.saturating_abs().saturating_sub(tolerance).max(0)
        };
        Some(match self {
            Self::Compare(_, bound) => beyond(bound.value(known)?),
            Self::Between(low, high) => {
                let (low, high) = (low.value(known)?, high.value(known)?);
                beyond(if number < low { low } else { high })
            }
        })
    }

    /// Whether a place in the sequence space is as the condition says: differences go around the circle (RFC 9293 §3.4).
    #[must_use]
    pub fn holds_for_seq(&self, number: u32, known: Known<'_>) -> Option<bool> {
        let apart = |bound: i64| {
            let bound = Seq((bound.cast_unsigned() & 0xffff_ffff) as u32);
            i64::from(Seq(number).distance_from(bound))
        };
        self.judge(known, apart, 0)
    }

    fn judge(
        &self,
        known: Known<'_>,
        difference: impl Fn(i64) -> i64,
        tolerance: i64,
    ) -> Option<bool> {
        Some(match self {
            Self::Compare(compare, sum) => {
                let apart = difference(sum.value(known)?);
                match compare {
                    Comparison::Equal => apart.abs() <= tolerance,
                    Comparison::NotEqual => apart.abs() > tolerance,
                    Comparison::Less | Comparison::AtMost => compare.holds(apart - tolerance),
                    Comparison::More | Comparison::AtLeast => compare.holds(apart + tolerance),
                }
            }
            Self::Between(low, high) => {
                difference(low.value(known)?) >= -tolerance
                    && difference(high.value(known)?) <= tolerance
            }
        })
    }

    /// Its numbers are places in the sequence space.
    #[must_use]
    pub fn absolute(&self) -> bool {
        match self {
            Self::Compare(_, sum) => sum.absolute(),
            Self::Between(low, high) => low.absolute() || high.absolute(),
        }
    }
}

impl fmt::Display for Condition {
    /// As a pattern writes it behind a key: `=5`, `>=mss`, `=3..5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compare(compare, sum) => write!(f, "{}{sum}", compare.sign()),
            Self::Between(low, high) => write!(f, "={low}..{high}"),
        }
    }
}

/// The pieces of a sum with the sign that follows each. A host's name may hold a minus sign, so a sign
/// counts only where what is before it is a whole term.
fn pieces(text: &str) -> Vec<(&str, Option<char>)> {
    let mut all = Vec::new();
    let mut from = 0;
    for (i, sign) in text.char_indices().filter(|(_, c)| matches!(c, '+' | '-')) {
        let before = &text[from..i];
        let whole = sign == '+'
            || before.bytes().next().is_some_and(|b| b.is_ascii_digit())
            || before.contains('.')
            || NAMES.contains(&before)
            || NumericField::of_kernel(before.rsplit('*').next().unwrap_or(before)).is_some();
        if whole {
            all.push((before, Some(sign)));
            from = i + 1;
        }
    }
    all.push((&text[from..], None));
    all
}

const NAMES: [&str; 3] = ["mss", "delay", "rtt"];
const PARTS: [&str; 5] = ["isn", "fin", "sent", "mss", "port"];
const UNITS: [(&str, i64); 4] = [
    ("ms", 1_000_000),
    ("us", 1_000),
    ("ns", 1),
    ("s", 1_000_000_000),
];

fn term(piece: &str, kind: NumberKind, hosts: &[&str]) -> Result<Term, Mistake> {
    let (times, name, at) = match piece.split_once('*') {
        Some((times, name)) => {
            let n = times.parse::<i64>().map_err(|_| {
                Mistake::new(0..times.len(), "lesson-mistake-number").with("found", times)
            })?;
            (n, name, times.len() + 1)
        }
        None => (1, piece, 0),
    };
    let span: Range<usize> = at..at + name.len();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        let number = literal(name, kind)
            .ok_or_else(|| Mistake::new(span, number_key(kind)).with("found", name))?;
        return Ok(Term {
            times: times.saturating_mul(number),
            symbol: None,
        });
    }
    symbol(name, kind, hosts)
        .map(|symbol| Term {
            times,
            symbol: Some(symbol),
        })
        .ok_or_else(|| unknown(name, span, kind, hosts))
}

const fn number_key(kind: NumberKind) -> &'static str {
    match kind {
        NumberKind::Plain => "lesson-mistake-number",
        NumberKind::Time => "lesson-mistake-time",
    }
}

fn literal(text: &str, kind: NumberKind) -> Option<i64> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    match kind {
        NumberKind::Plain => digits.parse().ok(),
        NumberKind::Time => span_of(&digits),
    }
}

/// A time as people write it, in nanoseconds: `20ms`, `1.5s`, `300us`. None when it is something else.
#[must_use]
pub fn span_of(text: &str) -> Option<i64> {
    let (number, unit) = UNITS
        .iter()
        .find_map(|(unit, ns)| Some((text.strip_suffix(unit)?, *ns)))?;
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || part.len() > 9 {
        return None;
    }
    let whole: i64 = whole
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| whole.parse().ok())??;
    let fraction = if part.is_empty() {
        0
    } else {
        let parsed: i64 = part
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| part.parse().ok())??;
        parsed.checked_mul(unit)? / 10_i64.pow(u32::try_from(part.len()).ok()?)
    };
    whole.checked_mul(unit)?.checked_add(fraction)
}

fn symbol(name: &str, kind: NumberKind, hosts: &[&str]) -> Option<Symbol> {
    match (kind, name) {
        (NumberKind::Time, "delay") => return Some(Symbol::Delay),
        (NumberKind::Time, "rtt") => return Some(Symbol::Rtt),
        (NumberKind::Plain, "mss") => return Some(Symbol::SegmentSize),
        (NumberKind::Plain, name) if NumericField::of_kernel(name).is_some() => {
            return NumericField::of_kernel(name).map(Symbol::Own);
        }
        (NumberKind::Time, _) => return None,
        (NumberKind::Plain, _) => {}
    }
    if let Some((name, connection)) = name.rsplit_once('@') {
        let connection = connection.parse().ok().filter(|n| *n > 0)?;
        return Some(Symbol::Of(connection, Box::new(symbol(name, kind, hosts)?)));
    }
    let (host, part) = name.split_once('.')?;
    let host = hosts.contains(&host).then(|| host.to_owned())?;
    Some(match part {
        "isn" => Symbol::Isn(host),
        "fin" => Symbol::Fin(host),
        "sent" => Symbol::Sent(host),
        "mss" => Symbol::Mss(host),
        "port" => Symbol::Port(host),
        _ => return None,
    })
}

fn unknown(name: &str, span: Range<usize>, kind: NumberKind, hosts: &[&str]) -> Mistake {
    let mut could: Vec<String> = match kind {
        NumberKind::Time => vec!["delay".to_owned(), "rtt".to_owned()],
        NumberKind::Plain => vec!["mss".to_owned()],
    };
    if kind == NumberKind::Plain {
        for host in hosts {
            could.extend(PARTS.iter().map(|part| format!("{host}.{part}")));
        }
    }
    Mistake::new(span, number_key(kind))
        .with("found", name)
        .near(name, could.iter().map(String::as_str))
}

#[cfg(test)]
mod tests;
