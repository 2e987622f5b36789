//! How wide a text is in a picture. Nobody knows which font the reader has: widths are those of Helvetica, a little
//! generous, and each text carries its own as `textLength`, so that with any font it takes the room that was planned.

use unicode_width::UnicodeWidthChar as _;

use crate::model::number::count32;
use crate::views::styled::columns;

/// Fonts by list, Chinese among them; the first that the reader has is taken.
pub const SANS: &str = "Inter, 'Noto Sans', 'Segoe UI', 'Helvetica Neue', Arial, 'Noto Sans CJK SC', 'Source Han Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
/// The same for calls and bytes.
pub const MONO: &str = "'JetBrains Mono', 'DejaVu Sans Mono', Menlo, Consolas, 'Noto Sans Mono CJK SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace";

/// How wide a text in the proportional font is, at this size.
#[must_use]
pub fn sans(text: &str, size: f64) -> f64 {
    text.chars().map(thousandths).sum::<f64>() * size / 1000.0
}

/// How wide a text in the other font is, at this size.
#[must_use]
pub fn mono(text: &str, size: f64) -> f64 {
    f64::from(count32(columns(text))) * size * 0.602
}

/// A character's width in thousandths of the size (Helvetica's, from its AFM, with 4 % to spare).
fn thousandths(c: char) -> f64 {
    let plain = match c {
        'i' | 'j' | 'l' | '\'' => 222.0,
        ' ' | 'I' | '!' | '.' | ',' | ':' | ';' | '/' | 't' | 'f' | '[' | ']' | '|' => 278.0,
        '(' | ')' | 'r' | '-' => 333.0,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500.0,
        'm' | 'W' => 840.0,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 667.0,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'w' => 722.0,
        'F' | 'T' | 'Z' => 611.0,
        'G' | 'O' | 'Q' => 778.0,
        'M' => 833.0,
        '→' | '▪' | '✗' | '…' | '×' | '≈' => 1000.0,
        '=' | '+' | '<' | '>' => 584.0,
        c if c.is_ascii() => 556.0,
        c => match c.width() {
            Some(2) => 1000.0,
            Some(0) | None => 0.0,
            Some(_) => 600.0,
        },
    };
    plain * 1.04
}

/// As much of the text as fits, with an ellipsis where something was cut.
#[must_use]
pub fn fit(text: &str, room: f64, width: impl Fn(&str) -> f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut cut = text.to_owned();
    while cut.pop().is_some() {
        let trimmed = cut.trim_end();
        let shown = format!("{trimmed}…");
        if width(&shown) <= room {
            return shown;
        }
    }
    String::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chinese_character_is_as_wide_as_it_is_high() {
        assert!((sans("三次握手", 10.0) - 41.6).abs() < 0.01);
        assert!(sans("iii", 10.0) < sans("mmm", 10.0));
    }

    #[test]
    fn what_is_cut_says_so_and_fits() {
        let width = |text: &str| mono(text, 10.0);
        let cut = fit("connect(10.0.0.2:7070)", 60.0, width);
        assert!(cut.ends_with('…') && width(&cut) <= 60.0, "{cut}");
        assert_eq!(fit("a", 60.0, width), "a");
        assert_eq!(fit("abc", 1.0, width), "");
    }
}
