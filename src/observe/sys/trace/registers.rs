//! A call that a stopped program is made to do, in place of going on; its registers are put back afterwards.
//!
//! At the exit stop of a call the instruction that made it stands just before the program's place: it is done once more,
//! with another call's number.

use nix::errno::Errno;

type RawRegisters = libc::user_regs_struct;

/// Registers of a stopped thread.
#[derive(Clone, Copy)]
pub struct Registers(RawRegisters);

impl std::fmt::Debug for Registers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registers")
    }
}

const NT_PRSTATUS: usize = 1;

fn transfer(what: libc::c_uint, thread: i32, raw: *mut RawRegisters) -> nix::Result<()> {
    let mut part = libc::iovec {
        iov_base: raw.cast(),
        iov_len: size_of::<RawRegisters>(),
    };
    // SAFETY: the kernel reads or writes at most the structure's size.
    let result = unsafe {
        libc::ptrace(
            what,
            thread,
            std::ptr::without_provenance_mut::<libc::c_void>(NT_PRSTATUS),
            &raw mut part,
        )
    };
    Errno::result(result).map(drop)
}

impl Registers {
    /// Those of a stopped thread.
    ///
    /// # Errors
    /// `ESRCH` when it was killed meanwhile.
    pub fn of(thread: i32) -> nix::Result<Self> {
        // SAFETY: a structure of numbers, which the kernel fills.
        let mut raw: RawRegisters = unsafe { std::mem::zeroed() };
        transfer(libc::PTRACE_GETREGSET, thread, &raw mut raw)?;
        Ok(Self(raw))
    }

    /// Makes them a stopped thread's.
    ///
    /// # Errors
    /// `ESRCH` when it was killed meanwhile.
    pub fn set(&self, thread: i32) -> nix::Result<()> {
        let mut raw = self.0;
        transfer(libc::PTRACE_SETREGSET, thread, &raw mut raw)
    }

    /// The same, standing before the instruction that makes a call: this one.
    #[cfg(target_arch = "x86_64")]
    #[must_use]
    pub fn before_call(&self, number: i64, args: [u64; 6]) -> Self {
        let mut raw = self.0;
        // `syscall` is two bytes long. No call is under way, so that the kernel restarts none.
        raw.rip -= 2;
        raw.orig_rax = u64::MAX;
        raw.rax = number as u64;
        [raw.rdi, raw.rsi, raw.rdx, raw.r10, raw.r8, raw.r9] = args;
        Self(raw)
    }

    /// The same, standing before the instruction that makes a call: this one.
    #[cfg(target_arch = "aarch64")]
    #[must_use]
    pub fn before_call(&self, number: i64, args: [u64; 6]) -> Self {
        let mut raw = self.0;
        raw.pc -= 4;
        raw.regs[8] = number as u64;
        raw.regs[..6].copy_from_slice(&args);
        Self(raw)
    }

    /// The number and the arguments of the call in which the thread is.
    #[cfg(target_arch = "x86_64")]
    #[must_use]
    pub const fn call(&self) -> (u64, [u64; 6]) {
        let raw = &self.0;
        let args = [raw.rdi, raw.rsi, raw.rdx, raw.r10, raw.r8, raw.r9];
        (raw.orig_rax, args)
    }

    /// The number and the arguments of the call in which the thread is.
    #[cfg(target_arch = "aarch64")]
    #[must_use]
    pub const fn call(&self) -> (u64, [u64; 6]) {
        let r = &self.0.regs;
        (r[8], [r[0], r[1], r[2], r[3], r[4], r[5]])
    }

    /// The call at whose entry the thread stands is not done: it gives `ENOSYS`.
    ///
    /// # Errors
    /// `ESRCH` when it was killed meanwhile.
    #[cfg(target_arch = "x86_64")]
    pub fn refuse_call(thread: i32) -> nix::Result<()> {
        let mut registers = Self::of(thread)?;
        registers.0.orig_rax = u64::MAX;
        registers.0.rax = (-i64::from(libc::ENOSYS)) as u64;
        registers.set(thread)
    }

    /// The call at whose entry the thread stands is not done: it gives `ENOSYS`.
    ///
    /// # Errors
    /// `ESRCH` when it was killed meanwhile.
    #[cfg(target_arch = "aarch64")]
    pub fn refuse_call(thread: i32) -> nix::Result<()> {
        const NT_ARM_SYSTEM_CALL: usize = 0x404;
        let mut number: libc::c_int = -1;
        let mut part = libc::iovec {
            iov_base: (&raw mut number).cast(),
            iov_len: size_of::<libc::c_int>(),
        };
        // SAFETY: the kernel reads one number.
        let result = unsafe {
            libc::ptrace(
                libc::PTRACE_SETREGSET,
                thread,
                std::ptr::without_provenance_mut::<libc::c_void>(NT_ARM_SYSTEM_CALL),
                &raw mut part,
            )
        };
        Errno::result(result)?;
        let mut registers = Self::of(thread)?;
        registers.0.regs[0] = (-i64::from(libc::ENOSYS)) as u64;
        registers.set(thread)
    }
}
