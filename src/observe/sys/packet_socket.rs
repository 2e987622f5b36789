//! AF_PACKET sockets: made, filtered, bound; one frame sent. `man 7 packet`.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

use socket2::{Domain, Protocol, SockAddr, SockFilter, Socket, Type};

/// Every ethertype, received and sent (`ETH_P_ALL`).
pub const ALL: u16 = 0x0003;

/// Ethertype of a sniffer's own probe frames (IEEE 802, local experimental ethertype 1): the lab's wire takes
/// no notice of them.
pub const PROBE: u16 = 0x88b5;

/// A packet socket that sees nothing until it is bound, with `filter` (classic BPF, empty for none) already
/// attached, so that no frame from before the filter can be waiting in it.
///
/// # Errors
/// `EPERM` without NET_RAW; what the kernel has against the filter.
pub fn socket(filter: &[SockFilter]) -> io::Result<Socket> {
    let socket = Socket::new(Domain::PACKET, Type::RAW, Some(Protocol::from(0)))?;
    if !filter.is_empty() {
        socket.attach_filter(filter)?;
    }
    Ok(socket)
}

/// Binds it to an interface and an ethertype: from now on frames come in.
///
/// # Errors
/// `ENODEV` when there is no such interface.
pub fn bind(socket: &Socket, interface: u32, ethertype: u16) -> io::Result<()> {
    socket.bind(&address(interface, ethertype))
}

/// Sends a whole frame, Ethernet header first, out of an interface.
///
/// # Errors
/// `ENETDOWN` when the interface is down, `EMSGSIZE` when the frame is longer than its MTU, `ENXIO` when it is gone.
pub fn send(socket: &Socket, interface: u32, frame: &[u8]) -> io::Result<usize> {
    let ethertype = frame
        .get(12..14)
        .map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    socket.send_to(frame, &address(interface, ethertype))
}

/// Does not see frames that leave through the interface (`PACKET_IGNORE_OUTGOING`, Linux 4.20).
///
/// # Errors
/// `ENOPROTOOPT` from a kernel that does not have it.
pub fn ignore_outgoing(socket: &Socket) -> io::Result<()> {
    set(socket, libc::PACKET_IGNORE_OUTGOING, &1_i32)
}

/// Frames that passed the filter, and of those the ones that were dropped because the ring (or the
/// buffer) was full, since the last call (`PACKET_STATISTICS`).
///
/// # Errors
/// Of getsockopt(2): only when `socket` is no packet socket.
pub fn statistics(socket: BorrowedFd<'_>) -> io::Result<(u64, u64)> {
    let mut stats = libc::tpacket_stats {
        tp_packets: 0,
        tp_drops: 0,
    };
    let mut len = size_of_val(&stats) as libc::socklen_t;
    // SAFETY: `stats` is a live tpacket_stats and `len` its size; the kernel writes at most that much.
    let done = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            (&raw mut stats).cast(),
            &raw mut len,
        )
    };
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok((u64::from(stats.tp_packets), u64::from(stats.tp_drops)))
}

/// Sets an option of SOL_PACKET.
pub(super) fn set<T: Copy>(socket: &Socket, option: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: `value` is a live T and the length is its size; the kernel only reads it.
    let done = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            option,
            std::ptr::from_ref(value).cast(),
            size_of::<T>() as libc::socklen_t,
        )
    };
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(())
}

fn address(interface: u32, ethertype: u16) -> SockAddr {
    // SAFETY: sockaddr_ll is plain data, all of whose fields are set below; it fits into the storage that
    // `try_init` hands out, and the length that is set is its own.
    let made = unsafe {
        SockAddr::try_init(|storage, len| {
            storage
                .cast::<libc::sockaddr_ll>()
                .write(libc::sockaddr_ll {
                    sll_family: libc::AF_PACKET as libc::c_ushort,
                    sll_protocol: ethertype.to_be(),
                    sll_ifindex: interface.cast_signed(),
                    sll_hatype: 0,
                    sll_pkttype: 0,
                    sll_halen: 6,
                    sll_addr: [0; 8],
                });
            *len = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
            Ok(())
        })
    };
    made.expect("invariant: the closure above cannot fail").1
}
