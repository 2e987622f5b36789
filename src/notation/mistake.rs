//! A mistake in a text that somebody wrote: a script, a pattern, an expectation, a lesson.
//!
//! A parser collects all of them and goes on; wording and underlining come later (`lesson::report`), which
//! is why a mistake holds a catalogue key with plain arguments and no sentence.

use std::ops::Range;

/// One mistake and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Where, in bytes from the beginning of the text that was parsed.
    pub span: Range<usize>,
    /// The catalogue key that words it.
    pub key: &'static str,
    /// The key's arguments.
    pub args: Vec<(&'static str, String)>,
    /// The nearest of the words that could stand there.
    pub nearest: Option<String>,
}

impl Mistake {
    /// A mistake at this place.
    #[must_use]
    pub const fn new(span: Range<usize>, key: &'static str) -> Self {
        Self {
            span,
            key,
            args: Vec::new(),
            nearest: None,
        }
    }

    /// With an argument of its wording.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// With the nearest of `candidates` to the word that was found.
    #[must_use]
    pub fn near<'a>(mut self, word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Self {
        self.nearest = nearest(word, candidates).map(str::to_owned);
        self
    }

    /// The same mistake in a text that this one is a part of, beginning at `offset`.
    #[must_use]
    pub fn moved(mut self, offset: usize) -> Self {
        self.span = self.span.start + offset..self.span.end + offset;
        self
    }
}

/// The candidate that is most like `word`, if one is near enough to be what was meant: at most a third of
/// its letters wrong (two of a short word), case apart; or one that begins with it.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower: String = word.chars().take(64).flat_map(char::to_lowercase).collect();
    let letters = lower.chars().count();
    if letters == 0 {
        return None;
    }
    candidates
        .into_iter()
        .filter_map(|candidate| {
            let other = candidate.to_lowercase();
            // Letters changed, added, left out, or two neighbours swapped.
            let apart = strsim::osa_distance(&lower, &other);
            let allowed = (other.chars().count().max(letters) / 3).clamp(1, 4);
            let begins = letters >= 3 && other.starts_with(&lower);
            (apart <= allowed || begins).then_some((apart, candidate))
        })
        .min_by_key(|(apart, _)| *apart)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use crate::notation::mistake::*;

    const NAMES: [&str; 4] = ["handshake", "states", "half-close", "four-way-close"];

    #[test]
    fn the_nearest_word_is_the_one_with_fewest_letters_wrong() {
        assert_eq!(nearest("handshaek", NAMES), Some("handshake"));
        assert_eq!(nearest("state", NAMES), Some("states"));
        assert_eq!(nearest("HalfClose", NAMES), Some("half-close"));
        assert_eq!(nearest("four", NAMES), Some("four-way-close"));
    }

    #[test]
    fn nothing_is_near_a_word_that_is_like_none() {
        assert_eq!(nearest("quic", NAMES), None);
        assert_eq!(nearest("", NAMES), None);
    }
}
