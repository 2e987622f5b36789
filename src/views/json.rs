//! JSON: one object per moment, one per line.
//!
//! [`packet`] writes the part of an object that tells of a packet, by hand into a byte buffer: a large file has millions of them.

mod judgement;
mod packet;
mod story;
mod weighing;
mod why;

pub use packet::packet;
pub use story::Json;
pub use weighing::weighing;

fn int<N: itoa::Integer>(out: &mut Vec<u8>, value: N) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}
