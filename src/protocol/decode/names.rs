//! Short names that stand for numbers everywhere, in every language: protocol words, not prose.

use std::fmt;
use std::str::FromStr;

use super::packet::TcpFlags;
use crate::model::LinkType;

/// The flags in the one order in which they are written: "SYN ACK", "FIN PSH ACK", "SYN ECE CWR".
const WORDS: [(TcpFlags, &str); 9] = [
    (TcpFlags::SYN, "SYN"),
    (TcpFlags::FIN, "FIN"),
    (TcpFlags::RST, "RST"),
    (TcpFlags::PSH, "PSH"),
    (TcpFlags::ACK, "ACK"),
    (TcpFlags::URG, "URG"),
    (TcpFlags::ECE, "ECE"),
    (TcpFlags::CWR, "CWR"),
    (TcpFlags::AE, "AE"),
];

impl TcpFlags {
    /// The flags that are set, as words in the order in which they are written.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS
            .into_iter()
            .filter(move |(flag, _)| self.contains(*flag))
            .map(|(_, word)| word)
    }
}

impl fmt::Display for TcpFlags {
    /// As words: `SYN ACK`; `none` where none is set.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The ones that nearly every segment has, without a walk; `pad` so that they align in columns.
        let common = match *self {
            flags if !flags.intersects(Self::all()) => Some("none"),
            Self::ACK => Some("ACK"),
            Self::SYN => Some("SYN"),
            flags if flags == Self::PSH | Self::ACK => Some("PSH ACK"),
            flags if flags == Self::SYN | Self::ACK => Some("SYN ACK"),
            flags if flags == Self::FIN | Self::ACK => Some("FIN ACK"),
            _ => None,
        };
        match common {
            Some(words) => f.pad(words),
            None => f.pad(&self.words().collect::<Vec<_>>().join(" ")),
        }
    }
}

/// A word that is no TCP flag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no TCP flag")]
pub struct TcpFlagsError(pub String);

impl FromStr for TcpFlags {
    type Err = TcpFlagsError;

    /// Words separated by spaces, in any order and case; `none` or nothing for no flag.
    fn from_str(text: &str) -> Result<Self, TcpFlagsError> {
        text.split_whitespace()
            .filter(|word| *word != "none")
            .map(|word| {
                WORDS
                    .into_iter()
                    .find(|(_, name)| name.eq_ignore_ascii_case(word))
                    .map(|(flag, _)| flag)
                    .ok_or_else(|| TcpFlagsError(word.to_owned()))
            })
            .collect()
    }
}

/// An IP protocol's name (IANA, "Protocol Numbers").
#[must_use]
pub const fn protocol_name(protocol: u8) -> Option<&'static str> {
    Some(match protocol {
        0 => "HOPOPT",
        1 => "ICMP",
        2 => "IGMP",
        4 => "IPv4",
        6 => "TCP",
        8 => "EGP",
        9 => "IGP",
        17 => "UDP",
        27 => "RDP",
        33 => "DCCP",
        41 => "IPv6",
        43 => "IPv6-Route",
        44 => "IPv6-Frag",
        46 => "RSVP",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        58 => "ICMPv6",
        59 => "IPv6-NoNxt",
        60 => "IPv6-Opts",
        88 => "EIGRP",
        89 => "OSPF",
        94 => "IPIP",
        97 => "ETHERIP",
        103 => "PIM",
        108 => "IPComp",
        112 => "VRRP",
        115 => "L2TP",
        124 => "IS-IS",
        132 => "SCTP",
        133 => "FC",
        135 => "Mobility",
        136 => "UDPLite",
        137 => "MPLS-in-IP",
        139 => "HIP",
        140 => "Shim6",
        143 => "Ethernet",
        255 => "Reserved",
        _ => return None,
    })
}

/// An ethertype's name (IANA, "IEEE 802 Numbers"); a number below 0x600 is an 802.3 length, and LLC follows.
#[must_use]
pub const fn ethertype_name(ethertype: u16) -> Option<&'static str> {
    Some(match ethertype {
        0..0x600 => "LLC",
        0x0800 => "IPv4",
        0x0806 => "ARP",
        0x0842 => "WoL",
        0x2000 => "CDP",
        0x22eb => "ERSPAN III",
        0x22f3 => "TRILL",
        0x6400 => "EoIP",
        0x6558 => "Ethernet",
        0x8035 => "RARP",
        0x809b => "AppleTalk",
        0x80f3 => "AARP",
        0x8100 => "802.1Q",
        0x8137 => "IPX",
        0x86dd => "IPv6",
        0x8808 => "Pause",
        0x8809 => "Slow",
        0x880b => "PPP",
        0x883e => "WCCP",
        0x8847 | 0x8848 => "MPLS",
        0x8863 => "PPPoE-D",
        0x8864 => "PPPoE",
        0x888e => "EAPOL",
        0x8892 => "PROFINET",
        0x88a2 => "AoE",
        0x88a4 => "EtherCAT",
        0x88a8 => "802.1ad",
        0x88b5 | 0x88b6 => "Experimental",
        0x88b8 => "GOOSE",
        0x88be => "ERSPAN",
        0x88cc => "LLDP",
        0x88e5 => "MACsec",
        0x88e7 => "802.1ah",
        0x88f7 => "PTP",
        0x8902 => "CFM",
        0x8903 => "FabricPath",
        0x8906 => "FCoE",
        0x8909 => "CMD",
        0x8926 => "VN-Tag",
        0x892f => "HSR",
        0x893f => "E-Tag",
        0x894f => "NSH",
        0x9000 => "Loopback",
        0x9100 => "QinQ",
        _ => return None,
    })
}

/// A link type's name as tcpdump.org/linktypes.html has it, without the `LINKTYPE_`.
#[must_use]
pub const fn link_name(link: LinkType) -> Option<&'static str> {
    Some(match link.0 {
        0 => "NULL",
        1 => "ETHERNET",
        6 => "IEEE802_5",
        7 => "ARCNET_BSD",
        8 => "SLIP",
        9 => "PPP",
        10 => "FDDI",
        50 => "PPP_HDLC",
        51 => "PPP_ETHER",
        12 | 14 | 101 => "RAW",
        104 => "C_HDLC",
        105 => "IEEE802_11",
        107 => "FRELAY",
        108 => "LOOP",
        109 => "ENC",
        113 => "LINUX_SLL",
        114 => "LTALK",
        117 => "PFLOG",
        119 => "IEEE802_11_PRISM",
        122 => "IP_OVER_FC",
        127 => "IEEE802_11_RADIOTAP",
        129 => "ARCNET_LINUX",
        143 => "DOCSIS",
        163 => "IEEE802_11_AVS",
        147..=162 => "USER",
        187 => "BLUETOOTH_HCI_H4",
        189 => "USB_LINUX",
        192 => "PPI",
        195 => "IEEE802_15_4_WITHFCS",
        201 => "BLUETOOTH_HCI_H4_WITH_PHDR",
        204 => "PPP_WITH_DIR",
        219 => "MPLS",
        220 => "USB_LINUX_MMAPPED",
        227 => "CAN_SOCKETCAN",
        228 => "IPV4",
        229 => "IPV6",
        230 => "IEEE802_15_4_NOFCS",
        239 => "NFLOG",
        249 => "USBPCAP",
        251 => "BLUETOOTH_LE_LL",
        252 => "WIRESHARK_UPPER_PDU",
        253 => "NETLINK",
        276 => "LINUX_SLL2",
        _ => return None,
    })
}

/// A TCP option's name by kind (IANA, "TCP Option Kind Numbers").
#[must_use]
pub const fn tcp_option_name(kind: u8) -> Option<&'static str> {
    Some(match kind {
        0 => "EOL",
        1 => "NOP",
        2 => "MSS",
        3 => "WS",
        4 => "SACK_PERM",
        5 => "SACK",
        8 => "TS",
        19 => "MD5",
        28 => "UTO",
        29 => "AO",
        30 => "MPTCP",
        34 => "TFO",
        69 => "ENO",
        172 => "AccECN0",
        174 => "AccECN1",
        253 | 254 => "EXP",
        _ => return None,
    })
}

/// A Multipath TCP subtype's name (RFC 8684 §8.2).
#[must_use]
pub const fn mptcp_subtype_name(subtype: u8) -> Option<&'static str> {
    Some(match subtype {
        0 => "MP_CAPABLE",
        1 => "MP_JOIN",
        2 => "DSS",
        3 => "ADD_ADDR",
        4 => "REMOVE_ADDR",
        5 => "MP_PRIO",
        6 => "MP_FAIL",
        7 => "MP_FASTCLOSE",
        8 => "MP_TCPRST",
        _ => return None,
    })
}
