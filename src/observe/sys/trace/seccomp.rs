//! At which calls a program stops: classic BPF over `struct seccomp_data` (seccomp(2), include/uapi/linux/seccomp.h).
//!
//! A filter stays for good, in all that comes of the program. Without anybody who traces, each call that it names gives
//! ENOSYS: nobody lets go of a traced program who does not end it.

use nix::errno::Errno;

use super::numbers::{ALWAYS, BY_DESCRIPTOR};

/// What a filter says beside "stop": a call that is to be told.
pub const TOLD: u16 = 0;
/// `io_uring_setup`: what goes through it is not seen.
pub const IO_URING: u16 = 1;
/// A call by another set of numbers, of a 32-bit program.
pub const FOREIGN: u16 = 2;

/// Offsets in `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const FIRST_ARGUMENT: u32 = 16;
const SECOND_ARGUMENT: u32 = 24;

#[cfg(target_arch = "x86_64")]
const NATIVE: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const NATIVE: u32 = 0xc000_00b7;
/// `__X32_SYSCALL_BIT`: x86's third set of numbers.
const X32: u32 = 0x4000_0000;
/// Calls about sockets in the 32-bit set: x86's, Arm's.
#[cfg(target_arch = "x86_64")]
const FOREIGN_SOCKETS: [(u32, u32); 2] = [(102, 102), (359, 373)];
#[cfg(target_arch = "aarch64")]
const FOREIGN_SOCKETS: [(u32, u32); 2] = [(281, 297), (366, 366)];

/// Instructions of a filter.
#[derive(Clone)]
pub struct StopFilter(Vec<libc::sock_filter>);

impl std::fmt::Debug for StopFilter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "StopFilter of {} instructions", self.0.len())
    }
}

const fn load(offset: u32) -> libc::sock_filter {
    instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, 0, offset)
}

const fn answer(value: u32) -> libc::sock_filter {
    instruction(libc::BPF_RET | libc::BPF_K, 0, 0, value)
}

const fn jump(kind: u32, value: u32, yes: u8, no: u8) -> libc::sock_filter {
    instruction(libc::BPF_JMP | kind | libc::BPF_K, yes, no, value)
}

const fn instruction(code: u32, jt: u8, jf: u8, k: u32) -> libc::sock_filter {
    libc::sock_filter {
        code: code as u16,
        jt,
        jf,
        k,
    }
}

const ALLOW: libc::sock_filter = answer(libc::SECCOMP_RET_ALLOW);

const fn stop(why: u16) -> libc::sock_filter {
    answer(libc::SECCOMP_RET_TRACE | why as u32)
}

/// The two instructions "if it is this, stop".
fn stop_at(number: u32, why: u16) -> [libc::sock_filter; 2] {
    [jump(libc::BPF_JEQ, number, 0, 1), stop(why)]
}

impl StopFilter {
    /// The one that a program starts with.
    #[must_use]
    pub fn first() -> Self {
        let mut code = vec![load(ARCH), jump(libc::BPF_JEQ, NATIVE, 0, 0), load(NUMBER)];
        for (from, to) in FOREIGN_SOCKETS {
            code.extend([
                jump(libc::BPF_JGE, from, 0, 2),
                jump(libc::BPF_JGT, to, 1, 0),
                stop(FOREIGN),
            ]);
        }
        code.push(ALLOW);
        code[1].jt = (code.len() - 2) as u8;
        code.push(load(NUMBER));
        if cfg!(target_arch = "x86_64") {
            code.extend([jump(libc::BPF_JGE, X32, 0, 1), stop(FOREIGN)]);
        }
        code.extend(stop_at(libc::SYS_io_uring_setup as u32, IO_URING));
        for (number, _) in ALWAYS {
            code.extend(stop_at(*number as u32, TOLD));
        }
        code.extend(stop_at(libc::SYS_restart_syscall as u32, TOLD));
        let by_command = [
            (
                libc::SYS_fcntl,
                [libc::F_DUPFD, libc::F_DUPFD_CLOEXEC, libc::F_SETFL].map(|word| word as u32),
            ),
            (
                libc::SYS_ioctl,
                [
                    libc::FIONBIO as u32,
                    libc::FIONREAD as u32,
                    libc::FIONREAD as u32,
                ],
            ),
        ];
        for (number, commands) in by_command {
            code.push(jump(libc::BPF_JEQ, number as u32, 0, 8));
            code.push(load(SECOND_ARGUMENT));
            for command in commands {
                code.extend(stop_at(command, TOLD));
            }
            code.push(ALLOW);
        }
        code.push(ALLOW);
        Self(code)
    }

    /// One that is added: reads and writes of this descriptor stop, with `and_above` also those of all that are higher.
    #[must_use]
    pub fn of_descriptor(fd: i32, and_above: bool) -> Self {
        let mut code = vec![load(ARCH), jump(libc::BPF_JEQ, NATIVE, 0, 7), load(NUMBER)];
        let count = BY_DESCRIPTOR.len() as u8;
        for (at, (number, _)) in (0u8..).zip(BY_DESCRIPTOR) {
            let last = at + 1 == count;
            // The last one that does not fit goes to `ALLOW`, over three instructions.
            let no = if last { 3 } else { 0 };
            code.push(jump(libc::BPF_JEQ, *number as u32, count - 1 - at, no));
        }
        let kind = if and_above {
            libc::BPF_JGE
        } else {
            libc::BPF_JEQ
        };
        code.extend([
            load(FIRST_ARGUMENT),
            jump(kind, fd.cast_unsigned(), 0, 1),
            stop(TOLD),
            ALLOW,
        ]);
        code[1].jf = (code.len() - 3) as u8;
        Self(code)
    }

    /// As `seccomp` wants it in another program's memory at this address: `struct sock_fprog`, the instructions behind it.
    #[must_use]
    pub fn described_at(&self, address: u64) -> Vec<u8> {
        let mut bytes = (self.0.len() as u16).to_ne_bytes().to_vec();
        bytes.resize(8, 0);
        bytes.extend((address + 16).to_ne_bytes());
        for one in &self.0 {
            bytes.extend(one.code.to_ne_bytes());
            bytes.extend([one.jt, one.jf]);
            bytes.extend(one.k.to_ne_bytes());
        }
        bytes
    }

    /// Gives up new privileges for good, and loads it for the calling thread. Allocates nothing.
    ///
    /// # Errors
    /// Of prctl and seccomp: `EINVAL` of a kernel without filters.
    pub(in crate::observe::sys) fn load(&self) -> nix::Result<()> {
        let program = libc::sock_fprog {
            len: self.0.len() as u16,
            filter: self.0.as_ptr().cast_mut(),
        };
        // SAFETY: numbers only.
        Errno::result(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) })?;
        // SAFETY: the kernel reads the description and the instructions, which live.
        Errno::result(unsafe {
            libc::syscall(
                libc::SYS_seccomp,
                libc::SECCOMP_SET_MODE_FILTER,
                0,
                &raw const program,
            )
        })
        .map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a filter answers: classic BPF as seccomp allows it, run.
    fn run(filter: &StopFilter, arch: u32, number: u32, args: [u64; 2]) -> u32 {
        let word = |offset: u32| match offset {
            NUMBER => number,
            ARCH => arch,
            FIRST_ARGUMENT => args[0] as u32,
            SECOND_ARGUMENT => args[1] as u32,
            other => panic!("nobody loads from {other}"),
        };
        let (mut at, mut value) = (0usize, 0u32);
        loop {
            let one = &filter.0[at];
            let code = u32::from(one.code);
            at += 1;
            let yes = match code {
                c if c == libc::BPF_LD | libc::BPF_W | libc::BPF_ABS => {
                    value = word(one.k);
                    continue;
                }
                c if c == libc::BPF_RET | libc::BPF_K => return one.k,
                c if c == libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K => value == one.k,
                c if c == libc::BPF_JMP | libc::BPF_JGE | libc::BPF_K => value >= one.k,
                c if c == libc::BPF_JMP | libc::BPF_JGT | libc::BPF_K => value > one.k,
                other => panic!("nobody writes {other:#x}"),
            };
            at += usize::from(if yes { one.jt } else { one.jf });
        }
    }

    const TRACE: u32 = libc::SECCOMP_RET_TRACE;
    const GO: u32 = libc::SECCOMP_RET_ALLOW;

    #[test]
    fn the_first_filter_stops_at_calls_about_sockets_alone() {
        let filter = StopFilter::first();
        let at = |number: libc::c_long, second| run(&filter, NATIVE, number as u32, [3, second]);
        for (number, name) in ALWAYS {
            assert_eq!(at(*number, 0), TRACE, "{name:?}");
        }
        for number in [libc::SYS_read, libc::SYS_openat, libc::SYS_getpid] {
            assert_eq!(at(number, 0), GO, "{number}");
        }
        assert_eq!(at(libc::SYS_fcntl, libc::F_SETFL as u64), TRACE);
        assert_eq!(at(libc::SYS_fcntl, libc::F_GETFL as u64), GO);
        assert_eq!(at(libc::SYS_ioctl, libc::FIONREAD as u64), TRACE);
        assert_eq!(at(libc::SYS_ioctl, 0x5401), GO);
        let told = TRACE | u32::from(IO_URING);
        assert_eq!(at(libc::SYS_io_uring_setup, 0), told);
    }

    #[test]
    fn calls_of_another_set_are_noticed_where_they_are_about_sockets() {
        let filter = StopFilter::first();
        let foreign = TRACE | u32::from(FOREIGN);
        for (from, to) in FOREIGN_SOCKETS {
            for number in [from, to] {
                assert_eq!(
                    run(&filter, 0x4000_0003, number, [0, 0]),
                    foreign,
                    "{number}"
                );
            }
        }
        for number in [1, 101, 103, 358, 374, 5000] {
            if cfg!(target_arch = "x86_64") {
                assert_eq!(run(&filter, 0x4000_0003, number, [0, 0]), GO, "{number}");
            }
        }
        if cfg!(target_arch = "x86_64") {
            assert_eq!(run(&filter, NATIVE, X32 | 1, [0, 0]), foreign);
        }
    }

    #[test]
    fn an_added_filter_stops_at_its_descriptor_alone() {
        let filter = StopFilter::of_descriptor(5, false);
        for (number, name) in BY_DESCRIPTOR {
            let at = |fd| run(&filter, NATIVE, *number as u32, [fd, 0]);
            assert_eq!((at(4), at(5), at(6)), (GO, TRACE, GO), "{name:?}");
            let above = StopFilter::of_descriptor(5, true);
            let at = |fd| run(&above, NATIVE, *number as u32, [fd, 0]);
            assert_eq!((at(4), at(5), at(600)), (GO, TRACE, TRACE), "{name:?}");
        }
        assert_eq!(run(&filter, NATIVE, libc::SYS_close as u32, [5, 0]), GO);
        let foreign = BY_DESCRIPTOR[0].0 as u32;
        assert_eq!(run(&filter, 0x4000_0003, foreign, [5, 0]), GO);
        let described = filter.described_at(0x1000);
        assert_eq!(described.len(), 16 + 8 * filter.0.len());
        assert!(described.len() < super::super::numbers::PAGE);
    }
}
