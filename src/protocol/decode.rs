//! Bytes to fields. `decode` never fails: a bad frame is a packet with problems.
//!
//! The only importer of etherparse. Cheap enough for every frame of a large file: nothing is allocated,
//! options are walked where they stand, and only the innermost IP layer is kept beside a count of the
//! layers around it.

pub mod packet;

pub use packet::{
    Arp, Body, Checksum, Ether, Fragment, Icmp, Ip, Packet, Problem, Problems, Tcp, TcpFlags,
    TcpOption, Udp,
};
