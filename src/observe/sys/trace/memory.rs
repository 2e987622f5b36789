//! A traced program's memory (process_vm_readv(2)). What is read is what stands there now: another of its threads may
//! change it at any time.

use std::io;

/// Reads from `address` of that thread's memory into `buffer`; how many bytes could be read.
#[must_use]
pub fn read(thread: i32, address: u64, buffer: &mut [u8]) -> usize {
    let local = libc::iovec {
        iov_base: buffer.as_mut_ptr().cast(),
        iov_len: buffer.len(),
    };
    let remote = libc::iovec {
        iov_base: std::ptr::without_provenance_mut(address as usize),
        iov_len: buffer.len(),
    };
    if address == 0 || buffer.is_empty() {
        return 0;
    }
    // SAFETY: the kernel writes at most the buffer's length; an address that is none gives EFAULT.
    let read =
        unsafe { libc::process_vm_readv(thread, &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(read).unwrap_or(0)
}

/// Writes to `address` of that thread's memory: a page that was made for us.
///
/// # Errors
/// `EFAULT`, `EPERM`, or when not all was written.
pub fn write(thread: i32, address: u64, bytes: &[u8]) -> io::Result<()> {
    let local = libc::iovec {
        iov_base: bytes.as_ptr().cast_mut().cast(),
        iov_len: bytes.len(),
    };
    let remote = libc::iovec {
        iov_base: std::ptr::without_provenance_mut(address as usize),
        iov_len: bytes.len(),
    };
    // SAFETY: the kernel only reads from the local side; the remote one is another process's memory, none of ours.
    let written =
        unsafe { libc::process_vm_writev(thread, &raw const local, 1, &raw const remote, 1, 0) };
    match usize::try_from(written) {
        Ok(written) if written == bytes.len() => Ok(()),
        Ok(_) => Err(io::ErrorKind::WriteZero.into()),
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// A number that stands there.
#[must_use]
pub fn number<const N: usize>(thread: i32, address: u64) -> Option<[u8; N]> {
    let mut bytes = [0u8; N];
    (read(thread, address, &mut bytes) == N).then_some(bytes)
}

/// An `int` that stands there.
#[must_use]
pub fn int(thread: i32, address: u64) -> Option<i32> {
    number(thread, address).map(i32::from_ne_bytes)
}

/// A pointer or a `size_t` that stands there.
#[must_use]
pub fn word(thread: i32, address: u64) -> Option<u64> {
    number(thread, address).map(u64::from_ne_bytes)
}
