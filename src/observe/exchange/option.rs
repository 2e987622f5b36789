//! `set` and `get` and `nonblocking`: how a socket behaves. Values as scripts write them, and as the kernel
//! takes them.

use std::net::IpAddr;
use std::os::fd::AsFd;

use nix::errno::Errno;

use super::arguments::word;
use super::coordinator::HostTable;
use super::interpreter::{Interpreter, StopReason};
use super::sockets::OpenSocket;
use crate::model::{Arg, CallName};
use crate::observe::lab::has_congestion_control;
use crate::observe::sys;
use crate::script::option::{OptionKind, option_kind};
use crate::script::parse::time;

impl Interpreter {
    pub(super) fn set(
        &self,
        label: &str,
        option: &str,
        values: &[String],
    ) -> Result<(), StopReason> {
        let open = self.open(label)?;
        self.set_on(&open, option, values)
    }

    pub(super) fn set_on(
        &self,
        open: &OpenSocket,
        name: &str,
        values: &[String],
    ) -> Result<(), StopReason> {
        let (Some(option), Some((bytes, shown))) = (
            sys::option::by_name(name),
            value(name, values, &self.host().host_table),
        ) else {
            return Err(StopReason::errno("EINVAL"));
        };
        self.call_on(
            open,
            CallName::Setsockopt,
            vec![word(option.level_name), word(name), shown],
            || {
                // What the kernel says to everybody but root, for whom it would load a module of that name.
                if name == "TCP_CONGESTION" && !has_congestion_control(&bytes) {
                    return Err(Errno::ENOENT.into());
                }
                option.set(open.socket.as_fd(), &bytes)
            },
            |()| (0, Vec::new()),
        )
    }

    pub(super) fn get(&self, label: &str, name: &str) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let option = sys::option::by_name(name).ok_or_else(|| StopReason::errno("EINVAL"))?;
        self.call_on(
            &open,
            CallName::Getsockopt,
            vec![word(option.level_name), word(name)],
            || option.get(open.socket.as_fd()),
            |bytes| (0, vec![shown(name, bytes)]),
        )
        .map(drop)
    }

    pub(super) fn nonblocking(&self, label: &str, on: bool) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let flags = if on { word("O_NONBLOCK") } else { Arg::Int(0) };
        self.call_on(
            &open,
            CallName::Fcntl,
            vec![word("F_SETFL"), flags],
            || open.socket.set_nonblocking(on),
            |()| (0, Vec::new()),
        )
    }
}

/// Flags of poll() as C spells them.
/// A value for setsockopt: its bytes, and how the fact shows it.
pub(super) fn value(
    option: &str,
    values: &[String],
    host_table: &HostTable,
) -> Option<(Vec<u8>, Arg)> {
    let first = values.first()?.as_str();
    Some(match option_kind(option)? {
        OptionKind::Flag => int(i32::from(first == "on" || first == "1")),
        OptionKind::Number => int(first.parse().ok()?),
        OptionKind::Timeout => {
            let ns = time(first)?.ns();
            let (seconds, micros) = (ns / 1_000_000_000, ns % 1_000_000_000 / 1_000);
            // struct timeval: two words of the machine's size.
            let mut bytes = isize::try_from(seconds).ok()?.to_ne_bytes().to_vec();
            bytes.extend(isize::try_from(micros).ok()?.to_ne_bytes());
            (bytes, Arg::Word(format!("{{{seconds}, {micros}}}").into()))
        }
        OptionKind::Linger => {
            let on = i32::from(first == "on");
            let seconds: i32 = values.get(1).map_or(Some(0), |value| value.parse().ok())?;
            let mut bytes = on.to_ne_bytes().to_vec();
            bytes.extend(seconds.to_ne_bytes());
            (bytes, Arg::Word(format!("{{{on}, {seconds}}}").into()))
        }
        OptionKind::Name => (first.as_bytes().to_vec(), Arg::Word(first.into())),
        OptionKind::Group => {
            let group = host_table.resolve(first)?;
            // struct ip_mreq and ipv6_mreq: the group, and any interface.
            let mut bytes = match group {
                IpAddr::V4(group) => group.octets().to_vec(),
                IpAddr::V6(group) => group.octets().to_vec(),
            };
            bytes.extend([0; 4]);
            (bytes, Arg::Word(group.to_string().into()))
        }
        OptionKind::Memory => return None,
    })
}

/// What getsockopt gave, as the fact shows it.
pub(super) fn shown(option: &str, bytes: &[u8]) -> Arg {
    let words = || {
        bytes
            .chunks_exact(4)
            .map(|word| i32::from_ne_bytes([word[0], word[1], word[2], word[3]]))
    };
    match option_kind(option) {
        Some(OptionKind::Name) => {
            let end = bytes
                .iter()
                .position(|byte| *byte == 0)
                .unwrap_or(bytes.len());
            Arg::Word(String::from_utf8_lossy(&bytes[..end]).into_owned().into())
        }
        Some(OptionKind::Linger) => {
            let parts: Vec<String> = words().map(|word| word.to_string()).collect();
            Arg::Word(format!("{{{}}}", parts.join(", ")).into())
        }
        Some(OptionKind::Memory) => {
            // SK_MEMINFO_DROPS, _RCVBUF and _RMEM_ALLOC (include/uapi/linux/sock_diag.h).
            let parts: Vec<String> = [(8, "drops"), (1, "rcvbuf"), (0, "rmem_alloc")]
                .into_iter()
                .filter_map(|(at, name)| {
                    Some(format!("{name}={}", words().nth(at)?.cast_unsigned()))
                })
                .collect();
            Arg::Word(format!("{{{}}}", parts.join(", ")).into())
        }
        Some(OptionKind::Timeout) => {
            let parts: Vec<String> = bytes
                .chunks_exact(size_of::<isize>())
                .filter_map(|part| part.try_into().ok().map(isize::from_ne_bytes))
                .map(|part| part.to_string())
                .collect();
            Arg::Word(format!("{{{}}}", parts.join(", ")).into())
        }
        _ => match words().next().unwrap_or(0) {
            errno if option == "SO_ERROR" && errno != 0 => {
                Arg::Word(format!("{:?}", Errno::from_raw(errno)).into())
            }
            value => Arg::Int(i64::from(value)),
        },
    }
}

fn int(value: i32) -> (Vec<u8>, Arg) {
    (value.to_ne_bytes().to_vec(), Arg::Int(i64::from(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_what_the_kernel_takes() {
        let host_table = HostTable {
            hosts: Vec::new(),
            port: None,
        };
        let of = |option: &str, values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            value(option, &values, &host_table)
        };
        assert_eq!(of("TCP_NODELAY", &["on"]), Some(int(1)));
        assert_eq!(of("SO_RCVBUF", &["4096"]), Some(int(4096)));
        let (bytes, shown) = of("SO_LINGER", &["on", "0"]).expect("a value");
        assert_eq!(bytes, [1i32.to_ne_bytes(), 0i32.to_ne_bytes()].concat());
        assert_eq!(shown, Arg::Word("{1, 0}".into()));
        let (bytes, shown) = of("SO_RCVTIMEO", &["1.5s"]).expect("a value");
        assert_eq!((bytes.len(), shown), (16, Arg::Word("{1, 500000}".into())));
        assert_eq!(of("NO_SUCH", &["1"]), None);
    }

    #[test]
    fn what_getsockopt_gave_is_shown() {
        assert_eq!(shown("TCP_MAXSEG", &1448i32.to_ne_bytes()), Arg::Int(1448));
        assert_eq!(
            shown("SO_ERROR", &111i32.to_ne_bytes()),
            Arg::Word("ECONNREFUSED".into())
        );
        assert_eq!(
            shown("TCP_CONGESTION", b"reno\0\0\0"),
            Arg::Word("reno".into())
        );
        let memory: Vec<u8> = [1i32, 8192, 0, 0, 0, 0, 0, 0, 97]
            .into_iter()
            .flat_map(i32::to_ne_bytes)
            .collect();
        assert_eq!(
            shown("SO_MEMINFO", &memory),
            Arg::Word("{drops=97, rcvbuf=8192, rmem_alloc=1}".into())
        );
    }
}
