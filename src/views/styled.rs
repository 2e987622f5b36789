//! Styled text: spans with a role. What a role looks like is the palette's business.

use unicode_width::UnicodeWidthStr;

use crate::text::Shown;

/// What a piece of text is, for whoever colours it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Ordinary text.
    #[default]
    Plain,
    /// Lifelines, rules, borders: there, but not to be read.
    Frame,
    /// Details that may be skipped.
    Faint,
    /// Times.
    Time,
    /// A host's name and address.
    Host,
    /// A socket call.
    Call,
    /// A call that failed.
    CallFailed,
    /// A TCP state.
    State,
    /// A segment with SYN.
    Syn,
    /// An acknowledgement.
    Ack,
    /// Payload: a data segment or a datagram.
    Data,
    /// A segment with FIN.
    Fin,
    /// A segment with RST, an ICMP error.
    Reset,
    /// Lost, resent, out of order: the network's trouble.
    Loss,
    /// ARP, neighbour discovery, other ICMP: what is needed beside.
    Helper,
    /// An explanation.
    Note,
    /// Where Linux does something else than the textbook.
    Linux,
    /// Something is complete.
    Milestone,
    /// A warning.
    Caution,
    /// A heading.
    Title,
    /// Right, met.
    Good,
    /// Wrong, not met.
    Bad,
}

/// A piece of text with its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StyledSpan {
    role: Role,
    text: String,
}

impl StyledSpan {
    /// What it is.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The text, safe for terminals: it came as [`Shown`].
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// One line of styled text, without its line end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    spans: Vec<StyledSpan>,
}

/// How many columns a text takes in a terminal: wide characters (CJK) take two, combining marks none.
#[must_use]
pub fn columns(text: &str) -> usize {
    text.width()
}

impl Line {
    /// An empty line.
    #[must_use]
    pub const fn new() -> Self {
        Self { spans: Vec::new() }
    }

    /// A line of one piece.
    #[must_use]
    pub fn of(role: Role, text: impl Into<Shown>) -> Self {
        let mut line = Self::new();
        line.push(role, text);
        line
    }

    /// Adds a piece; joined to the last one where the role is the same.
    pub fn push(&mut self, role: Role, text: impl Into<Shown>) {
        let text = text.into().into_string();
        match self.spans.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.role == role => last.text.push_str(&text),
            _ => self.spans.push(StyledSpan { role, text }),
        }
    }

    /// Its pieces, left to right.
    #[must_use]
    pub fn spans(&self) -> &[StyledSpan] {
        &self.spans
    }

    /// Adds blanks until the line is `width` columns wide.
    pub fn pad_to(&mut self, width: usize) {
        let missing = width.saturating_sub(self.columns());
        self.push(Role::Plain, " ".repeat(missing));
    }

    /// Its width in a terminal.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.spans.iter().map(|span| columns(&span.text)).sum()
    }

    /// The text alone, without blanks at its end.
    #[must_use]
    pub fn plain(&self) -> String {
        let mut text: String = self.spans.iter().map(|span| span.text.as_str()).collect();
        text.truncate(text.trim_end().len());
        text
    }
}

/// The text, cut to `width` columns; where something was cut, `…` takes the last column.
#[must_use]
pub fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut cut = take(text, width.saturating_sub(1)).to_owned();
    if width > 0 {
        cut.push('…');
    }
    cut
}

/// As much of the beginning of `text` as fits into `width` columns.
#[must_use]
pub fn take(text: &str, width: usize) -> &str {
    // Grown char by char with the width of the whole prefix, because a sequence (emoji with a selector) may be
    // wider or narrower than its parts.
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let next = at + c.len_utf8();
        if columns(&text[..next]) > width {
            break;
        }
        end = next;
    }
    &text[..end]
}

/// Breaks a text into lines of at most `width` columns: at blanks, and between wide characters, as Chinese is
/// set: no punctuation that closes at the beginning of a line, none that opens at its end.
#[must_use]
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(4);
    let mut lines = Vec::new();
    let mut line = String::new();
    for piece in pieces(text) {
        let bare = piece.trim_end();
        if !line.is_empty() && columns(&line) + columns(bare) > width {
            lines.push(std::mem::take(&mut line).trim_end().to_owned());
        }
        let mut rest = piece;
        loop {
            let head = take(rest, width);
            if head.len() >= rest.trim_end().len() {
                break;
            }
            let head = if head.is_empty() {
                &rest[..rest.chars().next().map_or(0, char::len_utf8)]
            } else {
                head
            };
            lines.push(head.to_owned());
            rest = &rest[head.len()..];
        }
        line.push_str(rest);
    }
    let line = line.trim_end();
    if !line.is_empty() || lines.is_empty() {
        lines.push(line.to_owned());
    }
    lines
}

/// The pieces between which a line may break; blanks stay at the end of the piece before them.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        let breaks = match before {
            None => false,
            Some(' ') => c != ' ' && c != '·' && !splits_a_number(text, at),
            Some(b) => c != ' ' && (is_wide(b) || is_wide(c)) && !closes(c) && !opens(b),
        };
        if breaks {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    if start < text.len() {
        pieces.push(&text[start..]);
    }
    pieces
}

/// Before this place stands a number, behind it the number's unit.
fn splits_a_number(text: &str, at: usize) -> bool {
    let (before, behind) = text.split_at(at);
    let ends =
        |word: &str| word.starts_with(|c: char| !c.is_ascii_alphanumeric()) || word.is_empty();
    before.trim_end().ends_with(|c: char| c.is_ascii_digit())
        && (["ms", "s"]
            .iter()
            .any(|unit| behind.strip_prefix(unit).is_some_and(ends))
            || ["字节", "秒", "个"]
                .iter()
                .any(|unit| behind.starts_with(unit)))
}

fn is_wide(c: char) -> bool {
    unicode_width::UnicodeWidthChar::width(c) == Some(2)
}

/// Must not begin a line.
fn closes(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '；'
            | '：'
            | '？'
            | '！'
            | '、'
            | '）'
            | '》'
            | '」'
            | '』'
            | '”'
            | '’'
            | '…'
            | ')'
            | ']'
            | ','
            | '.'
            | ';'
            | ':'
            | '?'
            | '!'
            | '%'
    )
}

/// Must not end a line.
fn opens(c: char) -> bool {
    matches!(c, '（' | '《' | '「' | '『' | '“' | '‘' | '(' | '[')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_count_two_columns() {
        assert_eq!(columns("三次握手"), 8);
        assert_eq!(fit("三次握手", 7), "三次握…");
        assert_eq!(fit("三次握手", 6), "三次…");
        assert_eq!(fit("三次握手", 8), "三次握手");
        assert_eq!(fit("abc", 0), "");
    }

    #[test]
    fn chinese_breaks_between_characters_but_not_before_a_full_stop() {
        assert_eq!(wrap("客户端请求。", 10), ["客户端请", "求。"]);
        assert_eq!(wrap("发送 SYN，等待", 9), ["发送", "SYN，等待"]);
    }

    #[test]
    fn english_breaks_at_blanks_and_a_long_word_is_cut() {
        assert_eq!(wrap("the client asks", 10), ["the client", "asks"]);
        assert_eq!(wrap("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
