//! The live half: the only one that touches the system.
//!
//! - [`sys`]: one safe function per system call
//! - [`accounts`]: the machine's users and groups
//! - [`caller`]: whose rights this process has, from its first act on
//! - [`lab`]: hosts, wire, the kernel's word, settings
//! - [`trace`]: foreign programs' calls
//! - [`endpoints`]: the two programs of the classroom page's lab
//! - [`filter`]: kernel filters of wire and sniffers
//! - [`capture`]: sniffers; [`exchange`]: socket programs, recorded; [`run`]: all of it, in one order
//! - [`source`]: facts as they are told by several threads, merged into one order

pub mod accounts;
pub mod caller;
pub mod capture;
pub mod endpoints;
pub mod exchange;
pub mod filter;
pub mod lab;
pub mod run;
pub mod source;
pub mod sys;
pub mod trace;
