//! Hostile input through the binary: whoever wrote an argument, a lesson, a hand-in, a recording or a capture, nothing
//! of it harms who runs the program on it.

mod support;

#[path = "hostile/printed.rs"]
mod printed;
#[path = "hostile/text.rs"]
mod text;
