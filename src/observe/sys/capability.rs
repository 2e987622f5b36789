//! Capabilities: what this process may do, and how foreign programs keep it (capabilities(7)).

use std::io;

/// Signal processes of others, … (include/uapi/linux/capability.h).
pub const KILL: u32 = 5;
/// Configure interfaces, addresses, kernel settings of a network namespace.
pub const NET_ADMIN: u32 = 12;
/// Packet and raw sockets.
pub const NET_RAW: u32 = 13;
/// CAP_SYS_ADMIN: namespaces may be made and entered.
pub const SYS_ADMIN: u32 = 21;

/// `_LINUX_CAPABILITY_VERSION_3`.
const VERSION_3: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct CapHeader {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`; two of them hold 64 bits.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct CapData {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// The calling thread's capability sets, one bit per capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// In force: those that the kernel checks.
    pub effective: u64,
    /// May be made effective.
    pub permitted: u64,
    /// May be kept across `execve`.
    pub inheritable: u64,
}

/// A set of capabilities, one bit each.
#[must_use]
pub const fn bits(capabilities: &[u32]) -> u64 {
    let mut bits = 0;
    let mut at = 0;
    while at < capabilities.len() {
        bits |= 1 << capabilities[at];
        at += 1;
    }
    bits
}

impl Capabilities {
    /// All of these are in force.
    #[must_use]
    pub fn has(self, capabilities: &[u32]) -> bool {
        let wanted = bits(capabilities);
        self.effective & wanted == wanted
    }
}

/// `capget` of the calling thread.
///
/// # Errors
/// Of capget(2); for the calling thread and this version there is no reason to fail.
pub fn get() -> io::Result<Capabilities> {
    let mut header = CapHeader {
        version: VERSION_3,
        pid: 0,
    };
    let mut data = [CapData::default(); 2];
    // SAFETY: both pointers are to live values of the layout that version 3 asks for.
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    let join =
        |part: fn(&CapData) -> u32| u64::from(part(&data[0])) | u64::from(part(&data[1])) << 32;
    Ok(Capabilities {
        effective: join(|d| d.effective),
        permitted: join(|d| d.permitted),
        inheritable: join(|d| d.inheritable),
    })
}

/// `capset` of the calling thread.
///
/// # Errors
/// `EPERM` when something is to be permitted that is not, or to be in force that is not permitted.
pub fn set(sets: Capabilities) -> io::Result<()> {
    let mut header = CapHeader {
        version: VERSION_3,
        pid: 0,
    };
    let half = |shift: u32| CapData {
        effective: (sets.effective >> shift) as u32,
        permitted: (sets.permitted >> shift) as u32,
        inheritable: (sets.inheritable >> shift) as u32,
    };
    let data = [half(0), half(32)];
    // SAFETY: as in `get`; the kernel only reads them.
    let result = unsafe { libc::syscall(libc::SYS_capset, &raw mut header, data.as_ptr()) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Gives up every capability of the calling thread, for good.
///
/// # Errors
/// Of capset(2); giving up needs no right.
pub fn drop_all() -> io::Result<()> {
    set(Capabilities::default())
}

/// Gives up, for good, what is not among these bits; the rest of what the calling thread may have is in force then.
///
/// # Errors
/// Of capget(2) and capset(2); giving up needs no right.
pub fn keep_only(kept: u64) -> io::Result<()> {
    let old = get()?;
    let kept = old.permitted & kept;
    set(Capabilities {
        effective: kept,
        permitted: kept,
        inheritable: old.inheritable & kept,
    })
}

/// Empties the bounding set of the calling thread: no program that it executes gains a capability by its file
/// (`PR_CAPBSET_DROP`). A new user namespace begins with a full one again.
///
/// # Errors
/// `EPERM` without SETPCAP.
pub fn bound_to_none() -> io::Result<()> {
    for number in 0..64u32 {
        // SAFETY: prctl with these arguments touches no memory of ours.
        let result =
            unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(number), 0, 0, 0) };
        if result != 0 {
            let error = io::Error::last_os_error();
            // Behind the last one that this kernel knows.
            return if error.raw_os_error() == Some(libc::EINVAL) {
                Ok(())
            } else {
                Err(error)
            };
        }
    }
    Ok(())
}

/// Nothing survives `execve` any more (`PR_CAP_AMBIENT_CLEAR_ALL`).
///
/// # Errors
/// `EINVAL` from a kernel without ambient capabilities (before 4.3).
pub fn clear_ambient() -> io::Result<()> {
    // SAFETY: prctl with these arguments touches no memory of ours.
    let result = unsafe {
        libc::prctl(
            libc::PR_CAP_AMBIENT,
            libc::PR_CAP_AMBIENT_CLEAR_ALL,
            0,
            0,
            0,
        )
    };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Makes what is permitted survive `execve` of an ordinary program: inheritable, then ambient
/// (`PR_CAP_AMBIENT_RAISE`). For the moment between fork and exec: allocates nothing.
///
/// # Errors
/// `EPERM` when securebits forbid it (`SECBIT_NO_CAP_AMBIENT_RAISE`).
pub fn make_ambient() -> io::Result<()> {
    let mut sets = get()?;
    sets.inheritable = sets.permitted;
    set(sets)?;
    for number in (0..64u32).filter(|number| sets.permitted & (1 << number) != 0) {
        // SAFETY: prctl with these arguments touches no memory of ours.
        let result = unsafe {
            libc::prctl(
                libc::PR_CAP_AMBIENT,
                libc::PR_CAP_AMBIENT_RAISE,
                libc::c_ulong::from(number),
                0,
                0,
            )
        };
        if result != 0 {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(())
}
