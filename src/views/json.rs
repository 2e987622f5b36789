//! JSON: one object per moment, one per line.
//!
//! [`packet`] writes the part of an object that tells of a packet, by hand into a byte buffer: a large file has millions of them.

mod check_result;
mod judgement;
pub mod overview;
mod packet;
mod story;
mod weighing;
mod why;

pub use check_result::check_results;
pub use packet::packet;
pub use story::Json;
pub use weighing::weighing;

/// The JSON Schema (draft 2020-12) of every object that is printed: what each member means, `sockscope help json` says.
pub const SCHEMA: &str = include_str!("json/schema.json");

fn int<N: itoa::Integer>(out: &mut Vec<u8>, value: N) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
