//! Hostile input through the binary: whoever wrote an argument, a lesson, a hand-in, a recording or a capture, nothing
//! of it harms who runs the program on it. Each input is made here.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "numbers that the test itself has made"
)]
#![allow(
    clippy::unwrap_used,
    reason = "a test reports to whoever runs it, and a panic is its verdict"
)]

#[path = "hostile/files.rs"]
mod files;
#[path = "hostile/long.rs"]
mod long;
#[path = "hostile/memory.rs"]
mod memory;
#[path = "hostile/paced.rs"]
mod paced;
#[path = "hostile/printed.rs"]
mod printed;
mod support;
#[path = "hostile/terminal.rs"]
mod terminal;
#[path = "hostile/text.rs"]
mod text;
