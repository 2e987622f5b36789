//! What is wrong with a flow: the notation's own type of mistake, worded here, because who writes flows writes this
//! program. And the small values that every line has: times and numbers.

use std::fmt::Write as _;
use std::ops::Range;

use sockscope::notation::Mistake;
use sockscope::text::{Catalogue, Lang};

/// All mistakes with file, line and the place underlined, and what was expected there.
pub fn report(name: &str, text: &str, mistakes: &[Mistake]) -> String {
    let mut out = String::new();
    for mistake in mistakes {
        let start = mistake.span.start.min(text.len());
        let number = text[..start].matches('\n').count() + 1;
        let begins = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = text[begins..].lines().next().unwrap_or("");
        let column = text[begins..start].chars().count();
        let end = mistake.span.end.min(begins + line.len());
        let wide = text
            .get(start..end)
            .map_or(1, |found| found.chars().count());
        let nearest = mistake.nearest.as_deref();
        let nearest = nearest.map_or_else(String::new, |word| format!(" ({word}?)"));
        let said = worded(mistake);
        let _ = writeln!(out, "{name}:{number}:{}: {said}{nearest}", column + 1);
        let _ = writeln!(out, "  {line}");
        let _ = writeln!(out, "  {}{}", " ".repeat(column), "^".repeat(wide.max(1)));
    }
    out
}

fn worded(mistake: &Mistake) -> String {
    let arg = |name: &str| {
        let found = mistake.args.iter().find(|(key, _)| *key == name);
        found.map_or("", |(_, value)| value)
    };
    let found = arg("found");
    match mistake.key {
        "flow-line" => {
            "expected a setting, `default`, `case`, a time, `HOST is STATE` or `=>`".into()
        }
        "flow-time" => {
            format!("“{found}” is no time in milliseconds: 40.25, or from..to for a call")
        }
        "flow-order" => {
            "this is earlier than the line before it: lines stand in the order of time".into()
        }
        "flow-event" => {
            "expected `A > B …`, `A calls …`, `A returns …`, `A is STATE`, `A missed N`, `A drops […]`, `A program-ends`, or `ends`"
                .into()
        }
        "flow-number" => format!("“{found}” is no number"),
        "flow-range" => format!("{} is at most {}", arg("name"), arg("most")),
        "flow-number-name" => format!("“{found}” is no number that a frame or its fate has"),
        "flow-word" => {
            format!("“{found}” is no flag, no protocol and no word for a frame or its fate")
        }
        "flow-state" => format!("“{found}” is no state of RFC 9293 §3.3.2"),
        "flow-sack" => "expected blocks as the ladder shows them: sack=201-301,401-501".into(),
        "flow-ts" => "expected the sender's clock and what it echoes: ts=70/1".into(),
        "flow-corrupted" => {
            "expected the place in the frame and the bits, in hexadecimal: 54/ff".into()
        }
        "flow-patch" => {
            "expected the place in the frame and the bytes, in hexadecimal: 16/0000".into()
        }
        "flow-fragment" => {
            "expected a piece of the IP payload that begins at a multiple of 8: 0-800".into()
        }
        "flow-hex" => "expected an even number of hexadecimal digits".into(),
        "flow-label" => format!("no frame is called “@{found}”"),
        "flow-missing" => format!(
            "a segment needs {}: relative, or as it stands in the header (raw…)",
            arg("name")
        ),
        "flow-ack" => "an acknowledgement number without the flag ACK".into(),
        "flow-window" => format!(
            "a window of {found} bytes can't be said with this scale: it counts in {}",
            arg("unit")
        ),
        "flow-call" => "expected NAME(ARGUMENTS), and behind `=` what it gave".into(),
        "flow-bracket" => "the bracket is not closed".into(),
        "flow-open-call" => format!("no call of {found} is open"),
        "flow-setting" => format!("expected a setting as the recording stores it: {found}"),
        "flow-wire" => "expected the wire's delay in milliseconds: wire 20".into(),
        "flow-attached" => {
            "without a time this belongs to a frame or a call above it, and there is none".into()
        }
        "flow-info" => format!("TCP_INFO has no “{found}”"),
        "flow-expect" => {
            "expected MEMBER and one of = != ~ !~ < <= > >= and a value: why.recovery=timeout"
                .into()
        }
        "flow-expect-nothing" => {
            "an expectation belongs to a line above it, and there is none".into()
        }
        "flow-note" => format!("there is no note “{found}”"),
        "flow-no-expectation" => {
            "this case expects nothing: a specification says what is to be told".into()
        }
        "flow-twice" => format!("“@{found}” is there twice"),
        _ => Catalogue::new(Lang::En).say(&sockscope::lesson::message(mistake)),
    }
}

/// Milliseconds with up to six decimals, in nanoseconds.
pub fn ms(text: &str, span: &Range<usize>) -> Result<i64, Box<Mistake>> {
    let wrong = || Box::new(Mistake::new(span.clone(), "flow-time").with("found", text));
    let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 6 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let part: i64 = format!("{part:0<6}").parse().map_err(|_| wrong())?;
    let ns = whole.checked_mul(1_000_000);
    ns.and_then(|ns| ns.checked_add(part)).ok_or_else(wrong)
}

/// A plain number.
pub fn number(text: &str, span: &Range<usize>) -> Result<i64, Box<Mistake>> {
    text.parse()
        .map_err(|_| Box::new(Mistake::new(span.clone(), "flow-number").with("found", text)))
}

/// The place of a part at the end of a word.
pub fn span_of(span: &Range<usize>, word: &str, part: &str) -> Range<usize> {
    span.start + word.len() - part.len()..span.end
}
