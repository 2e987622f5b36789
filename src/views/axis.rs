//! What the graphs' axes say, in a picture and in the terminal alike.
#![allow(
    clippy::cast_precision_loss,
    reason = "a place on an axis is far coarser than a float"
)]

use crate::explain::series::DirectionSeries;
use crate::model::Time;

/// From one time to another.
pub(super) fn seconds(from: Time, to: Time) -> f64 {
    to.since(from).ns() as f64 / 1e9
}

/// Where the time–sequence graph ends: the allowed edge may lie far above a short transfer; then it is cut off, the
/// data is what counts.
pub(super) fn sequence_top(direction: &DirectionSeries) -> f64 {
    let sent = direction.sent.iter().map(|sent| sent.to);
    let acked = direction.acked.iter().map(|level| level.value);
    let lost = direction.lost.iter().map(|lost| lost.to);
    let top = sent.chain(acked).chain(lost).max().unwrap_or(1) as f64;
    let allowed = direction.allowed.iter().map(|level| level.value).max();
    let allowed = allowed.unwrap_or(0) as f64;
    (top * 1.05).max(allowed.min(top * 1.6)).max(1.0)
}

/// Bytes with a unit: `1.5 kB`, `20 MB`.
pub(super) fn bytes(value: f64) -> String {
    match value {
        v if v >= 1e9 => format!("{} GB", short(v / 1e9)),
        v if v >= 1e6 => format!("{} MB", short(v / 1e6)),
        v if v >= 1e4 => format!("{} kB", short(v / 1e3)),
        v => format!("{v:.0} B"),
    }
}

/// Seconds with a unit: `40 ms`, `1.5 s`.
pub(super) fn time(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        v if v < 1e-3 => format!("{} µs", short(v * 1e6)),
        v if v < 1.0 => format!("{} ms", short(v * 1e3)),
        v => format!("{} s", short(v)),
    }
}

/// A number with three digits that count, and no zeros behind.
pub(super) fn short(value: f64) -> String {
    let decimals = match value {
        v if v >= 100.0 => 0,
        v if v >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.decimals$}");
    if decimals == 0 {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(
            [bytes(0.0), bytes(1500.0), bytes(64_240.0), bytes(2.5e6)],
            ["0 B", "1500 B", "64.2 kB", "2.5 MB"]
        );
        assert_eq!(
            [time(0.0), time(0.0405), time(1.5), time(2e-5), time(0.25)],
            ["0", "40.5 ms", "1.5 s", "20 µs", "250 ms"]
        );
    }
}
