//! Interfaces, addresses and neighbours by rtnetlink(7): requests are gathered and handed to the kernel in
//! one piece, which carries them out one after the other before the call returns.

use std::io;

use netlink_packet_core::{
    NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, NLMSG_ALIGNTO, NLMSG_ERROR, NetlinkBuffer,
    NetlinkHeader, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};

use super::error::LabError;
use crate::model::number::count32;

/// A line to the rtnetlink of one namespace: that of the thread that opened it.
#[derive(Debug)]
pub(super) struct Route {
    socket: Socket,
    requests: Vec<u8>,
    /// What each request does, and to what.
    said: Vec<(&'static str, String)>,
    sequence: u32,
}

impl Route {
    pub(super) fn open() -> Result<Self, LabError> {
        let open = || -> io::Result<Socket> {
            let mut socket = Socket::new(NETLINK_ROUTE)?;
            socket.bind_auto()?;
            socket.connect(&SocketAddr::new(0, 0))?;
            Ok(socket)
        };
        Ok(Self {
            socket: open().map_err(LabError::step("socket", "NETLINK_ROUTE"))?,
            requests: Vec::new(),
            said: Vec::new(),
            sequence: 0,
        })
    }

    /// Adds a request that makes something.
    pub(super) fn make(
        &mut self,
        what: &'static str,
        object: impl Into<String>,
        message: RouteNetlinkMessage,
    ) {
        self.add(what, object.into(), NLM_F_CREATE | NLM_F_EXCL, message);
    }

    /// Adds a request that changes something.
    pub(super) fn change(
        &mut self,
        what: &'static str,
        object: impl Into<String>,
        message: RouteNetlinkMessage,
    ) {
        self.add(what, object.into(), 0, message);
    }

    fn add(
        &mut self,
        what: &'static str,
        object: String,
        flags: u16,
        message: RouteNetlinkMessage,
    ) {
        let mut header = NetlinkHeader::default();
        header.flags = NLM_F_REQUEST | NLM_F_ACK | flags;
        header.sequence_number = self.sequence + count32(self.said.len()) + 1;
        let mut message = NetlinkMessage::new(header, NetlinkPayload::from(message));
        message.finalize();
        let start = self.requests.len();
        self.requests.resize(start + message.buffer_len(), 0);
        message.serialize(&mut self.requests[start..]);
        self.requests.resize(
            self.requests.len().next_multiple_of(NLMSG_ALIGNTO.into()),
            0,
        );
        self.said.push((what, object));
    }

    /// Has the requests carried out, and gives the first that failed.
    pub(super) fn commit(&mut self) -> Result<(), LabError> {
        let requests = std::mem::take(&mut self.requests);
        let said = std::mem::take(&mut self.said);
        let first = self.sequence + 1;
        self.sequence += count32(said.len());
        self.socket
            .send(&requests, 0)
            .map_err(LabError::step("send", "NETLINK_ROUTE"))?;
        let mut buffer = vec![0u8; 32 << 10];
        let mut failed: Option<(usize, i32)> = None;
        let mut answered = 0;
        while answered < said.len() {
            let length = self
                .socket
                .recv(&mut &mut buffer[..], 0)
                .map_err(LabError::step("recv", "NETLINK_ROUTE"))?;
            let mut rest = &buffer[..length.min(buffer.len())];
            while let Ok(message) = NetlinkBuffer::new_checked(rest) {
                let size = message.length().next_multiple_of(NLMSG_ALIGNTO.into()) as usize;
                let number = message.sequence_number().wrapping_sub(first) as usize;
                if message.message_type() == NLMSG_ERROR && number < said.len() {
                    answered += 1;
                    let code = message
                        .payload()
                        .first_chunk::<4>()
                        .map_or(0, |bytes| i32::from_ne_bytes(*bytes));
                    if code != 0 && failed.is_none() {
                        failed = Some((number, -code));
                    }
                }
                rest = rest.get(size..).unwrap_or_default();
            }
        }
        match failed {
            None => Ok(()),
            Some((number, errno)) => {
                let (operation, object) = said[number].clone();
                Err(LabError::Step {
                    operation,
                    object,
                    source: io::Error::from_raw_os_error(errno),
                })
            }
        }
    }
}
