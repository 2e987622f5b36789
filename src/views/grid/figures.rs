//! Figures of a grid in words: quartiles with their unit, shares, the heading.
#![allow(clippy::cast_precision_loss, reason = "three digits of it are shown")]

use crate::explain::compare::grid::{Grid, Quantiles, Took};
use crate::model::Span;
use crate::text::Message;
use crate::views::axis;

/// How many runs of what.
pub(super) fn title(grid: &Grid) -> Message {
    Message::new("grid-title")
        .int("count", grid.spec.count)
        .int("runs", grid.spec.seeds)
}

/// A median with its unit, and the quartiles in the same unit where they differ from it.
pub(super) type FigureText = (String, String);

pub(super) fn goodput(quantiles: &Quantiles<u64>) -> FigureText {
    let (unit, name) = bit_unit(quantiles.median as f64);
    let text = |bits: u64| three(bits as f64 / unit);
    together(
        &text(quantiles.low),
        &text(quantiles.median),
        &text(quantiles.high),
        name,
    )
}

/// The unit in which so many bits per second are shown: its size and name.
pub(super) fn bit_unit(bits: f64) -> (f64, &'static str) {
    match bits {
        bits if bits >= 1e9 => (1e9, "Gbit/s"),
        bits if bits >= 1e6 => (1e6, "Mbit/s"),
        bits if bits >= 1e3 => (1e3, "kbit/s"),
        _ => (1.0, "bit/s"),
    }
}

pub(super) fn took(quantiles: &Quantiles<Took>, limit: Span) -> FigureText {
    let unit = match quantiles.median {
        Took::Time(median) => Some(time_unit(median)),
        _ => None,
    };
    let text = |took: Took| match (took, unit) {
        (Took::Time(span), Some((unit, _))) => three(span.ns() as f64 / unit),
        (Took::Time(span), None) => {
            let (unit, name) = time_unit(span);
            format!("{} {name}", three(span.ns() as f64 / unit))
        }
        (Took::Longer, _) => format!(">{}", axis::time(seconds(limit))),
        (Took::Never, _) => "∞".to_owned(),
    };
    let name = unit.map_or("", |(_, name)| name);
    let median = text(quantiles.median);
    together(&text(quantiles.low), &median, &text(quantiles.high), name)
}

/// The unit in which such a time is shown: its nanoseconds and name.
pub(super) fn time_unit(span: Span) -> (f64, &'static str) {
    if span.ns() >= 1_000_000_000 {
        (1e9, "s")
    } else {
        (1e6, "ms")
    }
}

pub(super) fn delivered(quantiles: &Quantiles<u32>) -> FigureText {
    let text = |share: u32| share_text(share);
    together(
        &text(quantiles.low),
        &text(quantiles.median),
        &text(quantiles.high),
        "%",
    )
}

pub(super) fn together(low: &str, median: &str, high: &str, unit: &str) -> FigureText {
    let quartiles = if low == median && high == median {
        String::new()
    } else {
        format!("{low}–{high}")
    };
    (format!("{median} {unit}").trim_end().to_owned(), quartiles)
}

/// A number in three digits, where it has as many.
pub(super) fn three(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        value if value >= 99.95 => format!("{value:.0}"),
        value if value >= 9.995 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

/// A share in percent, without its sign; less than all is never shown as all.
pub(super) fn share_text(per_million: u32) -> String {
    let tenths = per_million / 1_000;
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}.{}", tenths / 10, tenths % 10)
    }
}

/// A rate of loss in percent: `0.5 %`.
pub(super) fn percent(per_million: u32) -> String {
    format!("{} %", f64::from(per_million) / 10_000.0)
}

pub(super) fn seconds(span: Span) -> f64 {
    span.ns() as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_digits() {
        let shown = [0.0, 0.312, 2.614, 9.996, 70.24, 99.96, 1234.4].map(three);
        assert_eq!(shown, ["0", "0.31", "2.61", "10.0", "70.2", "100", "1234"]);
        assert_eq!(share_text(999_999), "99.9");
        assert_eq!(percent(5_000), "0.5 %");
    }

    #[test]
    fn what_has_no_time_is_no_number_and_each_time_has_its_unit() {
        let ms = |ms| Took::Time(Span::from_ms(ms));
        let shown =
            |low, median, high| took(&Quantiles { low, median, high }, Span::from_ms(10_000));
        let text = |median: &str, quartiles: &str| (median.to_owned(), quartiles.to_owned());
        assert_eq!(shown(ms(61), ms(62), ms(63)), text("62.0 ms", "61.0–63.0"));
        assert_eq!(
            shown(ms(900), ms(2_000), Took::Longer),
            text("2.00 s", "0.90–>10 s")
        );
        assert_eq!(
            shown(ms(900), Took::Longer, Took::Never),
            text(">10 s", "900 ms–∞")
        );
        assert_eq!(shown(Took::Never, Took::Never, Took::Never), text("∞", ""));
    }
}
