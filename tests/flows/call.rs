//! A call's words: `send("hello", 0) = 5`, spelt as call patterns and the `lines` view spell them.

use std::ops::Range;

use sockscope::model::{Arg, CallName, CallResult, Endpoint};
use sockscope::notation::Mistake;
use sockscope::notation::call::CallPattern;
use sockscope::notation::lexer::words;

/// A call as it was written.
#[derive(Clone, Debug)]
pub struct Written {
    pub name: CallName,
    pub args: Vec<Arg>,
    /// What it gave, where that is said.
    pub gave: Option<CallResult>,
}

/// The endpoint behind `server:7070`.
pub type EndpointOf<'a> = &'a dyn Fn(&str) -> Option<Endpoint>;

/// Reads a call, which begins at byte `offset` of the file.
pub fn read(text: &str, offset: usize, endpoint: EndpointOf<'_>) -> Result<Written, Box<Mistake>> {
    let whole = offset..offset + text.len();
    let length = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(text.len());
    // The pattern's own reader knows the names, and what is near to a wrong one.
    let name = CallPattern::parse(&text[..length], &[]).map_err(|mut all| {
        let first = all.swap_remove(0);
        Box::new(first.moved(offset))
    })?;
    let name = name
        .name
        .ok_or_else(|| Box::new(Mistake::new(whole.clone(), "flow-call")))?;
    let mut rest = text[length..].trim_start();
    let mut args = Vec::new();
    if let Some(inside) = rest.strip_prefix('(') {
        let close = top_level(inside, ')').next();
        let close = close.ok_or_else(|| Mistake::new(whole.clone(), "flow-bracket"))?;
        let list = &inside[..close];
        let mut from = 0;
        let ends = top_level(list, ',').chain([list.len()]);
        for end in ends.collect::<Vec<_>>() {
            let part = &list[from..end];
            if !part.trim().is_empty() {
                args.push(arg(part.trim(), &whole, endpoint)?);
            }
            from = (end + 1).min(list.len());
        }
        rest = inside[close + 1..].trim_start();
    }
    let gave = match rest.strip_prefix('=') {
        Some(gave) => Some(result(gave, &whole, endpoint)?),
        None if rest.is_empty() || rest == "…" => None,
        None => return Err(Box::new(Mistake::new(whole, "flow-call"))),
    };
    Ok(Written { name, args, gave })
}

fn result(
    text: &str,
    at: &Range<usize>,
    endpoint: EndpointOf<'_>,
) -> Result<CallResult, Box<Mistake>> {
    let mut mistakes = Vec::new();
    let parts = words(text, 0, &mut mistakes);
    let wrong = || Box::new(Mistake::new(at.clone(), "flow-call"));
    let (first, out) = parts.split_first().ok_or_else(wrong)?;
    if let Ok(value) = first.text.parse() {
        let out = out
            .iter()
            .map(|word| arg(&text[word.span.clone()], at, endpoint));
        let out = out.collect::<Result<_, _>>()?;
        return Ok(CallResult::Ok { value, out });
    }
    if first.text.starts_with('E') && out.is_empty() {
        return Ok(CallResult::Err(first.text.clone().into()));
    }
    Err(wrong())
}

fn arg(text: &str, at: &Range<usize>, endpoint: EndpointOf<'_>) -> Result<Arg, Box<Mistake>> {
    if text.starts_with('"') {
        let mut mistakes = Vec::new();
        let word = words(text, at.start, &mut mistakes);
        return match (word.first(), mistakes.pop()) {
            (Some(word), None) => Ok(data(word.text.as_bytes())),
            (_, mistake) => Err(Box::new(
                mistake.unwrap_or_else(|| Mistake::new(at.clone(), "flow-call")),
            )),
        };
    }
    if let Some(digits) = text.strip_prefix("bytes=") {
        return Ok(data(&hex(digits, at)?));
    }
    if let Some(count) = text.strip_suffix(" bytes").and_then(|n| n.parse().ok()) {
        return Ok(Arg::Data {
            len: count,
            head: vec![b'x'; count.min(64) as usize],
        });
    }
    Ok(match (text.parse(), endpoint(text)) {
        (Ok(number), _) => Arg::Int(number),
        (_, Some(endpoint)) => Arg::Endpoint(endpoint),
        _ => Arg::Word(text.into()),
    })
}

fn data(bytes: &[u8]) -> Arg {
    Arg::Data {
        len: bytes.len() as u64,
        head: bytes[..bytes.len().min(64)].to_vec(),
    }
}

/// Bytes in hexadecimal digits.
pub fn hex(text: &str, at: &Range<usize>) -> Result<Vec<u8>, Box<Mistake>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair)
            .ok()
            .filter(|pair| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    let bytes: Option<Vec<u8>> = pairs.collect();
    bytes.ok_or_else(|| Box::new(Mistake::new(at.clone(), "flow-hex")))
}

/// Where a sign stands outside of quotes and braces.
fn top_level(text: &str, sign: char) -> impl Iterator<Item = usize> + '_ {
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_i32);
    text.char_indices().filter_map(move |(at, c)| {
        let outside = !quoted && depth == 0;
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => depth -= 1,
            _ => {}
        }
        (outside && c == sign).then_some(at)
    })
}
