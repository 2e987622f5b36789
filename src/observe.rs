//! The live half: the only one that touches the system.
//!
//! - [`sys`]: one safe function per system call
//! - [`lab`]: hosts, wire, the kernel's word, settings
//! - [`source`]: facts as they are told by several threads, merged into one order

pub mod capture;
pub mod exchange;
pub mod lab;
pub mod run;
pub mod source;
pub mod sys;
