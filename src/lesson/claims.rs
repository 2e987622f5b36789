//! What a text claims: the flags, states and numbers in its words.
//!
//! Sources are no claims about the run: `RFC 9293 §3.5`, `tcp(7)`, `Figure 6`. Neither are names that hold a
//! number: IPv4, UTF-8, the three-way handshake.

use crate::model::TcpState;
use crate::notation::claim::StateWord;
use crate::notation::{Claim, Expectation};
use crate::protocol::decode::TcpFlags;

/// What a text claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Claims {
    /// Flags and states that it names, each once.
    pub(super) words: Vec<&'static str>,
    /// Numbers in digits, each once.
    pub(super) numbers: Vec<String>,
    /// It counts something in words ("three segments", 两个报文段).
    pub(super) counts: bool,
    /// It names a source.
    pub(super) cites: bool,
}

impl Claims {
    /// It claims nothing that a run could prove.
    pub(super) fn none(&self) -> bool {
        self.words.is_empty() && self.numbers.is_empty() && !self.counts
    }
}

/// Books that count as a source, by their authors.
const BOOKS: [&str; 5] = ["Stevens", "Kurose", "Xie Xiren", "谢希仁", "IEEE 802.3"];

/// Names with a number in them, which claim nothing.
const NAMES: [&str; 17] = [
    "three-way handshake",
    "Three-way handshake",
    "four-way close",
    "Four-way close",
    "three-segment close",
    "four-segment close",
    "one-way",
    "三次握手",
    "四次挥手",
    "三次挥手",
    "四元组",
    "五元组",
    "两端",
    "两边",
    "双方",
    "一半",
    "二进制",
];

const COUNTS: [&str; 14] = [
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twice",
    "half", "both", "once",
];

const DIGITS_ZH: [char; 10] = ['两', '二', '三', '四', '五', '六', '七', '八', '九', '十'];
const MEASURES_ZH: [&str; 12] = [
    "个", "次", "段", "条", "字节", "份", "帧", "步", "回", "毫秒", "秒", "倍",
];

/// Reads a text's claims.
pub(super) fn of(text: &str) -> Claims {
    let mut claims = Claims::default();
    let text = without_sources(text, &mut claims.cites);
    let text = NAMES
        .iter()
        .fold(text, |text, name| text.replace(name, " "));
    let text = states(&text, &mut claims);
    let mut previous = None;
    for word in text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
        take(word.trim_matches(['.', '-']), previous, &mut claims);
        previous = Some(word);
    }
    claims.counts |= counts_zh(&text);
    claims
}

fn take(word: &str, _previous: Option<&str>, claims: &mut Claims) {
    if word.is_empty() {
        return;
    }
    for part in word.split('-') {
        let bare = part.trim_end_matches("ed").trim_end_matches('s');
        if let Some(flag) = TcpFlags::all().words().find(|flag| *flag == bare) {
            remember(&mut claims.words, flag);
        }
        if COUNTS.contains(&part.to_ascii_lowercase().as_str()) {
            claims.counts = true;
        }
    }
    let digits = word.find(|c: char| c.is_ascii_digit());
    // A digit behind letters belongs to a name: IPv4, UTF-8.
    if digits == Some(0) {
        let number: String = word
            .chars()
            .take_while(|c| c.is_ascii_digit() || *c == '.')
            .collect();
        let number = number.trim_end_matches('.').to_owned();
        if !claims.numbers.contains(&number) {
            claims.numbers.push(number);
        }
    }
}

fn remember(words: &mut Vec<&'static str>, word: &'static str) {
    if !words.contains(&word) {
        words.push(word);
    }
}

/// Takes the states out of a text.
fn states(text: &str, claims: &mut Claims) -> String {
    let mut text = text.to_owned();
    // Longer names first: FIN-WAIT-1 is not FIN.
    let mut names: Vec<&'static str> = TcpState::ALL.into_iter().map(TcpState::name).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        if text.contains(name) {
            remember(&mut claims.words, name);
            text = text.replace(name, " ");
        }
    }
    text
}

/// Takes the sources out of a text: `RFC 9293 §3.5.2`, `§3.6`, `tcp(7)`, `MUST-13`, `Figure 6`, `Stevens`.
fn without_sources(text: &str, cites: &mut bool) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(length) = source(rest, out.chars().last()) {
            *cites = true;
            out.push(' ');
            rest = &rest[length..];
        } else {
            let c = rest.chars().next().unwrap_or(' ');
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}

/// How long the source is that stands at the beginning of a text.
fn source(text: &str, before: Option<char>) -> Option<usize> {
    let number = |text: &str| {
        let length = text
            .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '–')))
            .unwrap_or(text.len());
        let trimmed = text[..length].trim_end_matches(['.', '–']).len();
        (trimmed > 0).then_some(trimmed)
    };
    for lead in [
        "RFC ", "§", "Figure ", "figure ", "图 ", "MUST-", "SHLD-", "Linux ", "kernel ", "内核 ",
    ] {
        if let Some(rest) = text.strip_prefix(lead)
            && let Some(length) = number(rest)
        {
            return Some(lead.len() + length);
        }
    }
    if let Some(book) = BOOKS.iter().find(|book| text.starts_with(**book)) {
        return Some(book.len());
    }
    // A manual page: letters, then a section of one digit in brackets.
    if before.is_none_or(|c| !c.is_ascii_alphanumeric()) {
        let name = text
            .find(|c: char| !(c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit()))
            .unwrap_or(text.len());
        let behind = &text.as_bytes()[name..];
        if name > 1
            && let [b'(', section @ b'1'..=b'8', b')', ..] = behind
        {
            // listen(5) is a call with an argument, not a page: pages about files are not cited here.
            let page = matches!(section, b'2' | b'3' | b'7' | b'8');
            return page.then_some(name + 3);
        }
    }
    None
}

fn counts_zh(text: &str) -> bool {
    text.char_indices().any(|(at, c)| {
        DIGITS_ZH.contains(&c) && {
            let behind = &text[at + c.len_utf8()..];
            MEASURES_ZH
                .iter()
                .any(|measure| behind.starts_with(measure))
        }
    })
}

/// Everything that stands in an expectation, as text: what it can prove.
pub(super) fn provable(expectation: &Expectation) -> String {
    let pieces: Vec<String> = expectation.claims.iter().flat_map(pieces).collect();
    pieces.join(" ") + " "
}

fn pieces(claim: &Claim) -> Vec<String> {
    fn all<'a, T: ToString + 'a>(list: impl IntoIterator<Item = &'a T>) -> Vec<String> {
        list.into_iter().map(ToString::to_string).collect()
    }
    match claim {
        Claim::Frames { list, of, .. } => {
            [all(list.iter().chain(of)), vec![list.len().to_string()]].concat()
        }
        Claim::Calls { list, of, .. } => {
            [all(list.iter().chain(of)), vec![list.len().to_string()]].concat()
        }
        Claim::Count { of, is } => vec![of.to_string(), is.to_string()],
        Claim::Times { of, is } => vec![of.to_string(), is.to_string()],
        Claim::No(list) => all(list),
        // A list without gaps says of every other state that it did not occur.
        Claim::States { list, .. } if !list.contains(&StateWord::Any) => all(&TcpState::ALL),
        Claim::States { list, .. } => all(list),
        Claim::Close(shape) => vec![format!("{shape} FIN ACK RST")],
        Claim::Delivered { from, to } => vec![format!("{from} {to}")],
        Claim::Order(events) => all(events),
        Claim::Lasted {
            from,
            to,
            is,
            tolerance,
        } => vec![format!("{from} {to} {is} {}", tolerance / 1_000_000)],
        Claim::NoFinding(names) => names.clone(),
    }
}

/// Whether a word stands in a text as a word of its own.
pub(super) fn holds_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-';
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().last();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

/// Whether a number stands in a text: not as a part of a longer one.
pub(super) fn holds_number(text: &str, number: &str) -> bool {
    let part = |c: char| c.is_ascii_digit();
    text.match_indices(number).any(|(at, _)| {
        let before = text[..at].chars().last();
        let after = text[at + number.len()..].chars().next();
        !before.is_some_and(part) && !after.is_some_and(part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_states_and_numbers_are_claims() {
        let claims = of("The FIN is ACKed: FIN-WAIT-2, then TIME-WAIT for 60 s; seq 1460.");
        assert_eq!(claims.words, ["FIN-WAIT-2", "TIME-WAIT", "FIN", "ACK"]);
        assert_eq!(claims.numbers, ["60", "1460"]);
        assert!(!claims.cites);
    }

    #[test]
    fn sources_and_names_are_not() {
        for text in [
            "See RFC 9293 §3.5 and §3.4.1, Figure 6, tcp(7), SHLD-3, since Linux 6.5.",
            "the three-way handshake over IPv4, text in UTF-8",
            "三次握手、四次挥手，IPv6 也一样",
            "A program asks its kernel.",
        ] {
            assert!(of(text).none(), "{text}: {:?}", of(text));
        }
        assert!(of("RFC 9293 §3.5").cites);
        assert!(!of("a program").cites);
    }

    #[test]
    fn counting_in_words_is_a_claim() {
        for text in ["in three segments", "Both sides", "两个报文段", "共三次"] {
            assert!(of(text).counts, "{text}");
        }
        assert_eq!(of("listen(5)").numbers, ["5"]);
        assert_eq!(of("x+1").numbers, ["1"]);
    }

    #[test]
    fn words_and_numbers_stand_alone() {
        assert!(holds_word("SYN ACK ack=1", "ACK"));
        assert!(!holds_word("FIN-WAIT-1", "FIN"));
        assert!(holds_number("isn+1 len=10", "10"));
        assert!(!holds_number("len=10", "1"));
    }
}
