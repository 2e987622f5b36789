//! The steps that make, open and close sockets.

use std::net::SocketAddr;
use std::sync::Arc;

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use super::arguments::{endpoint, word};
use super::interpreter::{Interpreter, StopReason};
use super::record::CallSocket;
use super::sockets::OpenSocket;
use crate::model::{Arg, CallName};
use crate::observe::sys::packet_socket;
use crate::script::{SocketKind, Target};

/// ETH_P_ALL (linux/if_ether.h) in network byte order, as packet(7) asks for it.
const EVERY_PROTOCOL: u16 = packet_socket::ALL.to_be();

impl Interpreter {
    /// A socket of that name, made now when there is none.
    pub(super) fn open_or_make(
        &self,
        label: &str,
        kind: SocketKind,
    ) -> Result<Arc<OpenSocket>, StopReason> {
        match self.host().sockets.get(label) {
            // The default name may stand for the listener, which is none to connect with.
            Some(open) if !(label.is_empty() && open.listens()) => Ok(open),
            _ => self.socket(label, kind),
        }
    }

    pub(super) fn socket(
        &self,
        label: &str,
        kind: SocketKind,
    ) -> Result<Arc<OpenSocket>, StopReason> {
        let made_of = made_of(kind, self.my_addr().is_ipv4());
        let number = self.host().sockets.next_number();
        let (socket, _) = self.call(
            &CallSocket::nothing(label),
            CallName::Socket,
            made_of.names.to_vec(),
            || Socket::new(made_of.domain, made_of.kind, made_of.protocol),
            |_| (i64::from(number), Vec::new()),
        )?;
        Ok(self.host().sockets.add(number, label, kind, socket))
    }

    pub(super) fn bind(&self, label: &str, target: &Target) -> Result<(), StopReason> {
        let open = self.open_or_make(label, SocketKind::Tcp)?;
        let addr = match &target.host {
            None => self.my_addr(),
            Some(host) => self.resolve(host)?,
        };
        self.bind_to(&open, SocketAddr::new(addr, target.port))
    }

    pub(super) fn bind_to(&self, open: &OpenSocket, addr: SocketAddr) -> Result<(), StopReason> {
        self.call_on(
            open,
            CallName::Bind,
            endpoint(Some(addr)),
            || open.socket.bind(&addr.into()),
            |()| (0, Vec::new()),
        )
    }

    pub(super) fn listen(
        &self,
        label: &str,
        port: Option<u16>,
        backlog: i32,
    ) -> Result<(), StopReason> {
        let open = match port {
            Some(port) => {
                let open = self.open_or_make(label, SocketKind::Tcp)?;
                self.set_on(&open, "SO_REUSEADDR", &["on".to_owned()])?;
                self.bind_to(&open, SocketAddr::new(self.my_addr(), port))?;
                open
            }
            // Bound before; or, as in the article's loop, listening already.
            None => match self.host().sockets.get(label) {
                Some(open) if open.listens() || open.peer().is_none() => open,
                _ => self
                    .host()
                    .sockets
                    .listener(label)
                    .ok_or_else(|| StopReason::errno("EBADF"))?,
            },
        };
        // The kernel is asked about it as a listener from here on, in the very answer to this call.
        self.host().sockets.listens(&open);
        self.call_on(
            &open,
            CallName::Listen,
            vec![Arg::Int(i64::from(backlog))],
            || open.socket.listen(backlog),
            |()| (0, Vec::new()),
        )
    }

    pub(super) fn accept(&self, label: &str) -> Result<(), StopReason> {
        let listener = self
            .host()
            .sockets
            .listener(label)
            .ok_or_else(|| StopReason::errno("EBADF"))?;
        let mut number = 0;
        let ((socket, _), id) = self.call(
            &CallSocket::open(&listener),
            CallName::Accept,
            Vec::new(),
            || listener.socket.accept(),
            |(_, from): &(Socket, SockAddr)| {
                number = self.host().sockets.next_number();
                (i64::from(number), endpoint(from.as_socket()))
            },
        )?;
        let open = self
            .host()
            .sockets
            .add(number, label, SocketKind::Tcp, socket);
        self.ask(&open, id);
        Ok(())
    }

    pub(super) fn connect(&self, label: &str, target: Option<&Target>) -> Result<(), StopReason> {
        let addr = self.whom(target)?;
        let open = self.open_or_make(label, SocketKind::Tcp)?;
        self.call_on(
            &open,
            CallName::Connect,
            endpoint(Some(addr)),
            || open.socket.connect(&addr.into()),
            |()| (0, Vec::new()),
        )
    }

    pub(super) fn shutdown(&self, label: &str, how: std::net::Shutdown) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let name = match how {
            std::net::Shutdown::Read => "SHUT_RD",
            std::net::Shutdown::Write => "SHUT_WR",
            std::net::Shutdown::Both => "SHUT_RDWR",
        };
        self.call_on(
            &open,
            CallName::Shutdown,
            vec![word(name)],
            || open.socket.shutdown(how),
            |()| (0, Vec::new()),
        )
    }

    pub(super) fn close(&self, label: &str) -> Result<(), StopReason> {
        let open = self.open(label)?;
        let (local, peer) = (open.local(), open.peer());
        let about = CallSocket::open(&open);
        let tcp = open.kind == SocketKind::Tcp && !open.listens();
        let sockets = &self.host().sockets;
        let ((), id) = self.call(
            &about,
            CallName::Close,
            Vec::new(),
            move || {
                sockets.remove(open.number);
                // Ours was the last hold on it: this is close().
                drop(open);
                Ok(())
            },
            |()| (0, Vec::new()),
        )?;
        if tcp {
            self.ask_about(local, peer, false, id);
        }
        Ok(())
    }
}

/// What socket() is given, and how that is written.
struct MadeOf {
    domain: Domain,
    kind: Type,
    protocol: Option<Protocol>,
    names: [Arg; 3],
}

fn made_of(sock: SocketKind, v4: bool) -> MadeOf {
    let (domain, family) = match (sock, v4) {
        (SocketKind::Packet, _) => (Domain::PACKET, "AF_PACKET"),
        (_, true) => (Domain::IPV4, "AF_INET"),
        (_, false) => (Domain::IPV6, "AF_INET6"),
    };
    let (kind, type_name) = match sock {
        SocketKind::Tcp => (Type::STREAM, "SOCK_STREAM"),
        SocketKind::Udp => (Type::DGRAM, "SOCK_DGRAM"),
        SocketKind::Icmp | SocketKind::RawTcp | SocketKind::Packet => (Type::RAW, "SOCK_RAW"),
    };
    let (protocol, protocol_name) = match (sock, v4) {
        (SocketKind::Tcp | SocketKind::Udp, _) => (None, Arg::Int(0)),
        (SocketKind::Icmp, true) => (Some(Protocol::ICMPV4), word("IPPROTO_ICMP")),
        (SocketKind::Icmp, false) => (Some(Protocol::ICMPV6), word("IPPROTO_ICMPV6")),
        (SocketKind::RawTcp, _) => (Some(Protocol::TCP), word("IPPROTO_TCP")),
        (SocketKind::Packet, _) => (
            Some(i32::from(EVERY_PROTOCOL).into()),
            word("htons(ETH_P_ALL)"),
        ),
    };
    MadeOf {
        domain,
        kind,
        protocol,
        names: [word(family), word(type_name), protocol_name],
    }
}
