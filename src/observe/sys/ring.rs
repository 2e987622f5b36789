//! A receive ring shared with the kernel (`PACKET_RX_RING`, TPACKET_V2).
//!
//! A ring, because in a user namespace a socket buffer cannot grow beyond rmem_max (208 KiB on ordinary
//! machines), and a ring can. Version 2 with fixed slots, because a frame is visible as soon as it is
//! stored and an empty ring is known to be empty; version 3 hands out whole blocks after a timeout.
//!
//! Stamps: the kernel takes the frame's own stamp where somebody on the machine has switched those on,
//! else the time at which the ring's tap saw it. We do not switch them on ourselves: nothing is gained
//! (same clock, same softirq), and the switch takes effect late (deferred work), which puts the first
//! frames in the wrong order.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::errno::Errno;
use socket2::{SockFilter, Socket};

use super::packet_socket;
use crate::model::Time;

/// What a ring is to be like.
#[derive(Clone, Copy)]
pub struct RingOptions<'a> {
    /// Largest frame, link header included, in bytes; what is longer is cut.
    pub largest: usize,
    /// Memory for it, in bytes; rounded up to whole blocks.
    pub bytes: usize,
    /// Classic BPF; empty for none.
    pub filter: &'a [SockFilter],
    /// Leave out frames that leave through the interface.
    pub ignore_outgoing: bool,
}

/// A ring bound to one interface.
#[derive(Debug)]
pub struct Ring {
    socket: Socket,
    memory: NonNull<u8>,
    bytes: usize,
    slot: usize,
    slots_per_block: usize,
    block: usize,
    slots: usize,
    next: usize,
}

// SAFETY: the mapping belongs to this value alone and is reached through `&mut self` only.
unsafe impl Send for Ring {}

/// One frame in its slot.
#[derive(Clone, Copy, Debug)]
pub struct RingFrame<'a> {
    /// The kernel's stamp.
    pub at: Time,
    /// Index of the interface that it passed.
    pub interface: u32,
    /// Left through the interface (`PACKET_OUTGOING`).
    pub outgoing: bool,
    /// Its checksum was not computed yet (`TP_STATUS_CSUMNOTREADY`).
    pub checksum_not_ready: bool,
    /// Length on the link; more than `bytes.len()` when it was cut.
    pub len: u32,
    /// The bytes, link header first.
    pub bytes: &'a [u8],
}

/// Bytes of a slot before the link header: `struct tpacket2_hdr`, `struct sockaddr_ll`, alignment.
const HEAD: usize = 96;

/// A ring that is not bound yet: nothing comes in; binding it is quick. Making it takes 8 ms and more, because the kernel
/// waits for a grace period (`packet_set_ring`), so it is made beside other things. It hurries (about 1 ms in all, measured) as long
/// as somebody holds the lock of all network changes (`synchronize_net` in net/core/dev.c): best is to make a ring while
/// interfaces are made.
#[derive(Debug)]
pub struct Unbound(Ring);

impl Unbound {
    /// Makes a ring in this thread's network namespace.
    ///
    /// # Errors
    /// `EPERM` without NET_RAW, `ENOMEM` when the kernel has no such piece of memory, and what it has against the filter.
    pub fn new(options: RingOptions<'_>) -> io::Result<Self> {
        Ring::make(options).map(Self)
    }

    /// Attaches a filter (classic BPF), so that no frame from before it can come in.
    ///
    /// # Errors
    /// `EINVAL` for a filter that the kernel refuses.
    pub fn filter(self, filter: &[SockFilter]) -> io::Result<Self> {
        self.0.socket.attach_filter(filter)?;
        Ok(self)
    }

    /// Binds it to all ethertypes of an interface (0: of every interface). Frames that pass after the return
    /// are in it.
    ///
    /// # Errors
    /// `ENODEV` when there is no such interface.
    pub fn bind(self, interface: u32) -> io::Result<Ring> {
        packet_socket::bind(&self.0.socket, interface, packet_socket::ALL)?;
        Ok(self.0)
    }
}

impl Ring {
    /// Opens a ring in this thread's network namespace and binds it to all ethertypes of an interface (0: of
    /// every interface). Frames
    /// that pass the interface after the return are in it.
    ///
    /// # Errors
    /// Those of [`Unbound::new`] and [`Unbound::bind`].
    pub fn open(interface: u32, options: RingOptions<'_>) -> io::Result<Self> {
        Unbound::new(options)?.bind(interface)
    }

    fn make(options: RingOptions<'_>) -> io::Result<Self> {
        let socket = packet_socket::socket(options.filter)?;
        packet_socket::set(
            &socket,
            libc::PACKET_VERSION,
            &(libc::tpacket_versions::TPACKET_V2 as libc::c_int),
        )?;
        if options.ignore_outgoing {
            packet_socket::ignore_outgoing(&socket)?;
        }
        let slot = (HEAD + options.largest).next_multiple_of(libc::TPACKET_ALIGNMENT);
        let block = (16 * slot).next_power_of_two().max(65_536);
        let slots_per_block = block / slot;
        let blocks = options.bytes.div_ceil(block).max(1);
        let request = libc::tpacket_req {
            tp_block_size: block as u32,
            tp_block_nr: blocks as u32,
            tp_frame_size: slot as u32,
            tp_frame_nr: (blocks * slots_per_block) as u32,
        };
        packet_socket::set(&socket, libc::PACKET_RX_RING, &request)?;
        let bytes = block * blocks;
        // SAFETY: a fresh shared mapping of the ring that was just made, of exactly its size.
        let memory = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                socket.as_raw_fd(),
                0,
            )
        };
        if memory == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let memory = NonNull::new(memory.cast()).expect("invariant: mmap gives no null page");
        let ring = Self {
            socket,
            memory,
            bytes,
            slot,
            slots_per_block,
            block,
            slots: blocks * slots_per_block,
            next: 0,
        };
        // No process that is forked for a program has it: it would hold the ring's memory for as long as it lives.
        // SAFETY: the mapping that was just made, whole.
        let kept = unsafe { libc::madvise(memory.as_ptr().cast(), bytes, libc::MADV_DONTFORK) };
        Errno::result(kept)?;
        Ok(ring)
    }

    /// Hands the next frame to `read` and gives its slot back to the kernel; none when the ring is empty.
    pub fn next<T>(&mut self, read: impl FnOnce(RingFrame<'_>) -> T) -> Option<T> {
        let offset = self.next / self.slots_per_block * self.block
            + self.next % self.slots_per_block * self.slot;
        // SAFETY: `offset` is the beginning of a slot inside the mapping, aligned to TPACKET_ALIGNMENT (16);
        // a slot begins with a tpacket2_hdr, whose first field is the status that kernel and we hand over by.
        let status = unsafe { self.memory.add(offset).cast::<AtomicU32>().as_ref() };
        let word = status.load(Ordering::Acquire);
        if word & libc::TP_STATUS_USER == 0 {
            return None;
        }
        // SAFETY: with TP_STATUS_USER set the kernel leaves the slot to us until we write the status back.
        let header = unsafe { self.memory.add(offset).cast::<libc::tpacket2_hdr>().read() };
        // SAFETY: the kernel puts a sockaddr_ll behind the header, at the next multiple of TPACKET_ALIGNMENT.
        let from = unsafe {
            let behind = size_of::<libc::tpacket2_hdr>().next_multiple_of(libc::TPACKET_ALIGNMENT);
            self.memory
                .add(offset + behind)
                .cast::<libc::sockaddr_ll>()
                .read()
        };
        let begin = usize::from(header.tp_mac).min(self.slot);
        let len = (header.tp_snaplen as usize).min(self.slot - begin);
        // SAFETY: `begin + len` is within the slot, by the two `min` above.
        let bytes = unsafe {
            std::slice::from_raw_parts(self.memory.add(offset + begin).as_ptr().cast_const(), len)
        };
        let frame = RingFrame {
            at: Time::from_ns(i64::from(header.tp_sec) * 1_000_000_000 + i64::from(header.tp_nsec)),
            interface: from.sll_ifindex.cast_unsigned(),
            outgoing: from.sll_pkttype == libc::PACKET_OUTGOING,
            checksum_not_ready: word & libc::TP_STATUS_CSUMNOTREADY != 0,
            len: header.tp_len,
            bytes,
        };
        let value = read(frame);
        status.store(libc::TP_STATUS_KERNEL, Ordering::Release);
        self.next = (self.next + 1) % self.slots;
        Some(value)
    }

    /// Frames that found the ring full since the last call.
    ///
    /// # Errors
    /// Of getsockopt(2), which has no reason to fail on a packet socket.
    pub fn missed(&self) -> io::Result<u64> {
        packet_socket::statistics(self.socket.as_fd()).map(|(_, drops)| drops)
    }

    /// The socket itself, to send from it.
    #[must_use]
    pub fn socket(&self) -> &Socket {
        &self.socket
    }
}

impl AsFd for Ring {
    /// Readable (poll) while the ring holds a frame.
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

impl Drop for Ring {
    fn drop(&mut self) {
        // SAFETY: the mapping was made in `make` with this size and nothing borrows from it any more.
        unsafe { libc::munmap(self.memory.as_ptr().cast(), self.bytes) };
    }
}
