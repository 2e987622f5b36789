//! How much of the heap is taken: whoever reads a foreign file, and keeps parts of it to the end, stops where that becomes
//! too much, whatever the file holds.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Bytes of heap, where something is computed from it in the end: with that, the program and its buffers the process
/// stays below 128 MiB. What ordinary files need is a small part of it.
pub(crate) const KEPT: usize = 56 << 20;
/// Bytes of heap, where it is only looked at: the connections of a capture, some 50,000.
pub(crate) const LOOKED_AT: usize = 88 << 20;

/// Bytes of heap, where a run of ours is kept until it is over: what is made of it to be shown takes about as much again,
/// and the process stays below 256 MiB beside its rings.
pub(crate) const KEPT_LIVE: usize = 80 << 20;

/// More of the heap is taken than this.
pub(crate) fn exceeds(most: usize) -> bool {
    HEAP.allocated() > most
}
