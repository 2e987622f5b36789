//! An ICMP echo by hand: the message is built byte by byte and sent through a raw socket, with pnet's
//! transport channel (RFC 792, "Echo or Echo Reply Message"; RFC 4443 §4.1, §4.2).

use std::borrow::Cow;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use pnet::packet::Packet;
use pnet::packet::icmp::IcmpTypes;
use pnet::packet::icmp::echo_request::MutableEchoRequestPacket;
use pnet::packet::icmpv6::echo_request::MutableEchoRequestPacket as MutableEchoRequestV6;
use pnet::packet::icmpv6::{Icmpv6Code, Icmpv6Types};
use pnet::packet::ip::IpNextHeaderProtocols;
use pnet::transport::{
    TransportChannelType, TransportProtocol, TransportReceiver, TransportSender, icmp_packet_iter,
    icmpv6_packet_iter, transport_channel,
};

use super::arguments::{data, data_args, endpoint, word};
use super::data::pieces;
use super::interpreter::{Interpreter, StopReason};
use super::record::CallSocket;
use crate::model::number::signed;
use crate::model::{Arg, CallName};
use crate::protocol::decode::internet_checksum;
use crate::script::SendData;

/// ICMP header: type, code, checksum, identifier, sequence number.
const HEADER: usize = 8;
/// Largest answer that is read.
const BUFFER: usize = 65_536;
/// The channel's receiver cannot be interrupted: it comes up this often to see whether the run ends.
const LOOK_UP: Duration = Duration::from_millis(20);

impl Interpreter {
    /// Sends an echo request and waits for its reply.
    pub(super) fn ping(&self, label: &str, host: &str, what: &SendData) -> Result<(), StopReason> {
        let to = self.resolve(host)?;
        let number = self.host().sockets.next_number();
        let v4 = to.is_ipv4();
        let names = if v4 {
            ["AF_INET", "IPPROTO_ICMP"]
        } else {
            ["AF_INET6", "IPPROTO_ICMPV6"]
        };
        let ((mut sender, mut receiver), _) = self.call(
            &CallSocket::nothing(label),
            CallName::Socket,
            vec![word(names[0]), word("SOCK_RAW"), word(names[1])],
            || channel(v4),
            |_| (i64::from(number), Vec::new()),
        )?;
        let about = CallSocket::numbered(number, label);
        // The identifier is the program's own business: it tells its replies from another's.
        let id = (number & 0xffff) as u16;
        let payload = pieces(what, Some(SocketAddr::new(self.my_addr(), 0)), None)
            .next()
            .unwrap_or(Cow::Borrowed(&[]));
        let request = request(v4, id, 1, &payload);
        let mut args = data_args(&request, Arg::Int(0));
        args.extend(endpoint(Some(SocketAddr::new(to, 0))));
        self.call(
            &about,
            CallName::Sendto,
            args,
            || send(&mut sender, &request, to),
            |sent| (signed(*sent), Vec::new()),
        )?;
        self.call(
            &about,
            CallName::Recvfrom,
            vec![Arg::Int(signed(BUFFER)), Arg::Int(0)],
            || self.reply_to(&mut receiver, v4, id),
            |(bytes, from)| {
                let mut out = vec![data(bytes)];
                out.extend(endpoint(Some(SocketAddr::new(*from, 0))));
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

    /// The echo reply with our identifier. The kernel gives a raw socket a copy of every ICMP message, our own
    /// requests on a loopback among them.
    fn reply_to(
        &self,
        receiver: &mut TransportReceiver,
        v4: bool,
        id: u16,
    ) -> io::Result<(Vec<u8>, IpAddr)> {
        loop {
            let came = next(receiver, v4)?;
            if let Some((bytes, from)) = came {
                let reply = if v4 {
                    IcmpTypes::EchoReply.0
                } else {
                    Icmpv6Types::EchoReply.0
                };
                let ours =
                    bytes.first() == Some(&reply) && bytes.get(4..6) == Some(&id.to_be_bytes());
                if ours {
                    return Ok((as_received(receiver, v4, bytes), from));
                }
            }
            if self.host().coordinator().is_ending() {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
    }
}

fn channel(v4: bool) -> io::Result<(TransportSender, TransportReceiver)> {
    let protocol = if v4 {
        TransportProtocol::Ipv4(IpNextHeaderProtocols::Icmp)
    } else {
        TransportProtocol::Ipv6(IpNextHeaderProtocols::Icmpv6)
    };
    transport_channel(BUFFER, TransportChannelType::Layer4(protocol))
}

/// An echo request: type 8 (ICMPv6: 128), code 0, checksum over all of it (ICMPv6: the kernel adds it, for the
/// pseudo-header's sake; RFC 3542 §3.1), identifier, sequence number, and the data to come back.
fn request(v4: bool, id: u16, sequence: u16, payload: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0; HEADER + payload.len()];
    let built = "invariant: the buffer holds the header";
    if v4 {
        let mut echo = MutableEchoRequestPacket::new(&mut bytes).expect(built);
        echo.set_icmp_type(IcmpTypes::EchoRequest);
        echo.set_identifier(id);
        echo.set_sequence_number(sequence);
        echo.set_payload(payload);
        let sum = internet_checksum(&[echo.packet()]);
        echo.set_checksum(sum);
    } else {
        let mut echo = MutableEchoRequestV6::new(&mut bytes).expect(built);
        echo.set_icmpv6_type(Icmpv6Types::EchoRequest);
        echo.set_icmpv6_code(Icmpv6Code(0));
        echo.set_identifier(id);
        echo.set_sequence_number(sequence);
        echo.set_payload(payload);
    }
    bytes
}

fn send(sender: &mut TransportSender, request: &[u8], to: IpAddr) -> io::Result<usize> {
    let packet = pnet::packet::icmp::IcmpPacket::new(request)
        .expect("invariant: the request holds an ICMP header");
    sender.send_to(packet, to)
}

/// What recvfrom() gave: over IPv4 a raw socket gets the IP header as well (raw(7)), which the channel's iterators
/// leave in its buffer.
pub(super) fn as_received(receiver: &TransportReceiver, v4: bool, message: Vec<u8>) -> Vec<u8> {
    let words = receiver.buffer.first().map_or(0, |first| first & 0x0f);
    let header = if v4 { usize::from(words) * 4 } else { 0 };
    let mut whole = receiver.buffer[..header].to_vec();
    whole.extend(message);
    whole
}

/// The next message, copied out; none when none came for a moment.
fn next(receiver: &mut TransportReceiver, v4: bool) -> io::Result<Option<(Vec<u8>, IpAddr)>> {
    let copied = if v4 {
        icmp_packet_iter(receiver)
            .next_with_timeout(LOOK_UP)?
            .map(|(packet, from)| (packet.packet().to_vec(), from))
    } else {
        icmpv6_packet_iter(receiver)
            .next_with_timeout(LOOK_UP)?
            .map(|(packet, from)| (packet.packet().to_vec(), from))
    };
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_echo_request_is_what_rfc_792_says() {
        let bytes = request(true, 0x1234, 1, b"by hand");
        assert_eq!(bytes[..2], [8, 0]);
        assert_eq!(bytes[4..], *b"\x12\x34\0\x01by hand");
        let sum = bytes.chunks(2).fold(0u32, |sum, pair| {
            sum + u32::from(pair[0]) * 256 + pair.get(1).map_or(0, |low| u32::from(*low))
        });
        assert_eq!((sum & 0xffff) + (sum >> 16), 0xffff);
        assert_eq!(request(false, 1, 1, b"")[..4], [128, 0, 0, 0]);
    }
}
