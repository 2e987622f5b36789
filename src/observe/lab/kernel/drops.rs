//! What sockets dropped, and why: a socket's own count is asked cheaply with its state; only where it went up are the
//! counters of its network namespace read (three files of /proc/net, some 200 µs).

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use super::SocketStatus;
use crate::model::{DropReason, Endpoint, HostDrop, HostId, Time, Trigger};

/// More sockets than this are not remembered: who makes so many is not told of each.
const MOST_SOCKETS: usize = 4_096;
/// The longest of the files has some 5 KiB.
const LONGEST: usize = 32 << 10;

/// Which counters stand for which reason: the file's line, the counter.
const COUNTERS: [(DropReason, &str, &str); 12] = [
    (DropReason::AcceptQueueFull, "TcpExt:", "ListenOverflows"),
    (DropReason::SynQueueFull, "TcpExt:", "TCPReqQFullDrop"),
    (DropReason::ReceiveBufferFull, "Udp:", "RcvbufErrors"),
    (DropReason::ReceiveBufferFull, "Udp6RcvbufErrors", ""),
    (DropReason::ReceiveBufferFull, "TcpExt:", "TCPRcvQDrop"),
    (DropReason::ReceiveBufferFull, "TcpExt:", "RcvPruned"),
    (DropReason::Checksum, "Tcp:", "InCsumErrors"),
    (DropReason::Checksum, "Udp:", "InCsumErrors"),
    (DropReason::Checksum, "Udp6InCsumErrors", ""),
    (DropReason::Paws, "TcpExt:", "PAWSEstab"),
    (DropReason::Paws, "TcpExt:", "PAWSActive"),
    (DropReason::Paws, "TcpExt:", "PAWSTimewait"),
];

/// What was seen of a host's sockets and counters.
#[derive(Debug)]
pub(super) struct Drops {
    /// Files of the host's network namespace, opened in it: whoever reads them reads that namespace's.
    files: Vec<File>,
    counters: [u64; COUNTERS.len()],
    sockets: BTreeMap<(u8, Endpoint, Option<Endpoint>), SocketDrops>,
    began: Time,
}

/// The last look at a socket.
#[derive(Clone, Copy, Debug)]
struct SocketDrops {
    drops: u32,
    at: Time,
    unasked: u64,
}

/// When and why it is looked.
#[derive(Clone, Copy, Debug)]
pub(super) struct DropLook {
    pub host: HostId,
    pub at: Time,
    pub trigger: Trigger,
    /// How many frames have been delivered to the host so far without a look after each.
    pub unasked: u64,
}

impl Drops {
    /// Opens the counters of the calling thread's namespace.
    pub fn open(now: Time) -> Self {
        let names = ["netstat", "snmp", "snmp6"];
        let files = names.map(|name| File::open(format!("/proc/thread-self/net/{name}")).ok());
        let mut drops = Self {
            files: files.into_iter().flatten().collect(),
            counters: [0; COUNTERS.len()],
            sockets: BTreeMap::new(),
            began: now,
        };
        drops.counters = drops.read();
        drops
    }

    /// Takes what was asked about a socket of this protocol; what it dropped since the look before.
    pub fn seen(&mut self, protocol: u8, socket: &SocketStatus, look: DropLook) -> Vec<HostDrop> {
        let key = (protocol, socket.local, socket.remote);
        if self.sockets.len() >= MOST_SOCKETS && !self.sockets.contains_key(&key) {
            return Vec::new();
        }
        let now = SocketDrops {
            drops: socket.drops,
            at: look.at,
            unasked: look.unasked,
        };
        let before = self.sockets.insert(key, now).unwrap_or(SocketDrops {
            drops: 0,
            at: self.began,
            unasked: 0,
        });
        let count = now.drops.wrapping_sub(before.drops);
        // A socket that has the place of another began anew.
        if count == 0 || now.drops < before.drops {
            return Vec::new();
        }
        let counters = self.read();
        let old = std::mem::replace(&mut self.counters, counters);
        let mut why: BTreeMap<DropReason, u64> = BTreeMap::new();
        for ((reason, ..), (now, old)) in COUNTERS.iter().zip(counters.iter().zip(&old)) {
            *why.entry(*reason).or_default() += now.saturating_sub(*old);
        }
        // The one that we look after, and those that nobody looked after: of the others it is known that it was not they.
        let among = now.unasked.saturating_sub(before.unasked) + 1;
        why.retain(|_, risen| *risen > 0);
        why.into_iter()
            .map(|(reason, risen)| HostDrop {
                at: look.at,
                since: before.at,
                host: look.host,
                socket: socket.local,
                reason,
                count: u32::try_from(risen).unwrap_or(count).min(count),
                among: u32::try_from(among).unwrap_or(u32::MAX),
                queue: socket
                    .remote
                    .is_none()
                    .then_some((socket.receive_queue, socket.send_queue))
                    .filter(|_| reason == DropReason::AcceptQueueFull),
                trigger: look.trigger,
            })
            .collect()
    }

    fn read(&self) -> [u64; COUNTERS.len()] {
        let mut text = String::new();
        for file in &self.files {
            text.push_str(&contents(file).unwrap_or_default());
            text.push('\n');
        }
        counters(&text)
    }
}

/// All of a file, from its beginning.
fn contents(file: &File) -> io::Result<String> {
    let mut bytes = vec![0; LONGEST];
    let mut end = 0;
    while end < bytes.len() {
        match file.read_at(&mut bytes[end..], end as u64)? {
            0 => break,
            read => end += read,
        }
    }
    Ok(String::from_utf8_lossy(&bytes[..end]).into_owned())
}

/// The values of [`COUNTERS`] in these texts: lines of names with a line of values below each (netstat, snmp), and lines
/// of a name and a value (snmp6). A counter that this kernel does not have is 0.
fn counters(text: &str) -> [u64; COUNTERS.len()] {
    let lines: Vec<&str> = text.lines().collect();
    COUNTERS.map(|(_, line, name)| {
        let value = if name.is_empty() {
            let found = lines.iter().find_map(|text| text.strip_prefix(line));
            found.map(str::trim).and_then(|value| value.parse().ok())
        } else {
            lines.windows(2).find_map(|pair| {
                let names = pair[0].strip_prefix(line)?;
                let values = pair[1].strip_prefix(line)?;
                let at = names.split_whitespace().position(|known| known == name)?;
                values.split_whitespace().nth(at)?.parse().ok()
            })
        };
        value.unwrap_or(0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_are_found_by_their_names_wherever_they_stand() {
        let text = "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 1 7 9\nIpExt: InNoRoutes\nIpExt: 3\n\
             Udp: InDatagrams RcvbufErrors\nUdp: 5 2\nUdpLite: InDatagrams RcvbufErrors\nUdpLite: 8 8\n\
             Udp6RcvbufErrors                \t4\n";
        let found = counters(text);
        let of = |line, name| {
            let at = COUNTERS
                .iter()
                .position(|(_, l, n)| (*l, *n) == (line, name));
            found[at.expect("one of them")]
        };
        assert_eq!(of("TcpExt:", "ListenOverflows"), 7);
        assert_eq!(of("Udp:", "RcvbufErrors"), 2);
        assert_eq!(of("Udp6RcvbufErrors", ""), 4);
        assert_eq!(of("TcpExt:", "PAWSEstab"), 0);
    }
}
