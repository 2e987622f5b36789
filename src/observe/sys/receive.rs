//! Receiving with socket2 into ordinary buffers (it takes uninitialised ones).

use std::io;
use std::mem::MaybeUninit;

use socket2::{MaybeUninitSlice, RecvFlags, SockAddr, Socket};

/// recv() with flags.
///
/// # Errors
/// What recv(2) gives, which is what the story tells: `ECONNRESET`, `ETIMEDOUT`, `EAGAIN`, …
pub fn recv(socket: &Socket, buffer: &mut [u8], flags: i32) -> io::Result<usize> {
    socket.recv_with_flags(as_uninit(buffer), flags)
}

/// recvfrom() with flags.
///
/// # Errors
/// What recvfrom(2) gives, which is what the story tells: `ECONNREFUSED`, `EAGAIN`, …
pub fn recv_from(socket: &Socket, buffer: &mut [u8], flags: i32) -> io::Result<(usize, SockAddr)> {
    socket.recv_from_with_flags(as_uninit(buffer), flags)
}

/// recvmsg(): with the message's flags.
///
/// # Errors
/// What recvmsg(2) gives, which is what the story tells: `ECONNREFUSED`, `EAGAIN`, …
pub fn recv_msg(socket: &Socket, buffer: &mut [u8]) -> io::Result<(usize, RecvFlags, SockAddr)> {
    let mut parts = [MaybeUninitSlice::new(as_uninit(buffer))];
    socket.recv_from_vectored(&mut parts)
}

fn as_uninit(buffer: &mut [u8]) -> &mut [MaybeUninit<u8>] {
    // SAFETY: both have the same layout, and socket2 promises never to write uninitialised bytes into a
    // buffer that it is given.
    unsafe { &mut *(std::ptr::from_mut(buffer) as *mut [MaybeUninit<u8>]) }
}
