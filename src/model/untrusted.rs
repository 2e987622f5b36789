//! Text that came from outside: a hand-in, a lesson, a recording.

use serde::{Deserialize, Serialize};

/// Text that somebody else wrote. It can be held against other text, parsed, and stored again; there is no way from it
/// to a person's eyes but `text::visible`: it has no `Display`, gives no `String` and no `&str` by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Untrusted(String);

impl Untrusted {
    /// The text as it came: for comparing, parsing and storing, never for showing (`tests/layering.rs` looks where
    /// this is written).
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// More of it.
    pub fn push_str(&mut self, more: &str) {
        self.0.push_str(more);
    }

    /// There is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<String> for Untrusted {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Untrusted {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<&Untrusted> for Untrusted {
    fn from(text: &Untrusted) -> Self {
        text.clone()
    }
}

impl PartialEq<str> for Untrusted {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Untrusted {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl PartialEq<String> for Untrusted {
    fn eq(&self, other: &String) -> bool {
        self.0 == *other
    }
}
