//! A SYN by hand: the segment is built field by field and sent through a raw socket, with pnet's transport
//! channel (RFC 9293 §3.1). The kernel writes the IP header and nothing else; its TCP has no part in it.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use pnet::packet::Packet;
use pnet::packet::ip::IpNextHeaderProtocols;
use pnet::packet::tcp::{MutableTcpPacket, TcpFlags, TcpPacket, ipv4_checksum, ipv6_checksum};
use pnet::transport::{
    TransportChannelType, TransportProtocol, TransportReceiver, TransportSender, tcp_packet_iter,
    transport_channel,
};

use super::arguments::{data, data_args, endpoint, word};
use super::interpreter::{Interpreter, StopReason};
use super::ping::as_received;
use super::record::CallSocket;
use crate::model::number::signed;
use crate::model::{Arg, CallName};
use crate::script::Target;

/// A TCP header without options.
const HEADER: usize = 20;
/// Its length in words of 32 bits.
const DATA_OFFSET: u8 = 5;
/// A window; nobody is behind it.
const WINDOW: u16 = 1024;
/// A sequence number that is easy to tell from one that a kernel chose.
const FIRST_NUMBER: u32 = 1_000_000;
/// Largest answer that is read.
const BUFFER: usize = 65_536;
/// The channel's receiver cannot be interrupted: it comes up this often to see whether the run ends.
const LOOK_UP: Duration = Duration::from_millis(20);

impl Interpreter {
    /// Sends a SYN and waits for what answers it.
    pub(super) fn syn(&self, label: &str, to: &Target, from: u16) -> Result<(), StopReason> {
        let to = self.whom(Some(to))?;
        let source = SocketAddr::new(self.my_addr(), from);
        let number = self.host().sockets.next_number();
        let family = if to.is_ipv4() { "AF_INET" } else { "AF_INET6" };
        let ((mut sender, mut receiver), _) = self.call(
            &CallSocket::nothing(label),
            CallName::Socket,
            vec![word(family), word("SOCK_RAW"), word("IPPROTO_TCP")],
            || channel(to.ip()),
            |_| (i64::from(number), Vec::new()),
        )?;
        let about = CallSocket::numbered(number, label);
        let segment = segment(source, to);
        let mut args = data_args(&segment, Arg::Int(0));
        // A raw socket knows no ports (raw(7)): they stand in the segment.
        args.extend(endpoint(Some(SocketAddr::new(to.ip(), 0))));
        self.call(
            &about,
            CallName::Sendto,
            args,
            || send(&mut sender, &segment, to.ip()),
            |sent| (signed(*sent), Vec::new()),
        )?;
        self.call(
            &about,
            CallName::Recvfrom,
            vec![Arg::Int(signed(BUFFER)), Arg::Int(0)],
            || self.answer(&mut receiver, to, from),
            |bytes| {
                let mut out = vec![data(bytes)];
                out.extend(endpoint(Some(SocketAddr::new(to.ip(), 0))));
                (signed(bytes.len()), out)
            },
        )?;
        self.call(
            &about,
            CallName::Close,
            Vec::new(),
            || {
                drop((sender, receiver));
                Ok(())
            },
            |()| (0, Vec::new()),
        )?;
        Ok(())
    }

    /// The first segment from there to that port. The kernel gives a raw socket a copy of every TCP segment that
    /// comes to this host, and goes on with it itself.
    fn answer(
        &self,
        receiver: &mut TransportReceiver,
        from: SocketAddr,
        port: u16,
    ) -> io::Result<Vec<u8>> {
        loop {
            let came = next(receiver)?;
            let ours = came.filter(|(segment, source)| {
                *source == from.ip()
                    && TcpPacket::new(segment).is_some_and(|segment| {
                        segment.get_source() == from.port() && segment.get_destination() == port
                    })
            });
            if let Some((segment, _)) = ours {
                return Ok(as_received(receiver, from.is_ipv4(), segment));
            }
            if self.host().coordinator().is_ending() {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
    }
}

fn channel(to: IpAddr) -> io::Result<(TransportSender, TransportReceiver)> {
    let tcp = IpNextHeaderProtocols::Tcp;
    let protocol = match to {
        IpAddr::V4(_) => TransportProtocol::Ipv4(tcp),
        IpAddr::V6(_) => TransportProtocol::Ipv6(tcp),
    };
    transport_channel(BUFFER, TransportChannelType::Layer4(protocol))
}

/// The SYN: ports, sequence number, data offset, the flag, a window, and the checksum over all of it and the
/// pseudo-header.
fn segment(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let mut bytes = vec![0; HEADER];
    let mut syn =
        MutableTcpPacket::new(&mut bytes).expect("invariant: the buffer holds the header");
    syn.set_source(from.port());
    syn.set_destination(to.port());
    syn.set_sequence(FIRST_NUMBER);
    syn.set_data_offset(DATA_OFFSET);
    syn.set_flags(TcpFlags::SYN);
    syn.set_window(WINDOW);
    let sum = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => ipv4_checksum(&syn.to_immutable(), &from, &to),
        (IpAddr::V6(from), IpAddr::V6(to)) => ipv6_checksum(&syn.to_immutable(), &from, &to),
        _ => unreachable!("invariant: a run speaks one version of IP"),
    };
    syn.set_checksum(sum);
    bytes
}

/// The next segment, copied out; none when none came for a moment.
fn next(receiver: &mut TransportReceiver) -> io::Result<Option<(Vec<u8>, IpAddr)>> {
    let mut segments = tcp_packet_iter(receiver);
    let came = segments.next_with_timeout(LOOK_UP)?;
    Ok(came.map(|(segment, source)| (segment.packet().to_vec(), source)))
}

fn send(sender: &mut TransportSender, segment: &[u8], to: IpAddr) -> io::Result<usize> {
    let segment = TcpPacket::new(segment).expect("invariant: the segment holds a TCP header");
    sender.send_to(segment, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syn_is_what_rfc_9293_says() {
        let from = SocketAddr::from(([10, 0, 0, 1], 40_000));
        let to = SocketAddr::from(([10, 0, 0, 2], 7070));
        let bytes = segment(from, to);
        assert_eq!(bytes[..4], [0x9c, 0x40, 0x1b, 0x9e]);
        assert_eq!(bytes[4..12], [0, 0x0f, 0x42, 0x40, 0, 0, 0, 0]);
        assert_eq!(bytes[12..16], [0x50, 0x02, 0x04, 0x00]);
        let pseudo = [10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0, 20];
        let sum = pseudo
            .iter()
            .chain(&bytes)
            .enumerate()
            .fold(0, |sum, (at, byte)| {
                sum + (u32::from(*byte) << if at % 2 == 0 { 8 } else { 0 })
            });
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
    }
}
