//! Reading a filter: words with their places, then `or` of `and` of `not` of a test.

use std::net::{IpAddr, Ipv4Addr};
use std::ops::Range;

use super::DirQualifier;
use crate::notation::{Filter, Mistake};

/// Brackets inside one another. More is nobody's question.
const DEEPEST: usize = 64;

const WORDS: [&str; 29] = [
    "and",
    "or",
    "not",
    "host",
    "net",
    "port",
    "portrange",
    "src",
    "dst",
    "tcp",
    "udp",
    "icmp",
    "icmp6",
    "sctp",
    "ip",
    "ip6",
    "arp",
    "vlan",
    "less",
    "greater",
    "proto",
    "gre",
    "esp",
    "ah",
    "igmp",
    "ospf",
    "tcp-syn",
    "tcp-fin",
    "tcp-rst",
];

const FLAGS: [(&str, u8); 8] = [
    ("tcp-fin", 0x01),
    ("tcp-syn", 0x02),
    ("tcp-rst", 0x04),
    ("tcp-push", 0x08),
    ("tcp-ack", 0x10),
    ("tcp-urg", 0x20),
    ("tcp-ece", 0x40),
    ("tcp-cwr", 0x80),
];

const PROTOCOLS: [(&str, u8); 10] = [
    ("tcp", 6),
    ("udp", 17),
    ("icmp", 1),
    ("icmp6", 58),
    ("sctp", 132),
    ("gre", 47),
    ("esp", 50),
    ("ah", 51),
    ("igmp", 2),
    ("ospf", 89),
];

/// A word or a sign, and where it stands.
#[derive(Clone, Debug)]
struct Token {
    text: String,
    span: Range<usize>,
}

pub(super) fn filter(text: &str) -> Result<Filter, Mistake> {
    let mut parser = Parser {
        tokens: tokens(text),
        at: 0,
        end: text.len(),
        depth: 0,
        last: None,
    };
    if parser.tokens.is_empty() {
        return Ok(Filter::All(Vec::new()));
    }
    let filter = parser.any()?;
    match parser.peek() {
        None => Ok(filter),
        Some(token) => Err(Mistake::new(token.span.clone(), "explain-filter-after")
            .with("word", token.text.clone())),
    }
}

/// Words are separated by blanks and by signs; signs of two characters stay together.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut start = None;
    let mut chars = text.char_indices().peekable();
    let word = |from: usize, to: usize| Token {
        text: text[from..to].to_ascii_lowercase(),
        span: from..to,
    };
    while let Some((at, c)) = chars.next() {
        let sign = "()[]!&|=<>".contains(c);
        if !sign && !c.is_whitespace() {
            start.get_or_insert(at);
            continue;
        }
        if let Some(from) = start.take() {
            tokens.push(word(from, at));
        }
        if sign {
            let twin = |next: char| matches!((c, next), ('&', '&') | ('|', '|') | ('=' | '!', '='));
            let end = match chars.next_if(|(_, next)| twin(*next)) {
                Some((second, _)) => second + 1,
                None => at + c.len_utf8(),
            };
            tokens.push(word(at, end));
        }
    }
    if let Some(from) = start {
        tokens.push(word(from, text.len()));
    }
    tokens
}

/// What a bare value after `and` or `or` means: the same kind of question again.
#[derive(Clone, Copy, Debug)]
enum Primitive {
    Host(DirQualifier),
    Net(DirQualifier),
    Port(Option<u8>, DirQualifier),
    Range(Option<u8>, DirQualifier),
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    end: usize,
    depth: usize,
    last: Option<Primitive>,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn word(&self) -> &str {
        self.peek().map_or("", |token| &token.text)
    }

    /// Takes the next token if it is one of these.
    fn take(&mut self, words: &[&str]) -> bool {
        let is = words.contains(&self.word());
        self.at += usize::from(is && self.at < self.tokens.len());
        is
    }

    /// Takes the next token, whatever it is.
    fn next(&mut self) -> Result<Token, Mistake> {
        let Some(token) = self.tokens.get(self.at).cloned() else {
            return Err(Mistake::new(self.end..self.end, "explain-filter-end"));
        };
        self.at += 1;
        Ok(token)
    }

    fn any(&mut self) -> Result<Filter, Mistake> {
        let mut parts = vec![self.all()?];
        while self.take(&["or", "||"]) {
            parts.push(self.all()?);
        }
        Ok(one_or(parts, Filter::Any))
    }

    fn all(&mut self) -> Result<Filter, Mistake> {
        let mut parts = vec![self.not()?];
        while self.take(&["and", "&&"]) {
            parts.push(self.not()?);
        }
        Ok(one_or(parts, Filter::All))
    }

    fn not(&mut self) -> Result<Filter, Mistake> {
        if self.depth >= DEEPEST {
            let span = self.peek().map_or(self.end..self.end, |t| t.span.clone());
            return Err(Mistake::new(span, "explain-filter-deep"));
        }
        self.depth += 1;
        let filter = if self.take(&["not", "!"]) {
            self.not().map(|part| Filter::Not(Box::new(part)))
        } else if self.take(&["("]) {
            let inside = self.any();
            match inside {
                Ok(_) if !self.take(&[")"]) => {
                    let span = self.peek().map_or(self.end..self.end, |t| t.span.clone());
                    Err(Mistake::new(span, "explain-filter-bracket"))
                }
                other => other,
            }
        } else {
            self.test()
        };
        self.depth -= 1;
        filter
    }

    fn test(&mut self) -> Result<Filter, Mistake> {
        let token = self.next()?;
        let word = token.text.as_str();
        if let Some((_, flag)) = FLAGS.iter().find(|(name, _)| *name == word) {
            return Ok(flags(*flag, 0, false));
        }
        match word {
            "ip" | "ip6" => self.version(if word == "ip" { 4 } else { 6 }),
            "arp" => Ok(Filter::Arp),
            "vlan" => Ok(Filter::Vlan(self.number_here())),
            "less" | "greater" => {
                let len = self.number()?;
                Ok(if word == "less" {
                    Filter::Shorter(len)
                } else {
                    Filter::Longer(len)
                })
            }
            "proto" => Ok(Filter::Protocol(self.protocol()?)),
            "src" | "dst" | "host" | "net" | "port" | "portrange" => {
                self.at -= 1;
                self.sided(None)
            }
            _ => {
                if let Some((_, number)) = PROTOCOLS.iter().find(|(name, _)| *name == word) {
                    return self.of_protocol(*number);
                }
                self.again(&token)
            }
        }
    }

    /// `ip`, `ip host …`, `ip proto N`.
    fn version(&mut self, version: u8) -> Result<Filter, Mistake> {
        let rest = match self.word() {
            "proto" => {
                self.at += 1;
                Filter::Protocol(self.protocol()?)
            }
            "src" | "dst" | "host" | "net" => self.sided(None)?,
            _ => return Ok(Filter::Version(version)),
        };
        Ok(Filter::All(vec![Filter::Version(version), rest]))
    }

    /// `tcp`, `tcp port …`, `tcp[tcpflags] …`.
    fn of_protocol(&mut self, number: u8) -> Result<Filter, Mistake> {
        match self.word() {
            "[" if number == 6 => self.tcp_flags(),
            "port" | "portrange" | "src" | "dst" => self.sided(Some(number)),
            _ => Ok(Filter::Protocol(number)),
        }
    }

    /// `[src|dst|src or dst|src and dst] [host|net|port|portrange] VALUE`.
    fn sided(&mut self, protocol: Option<u8>) -> Result<Filter, Mistake> {
        let side = self.side();
        let kind = match self.word() {
            "net" => Primitive::Net(side),
            "port" => Primitive::Port(protocol, side),
            "portrange" => Primitive::Range(protocol, side),
            _ => Primitive::Host(side),
        };
        if matches!(self.word(), "host" | "net" | "port" | "portrange") {
            self.at += 1;
        }
        self.last = Some(kind);
        let filter = self.value(kind)?;
        Ok(match (kind, protocol) {
            (Primitive::Host(_) | Primitive::Net(_), Some(number)) => {
                Filter::All(vec![Filter::Protocol(number), filter])
            }
            _ => filter,
        })
    }

    fn side(&mut self) -> DirQualifier {
        let first = match self.word() {
            "src" => DirQualifier::Source,
            "dst" => DirQualifier::Destination,
            _ => return DirQualifier::Either,
        };
        self.at += 1;
        let second = self
            .tokens
            .get(self.at + 1)
            .map(|token| token.text.as_str());
        let joined = matches!(
            (first, second),
            (DirQualifier::Source, Some("dst")) | (DirQualifier::Destination, Some("src"))
        );
        let both = match self.word() {
            "or" if joined => DirQualifier::Either,
            "and" if joined => DirQualifier::Both,
            _ => return first,
        };
        self.at += 2;
        both
    }

    /// A value where a question should stand: the last kind of question again, as in `port 80 or 443`.
    fn again(&mut self, token: &Token) -> Result<Filter, Mistake> {
        let unknown = || {
            Mistake::new(token.span.clone(), "explain-filter-word")
                .with("word", token.text.clone())
                .near(&token.text, WORDS)
        };
        self.at -= 1;
        if let Some(kind) = self.last {
            let numeric = token
                .text
                .starts_with(|c: char| c.is_ascii_hexdigit() || c == ':');
            if numeric {
                return self.value(kind).map_err(|_| unknown());
            }
        } else if token.text.parse::<IpAddr>().is_ok() {
            return self.value(Primitive::Host(DirQualifier::Either));
        }
        Err(unknown())
    }

    fn value(&mut self, kind: Primitive) -> Result<Filter, Mistake> {
        match kind {
            Primitive::Host(side) => {
                let token = self.next()?;
                let Ok(addr) = token.text.parse::<IpAddr>() else {
                    return Err(wrong(&token, "explain-filter-address"));
                };
                Ok(Filter::Net(
                    side,
                    addr,
                    if addr.is_ipv4() { 32 } else { 128 },
                ))
            }
            Primitive::Net(side) => {
                let token = self.next()?;
                let (addr, bits) =
                    net(&token.text).ok_or_else(|| wrong(&token, "explain-filter-net"))?;
                Ok(Filter::Net(side, addr, bits))
            }
            Primitive::Port(protocol, side) => {
                let port = self.number()?;
                Ok(Filter::Port(protocol, side, port, port))
            }
            Primitive::Range(protocol, side) => {
                let token = self.next()?;
                let range = token
                    .text
                    .split_once('-')
                    .and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?)));
                let (low, high) = range.ok_or_else(|| wrong(&token, "explain-filter-range"))?;
                Ok(Filter::Port(protocol, side, low, high))
            }
        }
    }

    /// A protocol's name or number.
    fn protocol(&mut self) -> Result<u8, Mistake> {
        // tcpdump wants the names that are words of its own escaped: `ip proto \tcp`.
        let word = self.word().trim_start_matches('\\');
        if let Some((_, number)) = PROTOCOLS.iter().find(|(name, _)| *name == word) {
            self.at += 1;
            return Ok(*number);
        }
        self.number()
    }

    /// A number that its type holds.
    fn number<T: TryFrom<u64>>(&mut self) -> Result<T, Mistake> {
        let token = self.next()?;
        number(&token.text)
            .and_then(|number| T::try_from(number).ok())
            .ok_or_else(|| wrong(&token, "explain-filter-number"))
    }

    /// A number, if one stands here.
    fn number_here(&mut self) -> Option<u16> {
        let number = u16::try_from(number(self.word())?).ok()?;
        self.at += 1;
        Some(number)
    }

    /// `[tcpflags] [& MASK] == VALUE`, or `!=`.
    fn tcp_flags(&mut self) -> Result<Filter, Mistake> {
        self.at += 1;
        let token = self.next()?;
        if !matches!(token.text.as_str(), "tcpflags" | "13") || !self.take(&["]"]) {
            return Err(wrong(&token, "explain-filter-flags"));
        }
        let mask = if self.take(&["&"]) {
            self.bits()?
        } else {
            0xff
        };
        let sign = self.next()?;
        let equal = match sign.text.as_str() {
            "=" | "==" => true,
            "!=" => false,
            _ => return Err(wrong(&sign, "explain-filter-compare")),
        };
        Ok(flags(mask, self.bits()?, equal))
    }

    /// Flags by name or as a number, joined by `|`, in brackets or not.
    fn bits(&mut self) -> Result<u8, Mistake> {
        let bracket = self.take(&["("]);
        let mut bits = 0;
        loop {
            let token = self.next()?;
            let known = FLAGS.iter().find(|(name, _)| *name == token.text);
            bits |= known
                .map(|(_, flag)| *flag)
                .or_else(|| number(&token.text).and_then(|n| u8::try_from(n).ok()))
                .ok_or_else(|| wrong(&token, "explain-filter-flag"))?;
            if !self.take(&["|"]) {
                break;
            }
        }
        if bracket && !self.take(&[")"]) {
            let span = self.peek().map_or(self.end..self.end, |t| t.span.clone());
            return Err(Mistake::new(span, "explain-filter-bracket"));
        }
        Ok(bits)
    }
}

const fn flags(mask: u8, value: u8, equal: bool) -> Filter {
    Filter::Flags { mask, value, equal }
}

fn one_or(mut parts: Vec<Filter>, join: fn(Vec<Filter>) -> Filter) -> Filter {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

fn wrong(token: &Token, key: &'static str) -> Mistake {
    Mistake::new(token.span.clone(), key).with("word", token.text.clone())
}

/// Decimal, or hexadecimal with `0x`.
fn number(text: &str) -> Option<u64> {
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None if text.bytes().all(|b| b.is_ascii_digit()) => text.parse().ok(),
        None => None,
    }
}

/// `10.0.0.0/8`, `fd00::/8`, or a classful beginning: `192.168`.
fn net(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    if let Ok(addr) = address.parse::<IpAddr>() {
        let most = if addr.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        return (bits <= most).then_some((addr, bits));
    }
    let mut octets = [0; 4];
    let mut free = octets.iter_mut();
    let mut given = 0;
    for part in address.split('.') {
        *free.next()? = part.parse().ok()?;
        given += 8;
    }
    let bits = bits.unwrap_or(given);
    (bits <= 32).then_some((Ipv4Addr::from(octets).into(), bits))
}
