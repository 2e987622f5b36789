//! Text from outside made text for people: nothing in it is obeyed by a terminal, a page or a picture.
//!
//! Control characters could move the cursor or speak to the terminal (escape sequences), bidi controls could
//! make text read in another order than it stands. All of them are shown as what they are instead.
//!
//! So that nobody has to remember this, two types stand in the way, one at each end:
//!
//! - *at the sources*, [`Untrusted`] is what a hand-in, a lesson or a recording says. It can be compared and parsed, and
//!   becomes text for people here only.
//! - *at the waists*, [`Shown`] is the one kind of text that an argument of a [`Message`](super::Message) and a piece of a
//!   view's `Line` can be. There is no way to make one that does not go through [`text`]. What reached it as a plain
//!   `String` (an argument of the command line, the system's or a parser's words about a file) is made visible here at the
//!   latest; what was made visible before stays as it is.
//!
//! The source comes first because layout measures what will be seen; the waist is why a source that was forgotten is an
//! ugly line and no escape sequence. JSON has its own way ([`json`]), since there the bytes must come back.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthStr as _;

use crate::model::Untrusted;

/// Text that people may see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown(String);

impl Shown {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, to be made a part of another that people see.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl From<String> for Shown {
    fn from(text: String) -> Self {
        Self(if text.chars().any(unsafe_to_show) {
            self::text(&text)
        } else {
            text
        })
    }
}

impl From<&str> for Shown {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl From<&String> for Shown {
    fn from(text: &String) -> Self {
        text.clone().into()
    }
}

impl From<Cow<'_, str>> for Shown {
    fn from(text: Cow<'_, str>) -> Self {
        text.into_owned().into()
    }
}

impl From<&Untrusted> for Shown {
    fn from(text: &Untrusted) -> Self {
        text.raw().into()
    }
}

/// A line that a program printed, as it would look on a terminal of its own, less what a terminal would obey: bytes that
/// are no UTF-8 as `\\xNN`, and tabs as blanks; a carriage return at its end changes nothing.
#[must_use]
pub fn printed(line: &[u8]) -> String {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let mut out = String::with_capacity(line.len());
    let mut column = 0;
    for chunk in line.utf8_chunks() {
        for c in chunk.valid().chars() {
            let before = out.len();
            match c {
                '\t' => out.push_str(&" ".repeat(TAB - column % TAB)),
                _ => push(&mut out, c),
            }
            column += out[before..].width();
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
            column += 4;
        }
    }
    out
}

/// Columns from one tab stop to the next.
const TAB: usize = 8;

/// Text from outside as people may see it.
#[must_use]
pub fn untrusted(text: &Untrusted) -> String {
    self::text(text.raw())
}

/// The bytes as text: UTF-8 where it is, `\n` `\r` `\t` `\0` by their C names, other control characters of
/// ASCII and bytes that are no UTF-8 as `\xNN`, bidi and invisible characters as `\u{…}`, `"` and `\` escaped.
#[must_use]
pub fn bytes(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.push_str("\\\""),
                '\\' => out.push_str("\\\\"),
                '\n' | '\r' | '\t' | '\0' => push(&mut out, c),
                _ if c.is_ascii_control() => {
                    let _ = write!(out, "\\x{:02x}", u32::from(c));
                }
                _ => push(&mut out, c),
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(out, "\\x{byte:02x}");
        }
    }
    out
}

/// The same of text of several lines, with `tab` for each tab.
#[must_use]
pub fn untrusted_lines(text: &Untrusted, tab: &str) -> String {
    lines(&text.raw().replace('\t', tab))
}

/// The text with everything that a terminal would act on made visible; quotes stay as they are.
#[must_use]
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// The same of a text of several lines, which it stays.
#[must_use]
pub fn lines(lines: &str) -> String {
    let lines: Vec<String> = lines.split('\n').map(text).collect();
    lines.join("\n")
}

/// The text with a sign in place of everything that a terminal would act on but line ends and tabs, each of as many
/// bytes as what it stands for: for text that is shown with places in it.
#[must_use]
pub fn in_place(text: &str) -> String {
    let sign = |c: char| match c {
        '\n' | '\t' => c,
        _ if !unsafe_to_show(c) => c,
        _ => ['?', '\u{b7}', '\u{fffd}', '\u{1fbc4}'][c.len_utf8() - 1],
    };
    text.chars().map(sign).collect()
}

/// JSON with the same characters as `\u…` escapes: the same values, and nothing that a terminal would act on. The
/// controls below the blank are escaped already, as JSON asks; all others can stand only inside strings.
#[must_use]
pub fn json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if unsafe_to_show(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0' => out.push_str("\\0"),
        _ if unsafe_to_show(c) => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        _ => out.push(c),
    }
}

/// C0, DEL and C1 controls; line and paragraph separators; bidi controls (UAX #9 §2: embeddings, overrides,
/// isolates, marks); joiners, tags, variation and other invisible format characters; private use.
fn unsafe_to_show(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{e000}'..='\u{f8ff}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_and_bidi_controls_are_shown_not_obeyed() {
        assert_eq!(bytes(b"\x1b[2Jhi\n"), "\\x1b[2Jhi\\n");
        assert_eq!(bytes("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(bytes(b"\xff\x00\"\\"), "\\xff\\0\\\"\\\\");
        assert_eq!(bytes("我是".as_bytes()), "我是");
        assert_eq!(text("\u{9b}31m\u{feff}"), "\\u{9b}31m\\u{feff}");
    }

    #[test]
    fn what_a_program_printed_keeps_its_columns_and_loses_its_power() {
        assert_eq!(printed(b"a\tb\r"), "a       b");
        assert_eq!(printed("\u{6211}\tb".as_bytes()), "\u{6211}      b");
        assert_eq!(printed(b"\x1b[31m\xff\"\\"), "\\u{1b}[31m\\xff\"\\");
        assert_eq!(printed(b"12%\r99%"), "12%\\r99%");
    }

    #[test]
    fn in_place_of_each_character_stands_one_of_its_length() {
        let text_ = "a\u{1b}\u{9b}\u{202e}\u{e0041}\n\tb";
        assert_eq!(in_place(text_), "a?\u{b7}\u{fffd}\u{1fbc4}\n\tb");
        assert_eq!(in_place(text_).len(), text_.len());
    }

    #[test]
    fn what_was_made_visible_stays_as_it_is() {
        let all: String = (0..0x11_0000).filter_map(char::from_u32).collect();
        let once = text(&all);
        assert_eq!(text(&once), once);
        assert_eq!(lines(&once), once);
        assert_eq!(Shown::from(once.clone()).as_str(), once);
        assert_eq!(Shown::from(all.as_str()).as_str(), once);
        assert!(!once.chars().any(unsafe_to_show));
    }

    #[test]
    fn json_says_the_same_without_them() {
        let said = "我\u{7f}\u{9b}31m\u{202e}\u{e0041}\u{1b}\"";
        let value = serde_json::Value::from(said);
        let safe = json(&value.to_string());
        assert_eq!(safe, r#""我\u007f\u009b31m\u202e\udb40\udc41\u001b\"""#);
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&safe).ok(),
            Some(value)
        );
    }
}
