//! One safe function or type per system facility that no crate offers safely; the only `unsafe`.
//!
//! What `nix` or `socket2` already offer safely is used directly by the callers. Every function says which
//! call it makes (its man page is the reference) and gives the errno as an [`std::io::Error`]; what an
//! errno means to a person is the caller's business.
#![allow(
    unsafe_code,
    reason = "this folder is where it stands; every block says why it is sound"
)]
#![allow(
    clippy::cast_possible_truncation,
    reason = "sizes and constants of C's structures, in the types that the calls want; nothing here is read from outside"
)]

pub mod capability;
mod children;
pub mod environment;
pub mod ethtool;
pub mod fd_passing;
pub mod init;
pub mod interrupt;
pub mod option;
pub mod packet_socket;
pub mod process;
pub mod receive;
pub mod ring;
pub mod sender;
pub mod spawn;
pub mod time_slice;
pub mod trace;
