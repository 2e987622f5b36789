//! JSON: one object per moment, one per line.
//!
//! [`packet`] writes the part of an object that tells of a packet; the timeline's view ([`Json`]) and the fast path
//! for foreign files both use it, so that the same packet is the same object. Written by hand into a byte buffer:
//! a large file has millions of them.

mod packet;
mod story;

pub use packet::packet;
pub use story::Json;
