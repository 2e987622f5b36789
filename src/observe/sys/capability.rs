//! Capabilities: what this process may do, and how foreign programs keep it (capabilities(7)).

use std::io;

/// Signal processes of others, … (include/uapi/linux/capability.h).
pub const KILL: u32 = 5;
/// Configure interfaces, addresses, kernel settings of a network namespace.
pub const NET_ADMIN: u32 = 12;
/// Packet and raw sockets.
pub const NET_RAW: u32 = 13;
/// Make namespaces.
pub const SYS_ADMIN: u32 = 21;

/// `_LINUX_CAPABILITY_VERSION_3`.
const VERSION_3: u32 = 0x2008_0522;

/// `struct __user_cap_header_struct`.
#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

/// `struct __user_cap_data_struct`; two of them hold 64 bits.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Data {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// The calling thread's capability sets, one bit per capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Capabilities {
    /// In force.
    pub effective: u64,
    /// May be made effective.
    pub permitted: u64,
    /// May be kept across `execve`.
    pub inheritable: u64,
}

impl Capabilities {
    /// All of these are in force.
    #[must_use]
    pub fn has(self, capabilities: &[u32]) -> bool {
        capabilities
            .iter()
            .all(|number| self.effective & (1 << number) != 0)
    }
}

/// `capget` of the calling thread.
pub fn get() -> io::Result<Capabilities> {
    let mut header = Header {
        version: VERSION_3,
        pid: 0,
    };
    let mut data = [Data::default(); 2];
    // SAFETY: both pointers are to live values of the layout that version 3 asks for.
    let result = unsafe { libc::syscall(libc::SYS_capget, &raw mut header, data.as_mut_ptr()) };
    if result != 0 {
        return Err(io::Error::last_os_error());
    }
    let join = |part: fn(&Data) -> u32| u64::from(part(&data[0])) | u64::from(part(&data[1])) << 32;
    Ok(Capabilities {
        effective: join(|d| d.effective),
        permitted: join(|d| d.permitted),
        inheritable: join(|d| d.inheritable),
    })
}

/// `capset` of the calling thread.
pub fn set(sets: Capabilities) -> io::Result<()> {
    let mut header = Header {
        version: VERSION_3,
        pid: 0,
    };
    let half = |shift: u32| Data {
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
pub fn drop_all() -> io::Result<()> {
    set(Capabilities::default())
}

/// Gives up every capability of the calling thread but this one, where it has it.
pub fn keep_only(number: u32) -> io::Result<()> {
    let kept = get()?.permitted & 1 << number;
    set(Capabilities {
        effective: kept,
        permitted: kept,
        inheritable: 0,
    })
}

/// Makes what is permitted survive `execve` of an ordinary program: inheritable, then ambient
/// (`PR_CAP_AMBIENT_RAISE`). For the moment between fork and exec: allocates nothing.
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
