//! What comes from outside may do no harm: inputs that were made to, each made here.
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/memory.rs"]
mod memory;
mod support;
