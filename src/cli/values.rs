//! Values of arguments: read, and checked against what Linux takes. A value out of range is named with
//! its range.

use std::fmt;

use crate::model::Span;
use crate::text::{Lang, Message};

/// Why a value is not taken; worded by `failure`'s catalogue, whatever clap would have said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong(pub Message);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.key)
    }
}

impl std::error::Error for Wrong {}

/// A whole number from `min` to `max`.
fn number<T: TryFrom<u64> + Into<u64>>(text: &str, min: T, max: T) -> Result<T, Wrong> {
    let (min, max) = (min.into(), max.into());
    let digits = text.strip_prefix('+').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
        return Err(Wrong(Message::new("error-not-a-number")));
    }
    let number = digits.parse().ok();
    number
        .filter(|number| (min..=max).contains(number))
        .and_then(|number| T::try_from(number).ok())
        .ok_or_else(|| {
            Wrong(
                Message::new("error-range")
                    .text("value", text.to_owned())
                    .int("min", min)
                    .int("max", max),
            )
        })
}

/// How many times slower a story is played: `10x`, `0.5`; 0.01 to 10,000.
pub fn slow(text: &str) -> Result<f64, Wrong> {
    let number = text.strip_suffix('x').unwrap_or(text);
    match number.parse::<f64>() {
        Ok(times) if (0.01..=10_000.0).contains(&times) => Ok(times),
        _ => Err(Wrong(Message::new("error-slow"))),
    }
}

/// A port, 1–65535.
pub fn port(text: &str) -> Result<u16, Wrong> {
    number(text, 1, u16::MAX)
}

/// A port to serve on, 0–65535; 0: one that is free.
pub fn any_port(text: &str) -> Result<u16, Wrong> {
    number(text, 0, u16::MAX)
}

/// An address of this machine's.
pub fn address(text: &str) -> Result<std::net::IpAddr, Wrong> {
    text.parse()
        .map_err(|_| Wrong(Message::new("error-not-an-address")))
}

/// An origin: scheme, host and port of a page, as browsers spell it (RFC 6454 §6.2), without a path.
pub fn origin(text: &str) -> Result<String, Wrong> {
    let wrong = || Wrong(Message::new("error-not-an-origin"));
    let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
    let host = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme))
        .ok_or_else(wrong)?;
    let is_of_host = |c: char| c.is_ascii_alphanumeric() || "-.:[]".contains(c);
    if host.is_empty() || !host.chars().all(is_of_host) {
        return Err(wrong());
    }
    Ok(text)
}

/// How many receivers a message is for, 2–9.
pub fn receivers(text: &str) -> Result<u8, Wrong> {
    number(text, 2, 9)
}

/// A backlog for listen(), 0–65535 (the kernel caps it at `net.core.somaxconn`).
pub fn backlog(text: &str) -> Result<u16, Wrong> {
    number(text, 0, u16::MAX)
}

/// A number of bytes to send, 1 to 1,000,000,000.
pub fn bytes(text: &str) -> Result<u64, Wrong> {
    number(text, 1, 1_000_000_000)
}

/// A buffer for recv(), 1 byte to 16 MiB.
pub fn recv_buffer(text: &str) -> Result<u32, Wrong> {
    number(text, 1, 16 * 1024 * 1024)
}

/// A socket buffer, as SO_RCVBUF and SO_SNDBUF take it: the kernel doubles it, so at most (2³¹ − 1) / 2.
pub fn socket_buffer(text: &str) -> Result<u32, Wrong> {
    number(text, 1, (i32::MAX as u32) / 2)
}

/// TCP_MAXSEG: 88 (TCP_MIN_MSS) to 32767 (MAX_TCP_WINDOW), as the kernel's do_tcp_setsockopt() checks it.
pub fn mss(text: &str) -> Result<u16, Wrong> {
    number(text, 88, 32767)
}

/// An MTU: 576 (RFC 791 §3.1: every host takes that much) to 65535.
pub fn mtu(text: &str) -> Result<u32, Wrong> {
    number(text, 576, 65535)
}

/// A seed: any number.
pub fn seed(text: &str) -> Result<u64, Wrong> {
    number(text, 0, i64::MAX as u64)
}

/// Packets in the wire's queue, 1–1,000,000.
pub fn queue(text: &str) -> Result<u32, Wrong> {
    number(text, 1, 1_000_000)
}

/// A connection's number, from 0.
pub fn stream(text: &str) -> Result<u32, Wrong> {
    number(text, 0, u32::MAX)
}

/// A packet's number, from 1.
pub fn frame(text: &str) -> Result<u32, Wrong> {
    number(text, 1, u32::MAX)
}

/// A rate in bits per second, 1 kbit to 1 Tbit: `2mbit`, `500kbit`, `1.5gbit`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "its range is looked at before"
)]
pub fn rate(text: &str) -> Result<u64, Wrong> {
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let per_unit = match unit.to_ascii_lowercase().as_str() {
        "bit" => 1.0,
        "kbit" => 1e3,
        "mbit" => 1e6,
        "gbit" => 1e9,
        _ => return Err(Wrong(Message::new("error-not-a-rate"))),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| Wrong(Message::new("error-not-a-rate")))?;
    let bits = number * per_unit;
    if (1e3..=1e12).contains(&bits) {
        Ok(bits.round() as u64)
    } else {
        Err(Wrong(
            Message::new("error-rate-range").text("value", text.to_owned()),
        ))
    }
}

/// A width in columns, 80–1000.
pub fn width(text: &str) -> Result<u16, Wrong> {
    number(text, 80, 1000)
}

/// A language that there is a catalogue for.
pub fn lang(text: &str) -> Result<Lang, Wrong> {
    Lang::of(text).ok_or_else(|| {
        let known = Lang::ALL.map(Lang::tag).join(", ");
        Wrong(Message::new("error-lang").text("known", known))
    })
}

/// A delay, 0 to 10 s: `20ms`, `1.5s`, `300us`, or a bare 0.
pub fn delay(text: &str) -> Result<Span, Wrong> {
    let span = span(text)?;
    if span > Span::from_ms(10_000) {
        return Err(Wrong(
            Message::new("error-delay-range").text("value", text.to_owned()),
        ));
    }
    Ok(span)
}

/// How long one run may take, 100 ms to 600 s.
pub fn limit(text: &str) -> Result<Span, Wrong> {
    let span = span(text)?;
    if !(Span::from_ms(100)..=Span::from_ms(600_000)).contains(&span) {
        return Err(Wrong(
            Message::new("error-limit-range").text("value", text.to_owned()),
        ));
    }
    Ok(span)
}

/// A time with its unit, or a bare 0; never negative.
#[expect(
    clippy::cast_possible_truncation,
    reason = "what is too long becomes the longest there is, and is then out of the caller's range"
)]
fn span(text: &str) -> Result<Span, Wrong> {
    let wrong = || Wrong(Message::new("error-not-a-time"));
    let digits = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let per_unit = match unit {
        "s" => 1e9,
        "ms" => 1e6,
        "us" | "µs" | "μs" => 1e3,
        "" if number == "0" => 1.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.parse().map_err(|_| wrong())?;
    Ok(Span::from_ns((number * per_unit).round() as i64))
}

/// A share in percent, 0 to 100 with at most four decimals (`5`, `0.5`, `5%`), as parts per million.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it has no sign, and at most a million comes out"
)]
pub fn percent(text: &str) -> Result<u32, Wrong> {
    let digits = text.strip_suffix('%').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let decimals = digits.split_once('.').map_or(0, |(_, behind)| behind.len());
    match digits.parse::<f64>() {
        Ok(percent) if plain && decimals <= 4 && percent <= 100.0 => {
            Ok((percent * 10_000.0).round() as u32)
        }
        _ => Err(Wrong(Message::new("error-percent"))),
    }
}

/// Runs of each kind, 1–1000.
pub fn seeds(text: &str) -> Result<u32, Wrong> {
    number(text, 1, 1_000)
}

/// Messages of one run, 1–1000.
pub fn count(text: &str) -> Result<u32, Wrong> {
    number(text, 1, 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key<T: fmt::Debug>(result: Result<T, Wrong>) -> &'static str {
        result.expect_err("is refused").0.key
    }

    #[test]
    fn ranges_are_closed_and_named() {
        assert_eq!(port("1"), Ok(1));
        assert_eq!(port("65535"), Ok(65535));
        for bad in ["0", "65536", "-1", "99999999999999999999999"] {
            assert_eq!(key(port(bad)), "error-range", "{bad}");
        }
        for bad in ["", "x", "1.5", "七"] {
            assert_eq!(key(port(bad)), "error-not-a-number", "{bad}");
        }
    }

    #[test]
    fn a_rate_has_a_unit() {
        assert_eq!(rate("2mbit"), Ok(2_000_000));
        assert_eq!(rate("1.5Gbit"), Ok(1_500_000_000));
        assert_eq!(rate("1kbit"), Ok(1000));
        for bad in ["2", "", "mbit", "2mb", "-1mbit"] {
            assert_eq!(key(rate(bad)), "error-not-a-rate", "{bad}");
        }
        for bad in ["999bit", "2000gbit", "0mbit"] {
            assert_eq!(key(rate(bad)), "error-rate-range", "{bad}");
        }
    }

    #[test]
    fn a_delay_has_a_unit() {
        assert_eq!(delay("20ms"), Ok(Span::from_ms(20)));
        assert_eq!(delay("1.5s"), Ok(Span::from_ms(1500)));
        assert_eq!(delay("300us"), Ok(Span::from_us(300)));
        assert_eq!(delay("0"), Ok(Span::ZERO));
        for bad in ["20", "", "ms", "-1ms", "1..2s", "1h", "1 ms", "1e3ms"] {
            assert_eq!(key(delay(bad)), "error-not-a-time", "{bad}");
        }
        assert_eq!(key(delay("10.1s")), "error-delay-range");
        assert_eq!(limit("600s"), Ok(Span::from_ms(600_000)));
        for bad in ["0", "99ms", "601s"] {
            assert_eq!(key(limit(bad)), "error-limit-range", "{bad}");
        }
    }

    #[test]
    fn a_share_is_a_percentage_that_the_wire_can_draw() {
        assert_eq!(percent("0"), Ok(0));
        assert_eq!(percent("5%"), Ok(50_000));
        assert_eq!(percent("0.0001"), Ok(1));
        assert_eq!(percent("100"), Ok(1_000_000));
        for bad in [
            "", "%", "a", "-1", "101", "100.01", "0.00001", "1e1", "nan", "5%%", "1..2",
        ] {
            assert_eq!(key(percent(bad)), "error-percent", "{bad}");
        }
    }
}
