//! How much of the processor a thread wants at once (sched_setattr(2)).

use std::io;

use crate::model::Span;

/// `struct sched_attr` in its first version (include/uapi/linux/sched/types.h).
#[repr(C)]
#[derive(Default)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    nice: i32,
    priority: u32,
    runtime: u64,
    deadline: u64,
    period: u64,
}

/// Asks for short slices for the calling thread: all in all it gets no more of the processor than before, but when it
/// wakes it gets it earlier, also in front of a thread that computes for long. Everybody may ask. Kernels
/// before 6.12 take no notice of it.
///
/// # Errors
/// Of sched_getattr(2) and sched_setattr(2): `ENOSYS` or `E2BIG` from an old kernel, `EPERM` from a sandbox.
pub fn ask_for(slice: Span) -> io::Result<()> {
    let size = size_of::<Attributes>() as u32;
    let mut attributes = Attributes::default();
    // SAFETY: the kernel writes at most `size` bytes, those of the structure.
    let got = unsafe { libc::syscall(libc::SYS_sched_getattr, 0, &raw mut attributes, size, 0) };
    if got != 0 {
        return Err(io::Error::last_os_error());
    }
    attributes.size = size;
    attributes.runtime = u64::try_from(slice.ns()).unwrap_or(0);
    // SAFETY: the kernel reads `size` bytes, those of the structure.
    let set = unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
    if set == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
