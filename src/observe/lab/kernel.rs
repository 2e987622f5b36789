//! The kernel's word: what a host's kernel says about its TCP connections, by NETLINK_SOCK_DIAG
//! (sock_diag(7), include/uapi/linux/inet_diag.h).
//!
//! A question by exact tuple costs about 4 µs and is asked at every step of a connection; a dump looks
//! at all sockets and is for the beginning and the end. The socket is opened in the host's namespace and
//! stays there, whichever thread asks: [`asker`].

mod asker;
mod drops;

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;
use std::time::Duration;

use netlink_packet_core::{
    Emitable, NLM_F_ACK, NLM_F_DUMP, NLM_F_MULTIPART, NLM_F_REQUEST, NLMSG_ALIGNTO, NLMSG_DONE,
    NLMSG_ERROR, NetlinkBuffer, NetlinkHeader, Parseable,
};
use netlink_packet_sock_diag::constants::{
    AF_INET, AF_INET6, IPPROTO_TCP, IPPROTO_UDP, SOCK_DESTROY, SOCK_DIAG_BY_FAMILY,
};
use netlink_packet_sock_diag::inet::nlas::Nla;
use netlink_packet_sock_diag::inet::{
    ExtensionFlags, InetRequest, InetResponse, SocketId, StateFlags,
};
use netlink_sys::protocols::NETLINK_SOCK_DIAG;
use netlink_sys::{Socket, SocketAddr};
use nix::errno::Errno;

use crate::model::number::count32;
use crate::model::{Endpoint, Span, TcpInfo, TcpState};
use crate::observe::source::now;

pub use asker::Asker;
use drops::Drops;

/// Bytes of `struct nlmsghdr` and of `struct inet_diag_req_v2`.
const HEADER: usize = 16;
const REQUEST: usize = 56;
/// `INET_DIAG_NOCOOKIE`: whatever socket has this tuple.
const NO_COOKIE: [u8; 8] = [0xff; 8];
/// How often a kernel that seems to have forgotten a connection is asked once more, and after how long.
const ASKED_AGAIN: usize = 3;
const BETWEEN_SOCKETS: Duration = Duration::from_micros(20);
/// Every state but none: bits 1 to 12 of include/net/tcp_states.h.
const ALL_STATES: u32 = 0x1ffe;

/// What the kernel said about one socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketStatus {
    /// The socket's own endpoint.
    pub local: Endpoint,
    /// The other end; none for a listener.
    pub remote: Option<Endpoint>,
    /// The connection's state at the moment of the answer.
    pub state: TcpState,
    /// Its TCP_INFO; none for a listener, a half-open request and TIME-WAIT, which have none.
    pub info: Option<TcpInfo>,
    /// Bytes in its receive queue (for a listener: connections that wait for accept).
    pub receive_queue: u32,
    /// Bytes in its send queue (for a listener: the backlog).
    pub send_queue: u32,
    /// Packets that it has dropped (SK_MEMINFO).
    pub drops: u32,
    id: SocketKey,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct SocketKey {
    family: u8,
    socket: SocketId,
}

/// One host's kernel, to be asked about its connections.
#[derive(Debug)]
pub struct Kernel {
    socket: Socket,
    sequence: u32,
    buffer: Vec<u8>,
    /// Connections that the kernel told of: when it knows one no more, it is CLOSED.
    known: BTreeSet<(Endpoint, Endpoint)>,
    /// Listeners that were told of.
    listeners: BTreeSet<Endpoint>,
    drops: Drops,
}

impl Kernel {
    /// Opens the question line in the calling thread's namespace.
    ///
    /// # Errors
    /// Of socket and connect: a kernel without sock_diag says `EPROTONOSUPPORT`.
    pub fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_SOCK_DIAG)?;
        socket.bind_auto()?;
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self {
            socket,
            sequence: 0,
            buffer: vec![0; 64 << 10],
            known: BTreeSet::new(),
            listeners: BTreeSet::new(),
            drops: Drops::open(now()),
        })
    }

    /// Asks about one connection. None: the kernel does not know it.
    ///
    /// # Errors
    /// What the kernel answers beside "not found".
    pub fn ask(&mut self, local: Endpoint, remote: Endpoint) -> io::Result<Option<SocketStatus>> {
        let found = self.find(local, remote)?;
        // The kernel's look-up falls back to a listener on the local port.
        Ok(found.filter(|answer| answer.remote == Some(remote)))
    }

    /// Asks about a connection that the kernel told of before. None, when it has forgotten it for good.
    ///
    /// On its way from FIN-WAIT-2 to TIME-WAIT a connection was once answered for as if it were gone. What fits that is
    /// that the kernel puts a TIME-WAIT socket in the place of the connection's own while we look it up.
    /// So one answer of that kind is not believed alone.
    fn ask_known(&mut self, local: Endpoint, remote: Endpoint) -> io::Result<Option<SocketStatus>> {
        let mut answer = self.ask(local, remote)?;
        for _ in 0..ASKED_AGAIN {
            if matches!(&answer, Some(answer) if answer.state != TcpState::Closed) {
                break;
            }
            std::thread::sleep(BETWEEN_SOCKETS);
            answer = self.ask(local, remote)?;
        }
        Ok(answer)
    }

    /// Asks about the listener on `local`. None: there is none.
    ///
    /// # Errors
    /// What the kernel answers beside "not found".
    pub fn ask_listener(&mut self, local: Endpoint) -> io::Result<Option<SocketStatus>> {
        let any = Endpoint::new(
            match local.addr {
                IpAddr::V4(_) => IpAddr::from([0u8; 4]),
                IpAddr::V6(_) => IpAddr::from([0u8; 16]),
            },
            0,
        );
        let found = self.find(local, any)?;
        Ok(found.filter(|answer| answer.state == TcpState::Listen))
    }

    /// Looks at all TCP sockets of the host, IPv4's first.
    ///
    /// # Errors
    /// What the kernel answers.
    pub fn look(&mut self) -> io::Result<Vec<SocketStatus>> {
        self.dump(IPPROTO_TCP)
    }

    /// Looks at all UDP sockets of the host.
    ///
    /// # Errors
    /// `ENOENT` of a kernel without udp_diag.
    fn look_at_udp(&mut self) -> io::Result<Vec<SocketStatus>> {
        self.dump(IPPROTO_UDP)
    }

    fn dump(&mut self, protocol: u8) -> io::Result<Vec<SocketStatus>> {
        let mut answers = Vec::new();
        for family in [AF_INET, AF_INET6] {
            let any = if family == AF_INET {
                SocketId::new_v4()
            } else {
                SocketId::new_v6()
            };
            self.send(SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, (family, protocol), any)?;
            self.receive(|answer| answers.push(answer))?;
        }
        Ok(answers)
    }

    /// Destroys every TCP socket of the host that was not destroyed yet (SOCK_DESTROY); how many there were.
    ///
    /// # Errors
    /// `EOPNOTSUPP` where the kernel was built without INET_DIAG_DESTROY.
    pub fn destroy_all(&mut self) -> io::Result<usize> {
        let answers = self.look()?;
        for SocketStatus { id, .. } in &answers {
            self.send(
                SOCK_DESTROY,
                NLM_F_ACK,
                (id.family, IPPROTO_TCP),
                id.socket.clone(),
            )?;
            match self.receive(|_| ()) {
                // It went by itself in between.
                Err(error) if error.raw_os_error() == Some(Errno::ENOENT as i32) => {}
                other => other?,
            }
        }
        Ok(answers.len())
    }

    /// Whether this kernel can destroy sockets: asked with a tuple that nobody has.
    #[must_use]
    pub fn can_destroy(&mut self) -> bool {
        let mut id = SocketId::new_v4();
        id.cookie = NO_COOKIE;
        id.source_address = IpAddr::from([127, 255, 255, 254]);
        id.source_port = 1;
        id.destination_address = id.source_address;
        id.destination_port = 1;
        self.send(SOCK_DESTROY, NLM_F_ACK, (AF_INET, IPPROTO_TCP), id)
            .is_ok()
            && self
                .receive(|_| ())
                .is_err_and(|error| error.raw_os_error() == Some(Errno::ENOENT as i32))
    }

    fn find(&mut self, local: Endpoint, remote: Endpoint) -> io::Result<Option<SocketStatus>> {
        let family = if local.addr.is_ipv4() {
            AF_INET
        } else {
            AF_INET6
        };
        let id = SocketId {
            source_port: local.port,
            destination_port: remote.port,
            source_address: local.addr,
            destination_address: remote.addr,
            interface_id: 0,
            cookie: NO_COOKIE,
        };
        self.send(SOCK_DIAG_BY_FAMILY, 0, (family, IPPROTO_TCP), id)?;
        let mut found = None;
        match self.receive(|answer| found = Some(answer)) {
            Err(error) if error.raw_os_error() == Some(Errno::ENOENT as i32) => Ok(None),
            Err(error) => Err(error),
            Ok(()) => Ok(found),
        }
    }

    fn send(
        &mut self,
        kind: u16,
        flags: u16,
        (family, protocol): (u8, u8),
        socket: SocketId,
    ) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let request = InetRequest {
            family,
            protocol,
            extensions: ExtensionFlags::INFO | ExtensionFlags::SKMEMINFO,
            states: StateFlags::from_bits_retain(ALL_STATES),
            socket_id: socket,
        };
        let mut message = [0u8; HEADER + REQUEST];
        let mut header = NetlinkHeader::default();
        header.length = count32(message.len());
        header.message_type = kind;
        header.flags = NLM_F_REQUEST | flags;
        header.sequence_number = self.sequence;
        header.emit(&mut message[..HEADER]);
        request.emit(&mut message[HEADER..]);
        self.socket.send(&message, 0)?;
        Ok(())
    }

    /// Reads what belongs to the last question: one answer, an error or acknowledgement, or a dump to its end.
    fn receive(&mut self, mut take: impl FnMut(SocketStatus)) -> io::Result<()> {
        let mut dump = false;
        loop {
            let length = self.socket.recv(&mut &mut self.buffer[..], 0)?;
            let mut rest = &self.buffer[..length.min(self.buffer.len())];
            let mut done = false;
            while let Ok(message) = NetlinkBuffer::new_checked(rest) {
                let size = message.length().next_multiple_of(NLMSG_ALIGNTO.into()) as usize;
                if message.sequence_number() == self.sequence {
                    match message.message_type() {
                        NLMSG_ERROR => return acknowledged(message.payload()),
                        NLMSG_DONE => done = true,
                        SOCK_DIAG_BY_FAMILY => {
                            dump |= message.flags() & NLM_F_MULTIPART != 0;
                            done |= !dump;
                            if let Some(answer) = read(message.payload()) {
                                take(answer);
                            }
                        }
                        _ => {}
                    }
                }
                rest = rest.get(size..).unwrap_or_default();
            }
            if done {
                return Ok(());
            }
        }
    }
}

/// An NLMSG_ERROR's payload: a negative errno, or 0.
fn acknowledged(payload: &[u8]) -> io::Result<()> {
    let code = payload
        .first_chunk::<4>()
        .map_or(-(Errno::EBADMSG as i32), |bytes| i32::from_ne_bytes(*bytes));
    if code == 0 {
        Ok(())
    } else {
        Err(io::Error::from_raw_os_error(-code))
    }
}

fn read(payload: &[u8]) -> Option<SocketStatus> {
    let response = InetResponse::parse(payload).ok()?;
    let header = response.header;
    let state = state(header.state)?;
    let end = |addr: IpAddr, port| Endpoint::new(addr.to_canonical(), port);
    let id = &header.socket_id;
    let has_info = !matches!(state, TcpState::Listen | TcpState::TimeWait);
    Some(SocketStatus {
        local: end(id.source_address, id.source_port),
        remote: (state != TcpState::Listen)
            .then(|| end(id.destination_address, id.destination_port)),
        state,
        info: response.nlas.iter().find_map(|nla| match nla {
            Nla::TcpInfo(bytes) if has_info => tcp_info(bytes),
            _ => None,
        }),
        receive_queue: header.recv_queue,
        send_queue: header.send_queue,
        drops: response
            .nlas
            .iter()
            .find_map(|nla| match nla {
                Nla::MemInfo(memory) => Some(memory.drops),
                _ => None,
            })
            .unwrap_or(0),
        id: SocketKey {
            family: header.family,
            socket: header.socket_id,
        },
    })
}

/// A state by its number in include/net/tcp_states.h; 12 is a request that has been answered with SYN+ACK.
const fn state(number: u8) -> Option<TcpState> {
    Some(match number {
        1 => TcpState::Established,
        2 => TcpState::SynSent,
        3 | 12 => TcpState::SynReceived,
        4 => TcpState::FinWait1,
        5 => TcpState::FinWait2,
        6 => TcpState::TimeWait,
        7 => TcpState::Closed,
        8 => TcpState::CloseWait,
        9 => TcpState::LastAck,
        10 => TcpState::Listen,
        11 => TcpState::Closing,
        _ => return None,
    })
}

/// Reads `struct tcp_info` (include/uapi/linux/tcp.h). It grew over the years: what an older kernel's lacks is 0.
fn tcp_info(bytes: &[u8]) -> Option<TcpInfo> {
    // All kernels that can run this have the fields up to total_retrans (offset 100).
    if bytes.len() < 104 {
        return None;
    }
    let word = |at: usize| {
        bytes
            .get(at..at + 4)
            .and_then(|part| part.try_into().ok())
            .map_or(0, u32::from_ne_bytes)
    };
    let us = |at| Span::from_us(i64::from(word(at)));
    let pacing = u64::from_ne_bytes(
        bytes
            .get(104..112)
            .and_then(|part| part.try_into().ok())
            .unwrap_or([0xff; 8]),
    );
    Some(TcpInfo {
        ca_state: bytes[1],
        probes: bytes[3],
        backoff: bytes[4],
        rto: us(8),
        snd_mss: word(16),
        unacked: word(24),
        sacked: word(28),
        lost: word(32),
        retrans: word(36),
        srtt: us(68),
        rttvar: us(72),
        ssthresh: word(76),
        cwnd: word(80),
        total_retrans: word(100),
        pacing_rate: pacing,
        notsent: word(144),
        snd_wnd: word(228),
    })
}
