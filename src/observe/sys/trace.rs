//! Another program's system calls seen from outside: ptrace(2) and seccomp(2), a program's memory, its registers, and copies
//! of its sockets.
//!
//! - [`ptrace`]: seize, wait, resume
//! - [`seccomp`]: at which calls a program stops, for the kernel to run
//! - [`numbers`]: which number is which call
//! - [`names`]: constants as C spells them
//! - [`memory`]: what a pointer of the program points to
//! - [`registers`]: a call that the program is made to do
//! - [`sockets`]: a socket of the program, asked for its ends
//! - [`gate`]: where a program waits, just before its execve, until it is seized

#![allow(
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    clippy::cast_lossless,
    clippy::unnecessary_cast,
    reason = "registers and constants of C, whose types differ between machines, as the bits that they are"
)]

pub mod gate;
pub mod memory;
pub mod names;
pub mod numbers;
pub mod ptrace;
pub mod registers;
pub mod seccomp;
pub mod sockets;
