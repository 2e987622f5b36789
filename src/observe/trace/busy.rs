//! When there are too many calls on a socket to tell each: from then on they are counted.

use std::time::{Duration, Instant};

/// So many calls that move data are told in a second.
const MOST: u32 = 2_000;
/// When there are fewer again, each is told again.
const FEW: u32 = 1_000;
const SECOND: Duration = Duration::from_secs(1);

/// How busy a socket is.
#[derive(Debug, Default)]
pub(super) struct BusyMeter {
    since: Option<Instant>,
    /// In this second.
    calls: u32,
    /// Calls that were only counted, while that is so.
    counted: Option<u64>,
}

/// What a further call changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallPace {
    /// It is told.
    Told,
    /// It is not, nor are those that follow.
    Begins,
    /// It is not.
    Counted,
    /// It is told again, after so many that were not.
    Ends(u64),
}

impl BusyMeter {
    /// One more call at this time.
    pub(super) fn call(&mut self, now: Instant) -> CallPace {
        let since = *self.since.get_or_insert(now);
        if now.duration_since(since) >= SECOND {
            self.since = Some(now);
            let calm = self.calls < FEW;
            self.calls = 1;
            if calm && let Some(counted) = self.counted.take() {
                return CallPace::Ends(counted);
            }
        } else {
            self.calls = self.calls.saturating_add(1);
        }
        match &mut self.counted {
            Some(counted) => {
                *counted += 1;
                CallPace::Counted
            }
            None if self.calls > MOST => {
                self.counted = Some(1);
                CallPace::Begins
            }
            None => CallPace::Told,
        }
    }

    /// Nothing more is to come: how many were only counted.
    pub(super) fn end(&mut self) -> Option<u64> {
        self.counted.take()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_counted_until_it_is_less_again() {
        let mut meter = BusyMeter::default();
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        assert!((0..MOST).all(|_| meter.call(at(1)) == CallPace::Told));
        assert_eq!(meter.call(at(2)), CallPace::Begins);
        assert_eq!(meter.call(at(3)), CallPace::Counted);
        // The next second is as busy …
        assert_eq!(meter.call(at(1_100)), CallPace::Counted);
        // … and nothing was in it: the one after that is told.
        assert_eq!(meter.call(at(2_200)), CallPace::Ends(3));
        assert_eq!(meter.call(at(2_201)), CallPace::Told);
        assert_eq!(meter.end(), None);
    }
}
