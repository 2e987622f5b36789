//! The message catalogue: every text for people, by key, in English and Chinese.
//!
//! Only this module knows the catalogue crate (Fluent). Everything else makes a [`Message`] (a key with
//! arguments) and a view asks [`Catalogue::say`] for its wording in the reader's language. The wordings
//! stand in `text/en.ftl` and `text/zh.ftl`; a third language is one more such file.

mod catalogue;
mod lang;
pub mod visible;

pub use catalogue::Catalogue;
pub use lang::Lang;
pub use visible::Shown;

/// A key of the catalogue with its arguments: what is to be said, not how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The key in `en.ftl` and `zh.ftl`.
    pub key: &'static str,
    /// Named arguments.
    pub args: Vec<(&'static str, Value)>,
}

/// An argument of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A word or a text.
    Text(Shown),
    /// A number, shown as it is (no thousands separators) and usable for plural selection.
    Int(i64),
}

impl Message {
    /// The message of this key, without arguments so far.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    /// With a text argument.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: impl Into<Shown>) -> Self {
        self.args.push((name, Value::Text(value.into())));
        self
    }

    /// With a number.
    #[must_use]
    pub fn int(mut self, name: &'static str, value: impl TryInto<i64>) -> Self {
        self.args
            .push((name, Value::Int(value.try_into().unwrap_or(i64::MAX))));
        self
    }
}
