//! Counts, amounts, spans and dates in words.

use crate::model::Time;
use crate::text::{Catalogue, Message};
use crate::views::styled::{columns, wrap};

/// Parts with dots between them, broken into lines between parts; a part that is longer than a line is broken itself.
pub(in crate::views) fn filled(parts: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        if let Some(line) = lines.last_mut()
            && columns(line) + 3 + columns(part) <= width
        {
            line.push_str(" · ");
            line.push_str(part);
        } else {
            lines.extend(wrap(part, width));
        }
    }
    lines
}

/// The counts that are not 0, worded.
pub(in crate::views) fn counts(catalogue: &Catalogue, all: &[(&'static str, u64)]) -> Vec<String> {
    all.iter()
        .filter(|(_, n)| *n > 0)
        .map(|(key, n)| catalogue.say(&Message::new(key).int("n", *n)))
        .collect()
}

/// Bytes in a unit that leaves at most three digits before the point.
pub(in crate::views) fn amount(bytes: u64) -> String {
    let mut value = bytes;
    let mut rest = 0;
    let mut units = ["B", "kB", "MB", "GB", "TB", "PB"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    while value >= 1000 {
        let Some(next) = units.next() else { break };
        rest = value % 1000;
        value /= 1000;
        unit = next;
    }
    if unit == "B" || value >= 100 {
        format!("{value} {unit}")
    } else {
        format!("{value}.{} {unit}", rest / 100)
    }
}

/// Nanoseconds in a unit that people think in.
pub(in crate::views) fn span(ns: i64) -> String {
    let ns = ns.max(0);
    match ns {
        0..1_000_000 => format!("{}.{:03} ms", ns / 1_000_000, ns / 1_000 % 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} ms", ns / 1_000_000, ns / 100_000 % 10),
        1_000_000_000..120_000_000_000 => {
            format!("{}.{:02} s", ns / 1_000_000_000, ns / 10_000_000 % 100)
        }
        _ => {
            let minutes = ns / 60_000_000_000;
            match minutes {
                0..120 => format!("{minutes} min"),
                120..2880 => format!("{} h", minutes / 60),
                _ => format!("{} d", minutes / 1440),
            }
        }
    }
}

/// A point in time, in UTC.
pub(in crate::views) fn date(at: Time) -> String {
    jiff::Timestamp::from_nanosecond(at.ns().into()).map_or_else(
        |_| at.ns().to_string(),
        |stamp| stamp.strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_and_spans_have_units_that_fit_them() {
        for (bytes, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1.0 kB"),
            (53_960, "53.9 kB"),
            (999_999, "999 kB"),
            (1_060_000_000, "1.0 GB"),
            (u64::MAX, "18446 PB"),
        ] {
            assert_eq!(amount(bytes), text);
        }
        for (ns, text) in [
            (-5, "0.000 ms"),
            (12_345, "0.012 ms"),
            (12_345_678, "12.3 ms"),
            (1_234_567_890, "1.23 s"),
            (600_000_000_000, "10 min"),
            (90_000_000_000_000, "25 h"),
            (i64::MAX, "106751 d"),
        ] {
            assert_eq!(span(ns), text);
        }
        assert_eq!(
            date(Time::from_ns(1_700_000_000_000_000_000)),
            "2023-11-14 22:13:20"
        );
    }
}
