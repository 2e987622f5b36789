//! What the command lines of several verbs share: arguments, values, and how they are worded.
//!
//! A verb's own arguments stand with the verb, in [`crate::commands`]. Every help text is a key of the catalogue
//! (`help = "help-port"`); [`words`] puts the reader's language in its place before clap sees an argument, headings and
//! defaults included. [`form`] makes a form of them for a page; [`values`] checks values with their ranges, [`mistake`] turns clap's errors into ours, [`order`]
//! lets options stand before a sub-command.

/// Spelling of an argument's values: by hand, so that no English sentence rides along into help and completions.
/// What stands behind a semicolon is for this program's own use: it is taken, and shown to nobody.
macro_rules! spelling {
    ($type:ident: $($variant:ident $word:literal),+ $(; $hidden:ident $own:literal)?) => {
        impl clap::ValueEnum for $type {
            fn value_variants<'a>() -> &'a [Self] {
                &[$(Self::$variant),+ $(, Self::$hidden)?]
            }

            fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
                let word = match self {
                    $(Self::$variant => $word,)+
                    $(Self::$hidden => return Some(clap::builder::PossibleValue::new($own).hide(true)),)?
                };
                Some(clap::builder::PossibleValue::new(word))
            }
        }
    };
}
pub(crate) use spelling;

pub mod form;
pub mod mistake;
pub mod order;
mod show;
mod talk;
pub(crate) mod values;
mod wire;
pub mod words;

pub use show::{FormatChoice, KeepArgs, PICTURES, PaceArgs, PictureArgs, ShowArgs, VantageChoice};
pub use talk::{CloseChoice, StreamArgs, TalkArgs};
pub use wire::{MisbehaveArgs, NetArgs, WireArgs};
