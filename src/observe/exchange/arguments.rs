//! What is recorded of a call's arguments and of its error.

use std::io;
use std::net::SocketAddr;

use nix::errno::Errno;

use crate::model::{Arg, Untrusted};

/// Most bytes of data that a fact keeps.
const HEAD: usize = 64;

/// Data as an argument: its length and its beginning.
pub(super) fn data(bytes: &[u8]) -> Arg {
    Arg::Data {
        len: bytes.len() as u64,
        head: bytes[..bytes.len().min(HEAD)].to_vec(),
    }
}

/// A recorded piece of data with its flags.
pub(super) fn data_args(bytes: &[u8], flags: Arg) -> Vec<Arg> {
    vec![data(bytes), flags]
}

/// An address as an argument; nothing for one that is none.
pub(super) fn endpoint(addr: Option<SocketAddr>) -> Vec<Arg> {
    addr.map(|addr| Arg::Endpoint(addr.into()))
        .into_iter()
        .collect()
}

/// A symbolic constant as an argument, by its C name.
pub(super) fn word(word: impl Into<Untrusted>) -> Arg {
    Arg::Word(word.into())
}

/// The name of an error's errno; an error of ours has none and counts as EINVAL.
pub(super) fn errno(error: &io::Error) -> String {
    let number = error.raw_os_error().unwrap_or(Errno::EINVAL as i32);
    format!("{:?}", Errno::from_raw(number))
}
