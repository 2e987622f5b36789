//! How much of the heap is taken: whoever reads a file that somebody else made, and keeps of it what it needs to the
//! end, stops where that becomes too much, whatever the file is made of.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static HEAP: Cap<System> = Cap::new(System, usize::MAX);

/// Taken of the heap at most by what is kept of files. What ordinary files need is a small part of it; with what is
/// computed from it in the end, the program and its buffers, the process stays below 128 MiB.
const MOST: usize = 56 << 20;

/// More is kept than there is room for.
pub(super) fn is_full() -> bool {
    HEAP.allocated() > MOST
}
