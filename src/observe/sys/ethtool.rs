//! Offloads of an interface (SIOCETHTOOL, include/uapi/linux/ethtool.h).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

/// An offload that can be switched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Offload {
    /// Checksums of what is received are taken for right.
    ReceiveChecksum = 0x15,
    /// Checksums of what is sent are left to the interface.
    TransmitChecksum = 0x17,
    /// TCP segments are cut by the interface.
    TcpSegmentation = 0x1f,
    /// … by the last step of the stack.
    GenericSegmentation = 0x24,
    /// Segments that arrive are merged.
    GenericReceive = 0x2c,
}

/// `struct ethtool_value`.
#[repr(C)]
struct EthtoolValue {
    command: u32,
    data: u32,
}

/// Switches an offload of the interface off; `socket` is any socket of its namespace.
///
/// # Errors
/// `EOPNOTSUPP` where it is fixed, `ENODEV` when there is no such interface.
pub fn switch_off(socket: BorrowedFd<'_>, interface: &str, offload: Offload) -> io::Result<()> {
    let mut value = EthtoolValue {
        command: offload as u32,
        data: 0,
    };
    // SAFETY: an all-zero ifreq is a valid one.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    let name = interface.as_bytes();
    if name.len() >= request.ifr_name.len() {
        return Err(io::Error::from_raw_os_error(libc::ENAMETOOLONG));
    }
    for (to, from) in request.ifr_name.iter_mut().zip(name) {
        *to = from.cast_signed();
    }
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: `request` and the `value` that it points to live until the call has returned.
    let result = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL, &raw mut request) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
