//! Interfaces: a veth pair per host, the far ends in the wire's namespace; addresses, neighbours, offloads.
//!
//! Everything is arranged so that an interface says nothing by itself: no duplicate-address detection, no
//! router solicitation, no link-local address. What is left, the membership reports that joining a
//! solicited-node group causes (RFC 3810), is taken away by the filters of wire and sniffers
//! (`observe::filter`). IFF_NOARP while the address is added would keep them from being sent, but the
//! change of that flag makes the kernel's IPv6 wait for a timer of up to a second.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage,
};
use netlink_packet_route::link::{
    InfoData, InfoKind, InfoVeth, LinkAttribute, LinkFlags, LinkInfo, LinkMessage,
};
use netlink_packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState,
};
use netlink_packet_route::route::{
    RouteAddress, RouteAttribute, RouteHeader, RouteMessage, RouteProtocol, RouteScope, RouteType,
};
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};

use super::error::{LabError, Refusal};
use super::route::Route;
use nix::errno::Errno;

use crate::model::Host;
use crate::observe::sys::ethtool::{Offload, switch_off};

/// The interface's name in every host.
pub(super) const INTERFACE: &str = "eth0";
/// Its index there; lo is 1.
pub(super) const HOST_INDEX: u32 = 2;

const LOOPBACK_INDEX: u32 = 1;
/// Where everybody and every group is: on the link, for there is no router. Without a way to them the kernel refuses to
/// send there, and to join a group whose interface is not named. For IPv6 it makes such a way (ff00::/8) by itself.
const GROUPS_V4: [(Ipv4Addr, u8); 2] =
    [(Ipv4Addr::BROADCAST, 32), (Ipv4Addr::new(224, 0, 0, 0), 4)];
const PREFIX_V4: u8 = 24;
const PREFIX_V6: u8 = 64;

/// The index of a host's far end in the wire's namespace.
pub(super) fn far_index(host: u8) -> u32 {
    2 + u32::from(host)
}

/// The values that the `number`-th host of a plan has on the wire: 10.0.0.1, fd00::1, 02:00:00:00:00:01 for
/// the first.
pub(super) fn addresses(number: u8) -> ([u8; 6], Ipv4Addr, Ipv6Addr) {
    let last = number + 1;
    (
        [2, 0, 0, 0, 0, last],
        Ipv4Addr::new(10, 0, 0, last),
        Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, u16::from(last)),
    )
}

/// In the wire's thread: makes the pairs and brings up the far ends. `hosts` are the hosts' namespaces.
pub(super) fn make_pairs(hosts: &[BorrowedFd<'_>], mtu: u32) -> Result<(), LabError> {
    let mut route = Route::open()?;
    for (number, namespace) in (0u8..).zip(hosts) {
        route.make(
            "ip link add",
            format!("wire{number}"),
            pair(number, *namespace, mtu),
        );
    }
    route.commit().map_err(veth_refused)?;
    let socket = any_socket()?;
    for number in (0..).take(hosts.len()) {
        let name = format!("wire{number}");
        offloads_off(socket.as_fd(), &name)?;
        route.change(
            "ip link set up",
            name,
            flags(far_index(number), LinkFlags::Up),
        );
    }
    route.commit()
}

/// A pair to try whether it can be made, both ends in this namespace.
pub(super) fn make_a_pair(namespace: BorrowedFd<'_>) -> Result<(), LabError> {
    let mut route = Route::open()?;
    route.make("ip link add", "wire1", pair(1, namespace, 1_500));
    route.commit().map_err(veth_refused)
}

/// In a host's thread: brings up lo and, when the host has one, its interface, with addresses and neighbours.
/// The far end must be up: then the carrier is there at once, and the first frame is not thrown away.
pub(super) fn set_up(host: &Host, others: &[Host], learn: bool) -> Result<(), LabError> {
    let mut route = Route::open()?;
    route.change("ip link set up", "lo", flags(LOOPBACK_INDEX, LinkFlags::Up));
    if host.mac.is_none() {
        return route.commit();
    }
    let socket = any_socket()?;
    offloads_off(socket.as_fd(), INTERFACE)?;
    route.change(
        "ip link set up",
        INTERFACE,
        flags(HOST_INDEX, LinkFlags::Up),
    );
    if let Some(ipv4) = host.ipv4 {
        let broadcast = Ipv4Addr::from(u32::from(ipv4) | u32::MAX >> PREFIX_V4);
        let mut message = address(AddressFamily::Inet, PREFIX_V4);
        message.attributes = vec![
            AddressAttribute::Local(ipv4.into()),
            AddressAttribute::Address(ipv4.into()),
            AddressAttribute::Broadcast(broadcast),
        ];
        route.make(
            "ip addr add",
            ipv4.to_string(),
            RouteNetlinkMessage::NewAddress(message),
        );
        for (group, prefix) in GROUPS_V4 {
            let object = format!("{group}/{prefix}");
            route.make("ip route add", object, on_link(group, prefix));
        }
    }
    if let Some(ipv6) = host.ipv6 {
        let mut message = address(AddressFamily::Inet6, PREFIX_V6);
        message.header.flags = AddressHeaderFlags::Nodad;
        message.attributes = vec![
            AddressAttribute::Local(ipv6.into()),
            AddressAttribute::Address(ipv6.into()),
            AddressAttribute::Flags(AddressFlags::Nodad),
        ];
        route.make(
            "ip addr add",
            ipv6.to_string(),
            RouteNetlinkMessage::NewAddress(message),
        );
    }
    if !learn {
        for other in others.iter().filter(|other| other.id != host.id) {
            seed(&mut route, other);
        }
    }
    route.commit()
}

/// `EOPNOTSUPP` for a kind of link means that the kernel does not know it.
fn veth_refused(error: LabError) -> LabError {
    match error {
        LabError::Step {
            operation, source, ..
        } if source.raw_os_error() == Some(Errno::EOPNOTSUPP as i32) => {
            LabError::refused(operation, Refusal::NoVeth)(source)
        }
        other => other,
    }
}

fn seed(route: &mut Route, other: &Host) {
    let Some(mac) = other.mac else { return };
    let v4 = other.ipv4.map(|ip| {
        (
            AddressFamily::Inet,
            NeighbourAddress::Inet(ip),
            ip.to_string(),
        )
    });
    let v6 = other.ipv6.map(|ip| {
        (
            AddressFamily::Inet6,
            NeighbourAddress::Inet6(ip),
            ip.to_string(),
        )
    });
    for (family, destination, shown) in v4.into_iter().chain(v6) {
        let mut message = NeighbourMessage::default();
        message.header.family = family;
        message.header.ifindex = HOST_INDEX;
        message.header.state = NeighbourState::Permanent;
        message.header.kind = RouteType::Unspec;
        message.attributes = vec![
            NeighbourAttribute::Destination(destination),
            NeighbourAttribute::LinkLayerAddress(mac.to_vec()),
        ];
        route.make(
            "ip neigh add",
            shown,
            RouteNetlinkMessage::NewNeighbour(message),
        );
    }
}

fn pair(number: u8, namespace: BorrowedFd<'_>, mtu: u32) -> RouteNetlinkMessage {
    let mut near = LinkMessage::default();
    near.header.index = HOST_INDEX;
    near.attributes = vec![
        LinkAttribute::IfName(INTERFACE.to_owned()),
        LinkAttribute::Address(addresses(number).0.to_vec()),
        LinkAttribute::Mtu(mtu),
        LinkAttribute::NetNsFd(namespace.as_raw_fd()),
    ];
    let mut far = LinkMessage::default();
    far.header.index = far_index(number);
    far.attributes = vec![
        LinkAttribute::IfName(format!("wire{number}")),
        LinkAttribute::Address(vec![2, 0, 0, 0, 1, number + 1]),
        LinkAttribute::Mtu(mtu),
        LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(InfoKind::Veth),
            LinkInfo::Data(InfoData::Veth(InfoVeth::Peer(near))),
        ]),
    ];
    RouteNetlinkMessage::NewLink(far)
}

fn flags(index: u32, on: LinkFlags) -> RouteNetlinkMessage {
    with_mask(index, on, on)
}

fn with_mask(index: u32, flags: LinkFlags, mask: LinkFlags) -> RouteNetlinkMessage {
    let mut message = LinkMessage::default();
    message.header.index = index;
    message.header.flags = flags;
    message.header.change_mask = mask;
    RouteNetlinkMessage::SetLink(message)
}

/// The way to what is on the link itself.
fn on_link(to: Ipv4Addr, prefix: u8) -> RouteNetlinkMessage {
    let mut message = RouteMessage::default();
    message.header.address_family = AddressFamily::Inet;
    message.header.destination_prefix_length = prefix;
    message.header.table = RouteHeader::RT_TABLE_MAIN;
    message.header.protocol = RouteProtocol::Boot;
    message.header.scope = RouteScope::Link;
    message.header.kind = RouteType::Unicast;
    message.attributes = vec![
        RouteAttribute::Destination(RouteAddress::Inet(to)),
        RouteAttribute::Oif(HOST_INDEX),
    ];
    RouteNetlinkMessage::NewRoute(message)
}

fn address(family: AddressFamily, prefix: u8) -> AddressMessage {
    let mut message = AddressMessage::default();
    message.header.family = family;
    message.header.prefix_len = prefix;
    message.header.index = HOST_INDEX;
    message
}

fn any_socket() -> Result<std::net::UdpSocket, LabError> {
    // Unbound would do; the standard library has only bound ones, and lo need not be up for this.
    std::net::UdpSocket::bind("0.0.0.0:0").map_err(LabError::step("socket", "for ethtool"))
}

/// What is sniffed is to be what a cable would carry: true checksums that the receiver checks, and segments no
/// larger than the MSS.
fn offloads_off(socket: BorrowedFd<'_>, interface: &str) -> Result<(), LabError> {
    for offload in [
        Offload::GenericReceive,
        Offload::TcpSegmentation,
        Offload::GenericSegmentation,
        Offload::TransmitChecksum,
        Offload::ReceiveChecksum,
    ] {
        match switch_off(socket, interface, offload) {
            // An offload that this kernel's veth does not have need not be switched off.
            Err(error) if error.raw_os_error() == Some(Errno::EOPNOTSUPP as i32) => {}
            Err(error) => {
                let object = format!("{interface} {offload:?} off");
                return Err(LabError::step::<io::Error>("ethtool", object)(error));
            }
            Ok(()) => {}
        }
    }
    Ok(())
}
