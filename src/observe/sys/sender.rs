//! Batched sending for the wire: many frames, each out of its own interface, in one system call
//! (`man 2 sendmmsg`).

use std::io;
use std::os::fd::AsRawFd;

use socket2::Socket;

use super::packet_socket;

/// Largest batch that [`send`] hands to the kernel in one call.
pub const BATCH: usize = 64;

/// Lets what is sent from a packet socket pass by the queueing discipline (`PACKET_QDISC_BYPASS`): on an
/// interface that has just come up, that one still throws all away.
///
/// # Errors
/// Of setsockopt(2): only when `socket` is no packet socket.
pub fn bypass_queueing(socket: &Socket) -> io::Result<()> {
    packet_socket::set(socket, libc::PACKET_QDISC_BYPASS, &1_i32)
}

/// Sends frames (interface index, bytes), at most [`BATCH`] of them; how many were sent.
///
/// # Errors
/// That of the first frame, when not even that one could be sent.
pub fn send(socket: &Socket, frames: &[(u32, &[u8])]) -> io::Result<usize> {
    let count = frames.len().min(BATCH);
    // SAFETY: all-zero is valid for these plain structures.
    let mut addresses: [libc::sockaddr_ll; BATCH] = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let mut parts: [libc::iovec; BATCH] = unsafe { std::mem::zeroed() };
    // SAFETY: as above.
    let mut messages: [libc::mmsghdr; BATCH] = unsafe { std::mem::zeroed() };
    for (number, (interface, bytes)) in frames.iter().take(count).enumerate() {
        let address = &mut addresses[number];
        address.sll_family = libc::AF_PACKET as u16;
        address.sll_ifindex = interface.cast_signed();
        address.sll_halen = 6;
        parts[number] = libc::iovec {
            iov_base: bytes.as_ptr().cast_mut().cast(),
            iov_len: bytes.len(),
        };
        let header = &mut messages[number].msg_hdr;
        header.msg_name = (&raw mut addresses[number]).cast();
        header.msg_namelen = size_of::<libc::sockaddr_ll>() as u32;
        header.msg_iov = &raw mut parts[number];
        header.msg_iovlen = 1;
    }
    // SAFETY: the first `count` messages point to addresses, parts and bytes that live until the call
    // has returned; the kernel only reads the bytes.
    let sent =
        unsafe { libc::sendmmsg(socket.as_raw_fd(), messages.as_mut_ptr(), count as u32, 0) };
    usize::try_from(sent).map_err(|_| io::Error::last_os_error())
}
