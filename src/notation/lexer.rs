//! Lines as words with their places: a script's, with quotes and comments, or plain ones.

use std::ops::Range;

use super::Mistake;

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What it says: a quoted word without its quotes, escapes replaced.
    pub text: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// Where, in bytes from the beginning of the whole text.
    pub span: Range<usize>,
}

/// A word without quotes, and where it stands in its text, in bytes.
pub type PlainWord<'a> = (&'a str, Range<usize>);

/// Splits a text at its blanks; quotes and `#` mean nothing in it.
#[must_use]
pub fn plain_words(text: &str) -> Vec<PlainWord<'_>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (c.is_whitespace(), start) {
            (false, None) => start = Some(at),
            (true, Some(from)) => {
                found.push((&text[from..at], from..at));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// Splits a line, which begins at byte `offset` of the whole text, into words; `#` begins a comment.
pub fn words(line: &str, offset: usize, mistakes: &mut Vec<Mistake>) -> Vec<Word> {
    let mut found = Vec::new();
    let mut rest = line.char_indices().peekable();
    while let Some(&(begin, c)) = rest.peek() {
        if c.is_whitespace() {
            rest.next();
        } else if c == '#' {
            break;
        } else if c == '"' {
            rest.next();
            let (text, end, closed) = quoted(&mut rest, line.len(), offset, mistakes);
            if !closed {
                let span = offset + begin..offset + line.trim_end().len().max(begin + 1);
                mistakes.push(Mistake::new(span, "lesson-script-open-string"));
            }
            found.push(Word {
                text,
                quoted: true,
                span: offset + begin..offset + end,
            });
        } else {
            let mut end = line.len();
            while let Some(&(at, c)) = rest.peek() {
                if c.is_whitespace() || c == '"' {
                    end = at;
                    break;
                }
                rest.next();
            }
            found.push(Word {
                text: line[begin..end].to_owned(),
                quoted: false,
                span: offset + begin..offset + end,
            });
        }
    }
    found
}

/// What stands behind an opening quote: the text up to the closing one, else to the end, and where it ends.
pub fn rest_of_quoted(rest: &str, offset: usize, mistakes: &mut Vec<Mistake>) -> (String, usize) {
    let mut chars = rest.char_indices().peekable();
    let (text, end, _) = quoted(&mut chars, rest.len(), offset, mistakes);
    (text, end)
}

/// The rest of a quoted word: its text, where it ends, and whether the closing quote was there.
fn quoted(
    rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
    len: usize,
    offset: usize,
    mistakes: &mut Vec<Mistake>,
) -> (String, usize, bool) {
    let mut text = String::new();
    while let Some((at, c)) = rest.next() {
        match c {
            '"' => return (text, at + 1, true),
            '\\' => match rest.next() {
                Some((_, 'n')) => text.push('\n'),
                Some((_, 'r')) => text.push('\r'),
                Some((_, 't')) => text.push('\t'),
                Some((_, '0')) => text.push('\0'),
                Some((_, c @ ('"' | '\\'))) => text.push(c),
                Some((end, c)) => mistakes.push(
                    Mistake::new(
                        offset + at..offset + end + c.len_utf8(),
                        "lesson-script-escape",
                    )
                    .with("found", c.to_string()),
                ),
                None => break,
            },
            c => text.push(c),
        }
    }
    (text, len, false)
}

/// The text as a quoted word: what [`words`] gives back is the text again.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\0' => quoted.push_str("\\0"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use crate::notation::lexer::*;

    fn texts(line: &str) -> Vec<String> {
        let mut mistakes = Vec::new();
        let found = words(line, 0, &mut mistakes);
        assert_eq!(mistakes, []);
        found.into_iter().map(|word| word.text).collect()
    }

    #[test]
    fn words_stand_apart_by_blanks_and_end_at_a_comment() {
        assert_eq!(
            texts("  send  \"a # b\" oob # why"),
            ["send", "a # b", "oob"]
        );
        assert_eq!(texts(""), [""; 0]);
    }

    #[test]
    fn what_quote_gives_is_read_back() {
        for text in [
            "",
            "我是: {my.ip}",
            "a\"b\\c\nd\te\0f\rg",
            "# not a comment",
            "\u{202e}x",
        ] {
            assert_eq!(texts(&quote(text)), [text]);
        }
    }

    #[test]
    fn an_open_string_and_a_wrong_escape_are_mistakes_with_their_places() {
        let mut mistakes = Vec::new();
        words("send \"ab", 100, &mut mistakes);
        assert_eq!(mistakes[0].span, 105..108);
        mistakes.clear();
        let found = words("send \"a\\qb\"", 0, &mut mistakes);
        assert_eq!((mistakes.len(), mistakes[0].span.clone()), (1, 7..9));
        assert_eq!(found[1].text, "ab");
    }
}
