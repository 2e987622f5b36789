//! The notation of flows: what was seen, written as lines, with what is to be told of it. `tests/flows.rs` explains it.
//!
//! - [`cases`]: a file to its cases, and a line to what it states
//! - [`frame`]: a frame's words; [`segment`]: its fields; [`packet`]: its bytes; [`call`]: a call's words
//! - [`states`]: the kernel's word
//! - [`stage`]: what was stated to `model::Fact`s, one or two vantages, the wire between them
//! - [`expect`]: what is expected, and whether it came; [`told`]: the story of a case, as `--format json` tells it
//! - [`mistakes`]: what is wrong with a file, worded
//!
//! Something new to state: a frame's word is one arm of `frame::Draft::word`, its field in [`segment`], its bytes in [`packet`]; another
//! kind of line is one arm of `cases::Reader::line` and a method of [`stage::Stage`]; a setting and a field of
//! TCP_INFO need nothing, they are read as the recording stores them. Something new to expect needs nothing either:
//! whatever `--format json` says of a moment can stand behind `=>`.
#![allow(
    dead_code,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "several tests read flows, and each uses a part of this; packets are cut to their fields' widths"
)]

pub mod call;
pub mod cases;
pub mod expect;
pub mod frame;
pub mod mistakes;
pub mod packet;
pub mod segment;
pub mod stage;
pub mod states;
pub mod told;

use std::path::Path;

use sockscope::model::Fact;

pub use cases::cases;

/// Where the flows are.
pub fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/flows"))
}

/// The facts of a file's only case: `scene("teardown/four-segments")`.
pub fn scene(name: &str) -> Vec<Fact<'static>> {
    let path = folder().join(name).with_extension("flow");
    let text = std::fs::read_to_string(&path).expect("a flow");
    facts(&text, name)
}

/// The facts of a text's first case.
pub fn facts(text: &str, name: &str) -> Vec<Fact<'static>> {
    match cases(text) {
        Ok(cases) => cases
            .into_iter()
            .next()
            .map(|case| case.facts)
            .unwrap_or_default(),
        Err(all) => panic!("{}", mistakes::report(name, text, &all)),
    }
}
