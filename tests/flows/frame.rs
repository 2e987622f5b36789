//! A frame's words, behind `client > server`: those of the `lines` view, and what that leaves out because it shows
//! what is in a header only as far as it tells a story.

use std::collections::BTreeMap;
use std::ops::Range;

use sockscope::model::TcpState;
use sockscope::notation::Mistake;
use sockscope::notation::lexer::Word;
use sockscope::notation::vocabulary::Protocol;
use sockscope::protocol::decode::TcpFlags;

use super::mistakes::{number, span_of};

/// A frame as it was written.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    pub protocol: Option<Protocol>,
    pub flags: TcpFlags,
    /// The words with plain numbers, [`NUMBERS`].
    pub numbers: BTreeMap<&'static str, i64>,
    /// The words that stand alone, [`WORDS`].
    pub words: Vec<&'static str>,
    pub payload: Option<Vec<u8>>,
    /// Relative to the other side's initial sequence number, as the ladder shows them.
    pub sack: Vec<(u32, u32)>,
    pub stamps: Stamps,
    /// The kernels' words when asked about it: `server:ESTABLISHED`.
    pub states: Vec<(String, TcpState)>,
    /// After so long it arrives, in nanoseconds; as the wire has it where it is not said.
    pub after: Option<i64>,
    /// Flipped on the wire: where in the frame, which bits.
    pub corrupted: Vec<(u32, u8)>,
    /// Hosts whose sniffers miss it.
    pub unseen: Vec<String>,
    /// Of a frame to all: hosts whose copies are lost.
    pub lost_for: Vec<String>,
    /// Its name for expectations, without the `@`.
    pub label: Option<String>,
    /// The frame that an ICMP error quotes.
    pub quotes: Option<String>,
    /// A piece of the IP packet's payload: from, up to, in bytes.
    pub fragment: Option<(u32, u32)>,
    /// TCP options that have no word, behind those that have one.
    pub options: Vec<u8>,
    /// Bytes over those of the frame, from this place on; checksums stay as they were.
    pub patches: Vec<(u32, Vec<u8>)>,
    /// The whole frame behind the addresses, where no word says it.
    pub raw: Option<Vec<u8>>,
}

/// The timestamps option.
#[derive(Clone, Copy, Debug, Default)]
pub enum Stamps {
    #[default]
    None,
    /// `ts`: those that a kernel would write.
    Usual,
    /// `ts=70/1`: the sender's clock, and what it echoes.
    These(u32, u32),
}

/// Numbers of a frame, and of its fate on the wire. `seq` and `ack` are relative; `ip-id` is IP's identification, `id` and
/// `seq` of ICMP an echo's.
pub const NUMBERS: [&str; 30] = [
    "taken",
    "seq",
    "ack",
    "len",
    "win",
    "rawseq",
    "rawack",
    "rawwin",
    "mss",
    "wscale",
    "urg",
    "sport",
    "dport",
    "ttl",
    "ecn",
    "dscp",
    "ip-id",
    "vlan",
    "type",
    "code",
    "id",
    "mtu",
    "fill",
    "interface",
    "snap",
    // What the wire did.
    "rule",
    "delayed",
    "duplicated",
    "too-big",
    "reordered",
];

/// Words with values that are no plain numbers.
pub const OTHERS: [&str; 11] = [
    "lost",
    "sack",
    "ts",
    "bytes",
    "raw",
    "option",
    "patch",
    "fragment",
    "corrupted",
    "unseen",
    "quotes",
];

/// What is true of a frame, or became of it on the wire.
pub const WORDS: [&str; 11] = [
    "sack-permitted",
    "df",
    "no-df",
    "bad-checksum",
    "offloaded",
    "request",
    "reply",
    "echo-request",
    "echo-reply",
    "port-unreachable",
    "queue-full",
];

/// Type and code.
pub type Icmp = (u8, u8);

/// ICMP's type and code behind a word, of IPv4 and of IPv6.
pub const ICMP: [(&str, Icmp, Icmp); 3] = [
    ("echo-request", (8, 0), (128, 0)),
    ("echo-reply", (0, 0), (129, 0)),
    ("port-unreachable", (3, 3), (1, 4)),
];

impl Draft {
    /// The number behind this word.
    pub fn number(&self, name: &str) -> Option<i64> {
        self.numbers.get(name).copied()
    }

    /// Whether this word stands there.
    pub fn has(&self, word: &str) -> bool {
        self.words.contains(&word)
    }

    /// It ends on the wire.
    pub fn ends_on_the_wire(&self) -> bool {
        self.has("lost") || self.has("queue-full") || self.numbers.contains_key("too-big")
    }

    /// Takes the words of a line; mistakes of all are collected.
    pub fn read(&mut self, words: &[Word], hosts: &[&str], mistakes: &mut Vec<Mistake>) {
        for word in words {
            if word.quoted {
                self.payload = Some(word.text.clone().into_bytes());
            } else if let Err(mistake) = self.word(&word.text, &word.span, hosts) {
                mistakes.push(*mistake);
            }
        }
    }

    fn word(
        &mut self,
        word: &str,
        span: &Range<usize>,
        hosts: &[&str],
    ) -> Result<(), Box<Mistake>> {
        if let Some(protocol) = Protocol::of(word) {
            self.protocol = Some(protocol);
        } else if let Some(flag) = TcpFlags::all().iter().find(|flag| flag.words().eq([word])) {
            self.flags |= flag;
        } else if let Some(word) = WORDS.iter().find(|known| **known == word) {
            self.words.push(word);
        } else if let Some(label) = word.strip_prefix('@') {
            self.label = Some(label.to_owned());
        } else if matches!(word, "✗" | "lost") {
            self.words.push("lost");
        } else if word == "ts" {
            self.stamps = Stamps::Usual;
        } else if let Some(after) = word.strip_prefix('+') {
            self.after = Some(super::mistakes::ms(after, span)?);
        } else if let Some((name, value)) = word.split_once('=') {
            self.valued(name, value, span, hosts)?;
        } else if let Some((host, state)) = word.split_once(':') {
            let state = state.parse().map_err(|()| {
                let names = TcpState::ALL.into_iter().map(TcpState::name);
                Mistake::new(span_of(span, word, state), "flow-state")
                    .with("found", state)
                    .near(state, names)
            })?;
            self.states.push((known_host(host, span, hosts)?, state));
        } else {
            let could = WORDS.into_iter().chain(TcpFlags::all().words());
            let could = could.chain(Protocol::ALL.map(|(name, _)| name));
            let could = could.chain(NUMBERS).chain(["ts", "sack", "lost"]);
            return Err(Box::new(
                Mistake::new(span.clone(), "flow-word")
                    .with("found", word)
                    .near(word, could),
            ));
        }
        Ok(())
    }

    /// `NAME=VALUE`.
    fn valued(
        &mut self,
        name: &str,
        value: &str,
        span: &Range<usize>,
        hosts: &[&str],
    ) -> Result<(), Box<Mistake>> {
        let at = span.start + name.len() + 1..span.end;
        match name {
            "sack" => {
                let pairs = value.split(',').map(|block| {
                    let (from, to) = block.split_once('-')?;
                    Some((from.parse().ok()?, to.parse().ok()?))
                });
                let blocks: Option<Vec<_>> = pairs.collect();
                self.sack = blocks.ok_or_else(|| Mistake::new(at, "flow-sack"))?;
            }
            "ts" => {
                let pair = value.split_once('/');
                let pair = pair.and_then(|(own, echo)| {
                    Some(Stamps::These(own.parse().ok()?, echo.parse().ok()?))
                });
                self.stamps = pair.ok_or_else(|| Mistake::new(at, "flow-ts"))?;
            }
            "bytes" => self.payload = Some(super::call::hex(value, &at)?),
            "option" => self.options.extend(super::call::hex(value, &at)?),
            "patch" => {
                let pair = value.split_once('/');
                let place = pair.and_then(|(place, _)| place.parse().ok());
                let place = place.ok_or_else(|| Mistake::new(at.clone(), "flow-patch"))?;
                let bytes = pair.map_or("", |(_, bytes)| bytes);
                self.patches.push((place, super::call::hex(bytes, &at)?));
            }
            "fragment" => {
                let pair = value.split_once('-');
                let pair = pair.and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                let pair = pair.filter(|(a, b)| a % 8 == 0 && a < b);
                self.fragment = Some(pair.ok_or_else(|| Mistake::new(at, "flow-fragment"))?);
            }
            "raw" => self.raw = Some(super::call::hex(value, &at)?),
            "corrupted" => {
                let pair = value.split_once('/');
                let pair = pair.and_then(|(at, bits)| {
                    Some((at.parse().ok()?, u8::from_str_radix(bits, 16).ok()?))
                });
                self.corrupted
                    .push(pair.ok_or_else(|| Mistake::new(at, "flow-corrupted"))?);
            }
            "lost" => self.lost_for.push(known_host(value, &at, hosts)?),
            "unseen" => self.unseen.push(known_host(value, &at, hosts)?),
            "quotes" => {
                let label = value.strip_prefix('@');
                self.quotes = Some(
                    label
                        .ok_or_else(|| Mistake::new(at, "flow-label"))?
                        .to_owned(),
                );
            }
            _ => self.numbered(name, value, span, at)?,
        }
        Ok(())
    }

    /// `NAME=NUMBER`.
    fn numbered(
        &mut self,
        name: &str,
        value: &str,
        span: &Range<usize>,
        at: Range<usize>,
    ) -> Result<(), Box<Mistake>> {
        let known = NUMBERS.iter().find(|known| **known == name);
        let known = known.ok_or_else(|| {
            let could = NUMBERS.into_iter().chain(OTHERS);
            Mistake::new(span.start..at.start - 1, "flow-number-name")
                .with("found", name)
                .near(name, could)
        })?;
        let value = match *known {
            // Held back beyond the wire's own delay, or before the wire took it.
            "delayed" | "reordered" | "taken" => super::mistakes::ms(value, &at)?,
            _ => number(value, &at)?,
        };
        let most = widest(known);
        if !(0..=most).contains(&value) {
            return Err(Box::new(
                Mistake::new(at, "flow-range")
                    .with("name", name)
                    .with("most", most.to_string()),
            ));
        }
        self.numbers.insert(known, value);
        Ok(())
    }
}

/// The largest number that its field holds.
fn widest(name: &str) -> i64 {
    match name {
        "seq" | "ack" | "rawseq" | "rawack" | "win" => i64::from(u32::MAX),
        "ecn" => 3,
        "dscp" => 63,
        "wscale" | "ttl" | "type" | "code" | "fill" | "duplicated" => 255,
        "vlan" => 4095,
        "len" => 65_400,
        "delayed" | "reordered" | "taken" => i64::MAX,
        _ => i64::from(u16::MAX),
    }
}

fn known_host(name: &str, span: &Range<usize>, hosts: &[&str]) -> Result<String, Box<Mistake>> {
    if hosts.contains(&name) {
        return Ok(name.to_owned());
    }
    Err(Box::new(
        Mistake::new(span.start..span.start + name.len(), "lesson-mistake-host")
            .with("found", name)
            .with("hosts", hosts.join(", "))
            .near(name, hosts.iter().copied()),
    ))
}
