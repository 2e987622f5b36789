//! Every byte of a frame mapped to its field: where it is, what it is called, its value, and what the value means.
//!
//! For one frame at a time, to be looked at: it allocates freely, where [`super::decode`] does not. It walks the
//! headers as `decode` does, but by bits, so that a field can be as small as a flag. The fields come in the order of the
//! frame, each begins where the one before ends, and nothing of the frame is left out: what no header explains is
//! payload, padding, or the rest of something that was cut off.
//!
//! Names and meanings are keys of the catalogue, which views word; values are spelt here, since they are the same in every
//! language: numbers, addresses, protocol words.

mod icmp;
mod link;
mod network;
mod passed;
mod tcp;

use std::borrow::Cow;
use std::ops::Range;

use super::{Checksum, Packet, checksum, decode};
use crate::model::LinkType;
use crate::model::number::count32;

/// One field of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The header that it belongs to.
    pub layer: Layer,
    /// It stands in the packet that an ICMP error quotes.
    pub quoted: bool,
    /// Key of its name.
    pub name: &'static str,
    /// Where it begins, in bits from the frame's beginning; bit 0 is the highest of the first byte.
    pub start: u32,
    /// Its length in bits.
    pub len: u32,
    /// The value as it is shown.
    pub value: FieldValue,
    /// What the value says.
    pub meaning: Option<Meaning>,
}

impl Field {
    /// The bytes that it is in, the outer ones perhaps only with some of their bits.
    #[must_use]
    pub const fn bytes(&self) -> Range<usize> {
        self.start as usize / 8..(self.start + self.len).div_ceil(8) as usize
    }

    /// It begins and ends with whole bytes.
    #[must_use]
    pub const fn whole_bytes(&self) -> bool {
        self.start.is_multiple_of(8) && self.len.is_multiple_of(8)
    }
}

/// A field's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    /// Spelt out: printable ASCII.
    Text(String),
    /// The bytes themselves, for the view to make visible.
    Bytes,
}

/// What a value says: a key of the catalogue and its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meaning {
    /// The catalogue's key.
    pub key: &'static str,
    /// What stands in the text, by the names that the text has for it.
    pub args: Vec<(&'static str, MeaningArg)>,
}

/// An argument of a meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeaningArg {
    /// A protocol word, an address: printable ASCII.
    Text(Cow<'static, str>),
    /// A number.
    Int(i64),
}

impl Meaning {
    const fn new(key: &'static str) -> Self {
        Self {
            key,
            args: Vec::new(),
        }
    }

    fn text(mut self, name: &'static str, value: impl Into<Cow<'static, str>>) -> Self {
        self.args.push((name, MeaningArg::Text(value.into())));
        self
    }

    fn int(mut self, name: &'static str, value: impl Into<i64>) -> Self {
        self.args.push((name, MeaningArg::Int(value.into())));
        self
    }
}

/// Which header a field belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is the protocol of that name")]
pub enum Layer {
    Ethernet,
    Vlan,
    Llc,
    Cooked,
    Loopback,
    TokenRing,
    Arcnet,
    Fddi,
    FrameRelay,
    Enc,
    PfLog,
    NfLog,
    /// How a wireless frame was received.
    Radio,
    Wireless,
    ETag,
    VnTag,
    MetaData,
    Hsr,
    Backbone,
    FabricPath,
    Trill,
    ServiceHeader,
    Macsec,
    Erspan,
    EtherIp,
    Vxlan,
    Geneve,
    GtpU,
    L2tp,
    Teredo,
    Mpls,
    Ppp,
    Gre,
    Arp,
    Ipv4,
    Ipv6,
    Tcp,
    Udp,
    Icmp,
    Icmpv6,
    /// What the innermost header carries.
    Payload,
    /// What fills the frame up behind it.
    Padding,
}

impl Layer {
    /// The protocol's name; none for payload and padding, whose fields' names say it.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Ethernet => "Ethernet",
            Self::Vlan => "802.1Q",
            Self::Llc => "LLC",
            Self::Cooked => "SLL",
            Self::Loopback => "NULL",
            Self::TokenRing => "Token Ring",
            Self::Arcnet => "ARCNET",
            Self::Fddi => "FDDI",
            Self::FrameRelay => "Frame Relay",
            Self::Enc => "ENC",
            Self::PfLog => "PFLOG",
            Self::NfLog => "NFLOG",
            Self::Radio => "Radio",
            Self::Wireless => "802.11",
            Self::ETag => "E-Tag",
            Self::VnTag => "VN-Tag",
            Self::MetaData => "CMD",
            Self::Hsr => "HSR",
            Self::Backbone => "802.1ah",
            Self::FabricPath => "FabricPath",
            Self::Trill => "TRILL",
            Self::ServiceHeader => "NSH",
            Self::Macsec => "MACsec",
            Self::Erspan => "ERSPAN",
            Self::EtherIp => "EtherIP",
            Self::Vxlan => "VXLAN",
            Self::Geneve => "Geneve",
            Self::GtpU => "GTP-U",
            Self::L2tp => "L2TP",
            Self::Teredo => "Teredo",
            Self::Mpls => "MPLS",
            Self::Ppp => "PPP",
            Self::Gre => "GRE",
            Self::Arp => "ARP",
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Icmp => "ICMP",
            Self::Icmpv6 => "ICMPv6",
            Self::Payload | Self::Padding => return None,
        })
    }
}

/// The fields of a frame, in order, without a gap.
#[must_use]
pub fn fields(link: LinkType, bytes: &[u8], orig_len: u32) -> Vec<Field> {
    let packet = decode(link, bytes, orig_len);
    let mut dissect = Dissect {
        bytes,
        packet,
        checksum: checksum(&packet),
        at: 0,
        end: bytes.len(),
        lacks: (orig_len as usize).saturating_sub(bytes.len()),
        layer: Layer::Payload,
        quoted: false,
        depth: 0,
        list: Vec::new(),
    };
    let mut next = link::first(&mut dissect, link);
    loop {
        next = match next {
            Some(NextLayer::Ethertype(ethertype)) => link::by_ethertype(&mut dissect, ethertype),
            Some(NextLayer::Ip) => network::ip(&mut dissect),
            Some(NextLayer::Protocol(protocol)) => network::by_protocol(&mut dissect, protocol),
            Some(NextLayer::Done) => {
                dissect.layer = Layer::Payload;
                dissect.rest("bytes-payload", dissect.end);
                break;
            }
            None => {
                dissect.rest("bytes-cut", dissect.end);
                break;
            }
        }
    }
    dissect.layer = Layer::Padding;
    dissect.quoted = false;
    dissect.rest("bytes-padding", bytes.len());
    dissect.list
}

/// What stands at the dissection's place.
enum NextLayer {
    Ethertype(u16),
    Ip,
    Protocol(u8),
    Done,
}

/// How many headers are opened inside one another.
const DEEPEST: u8 = 24;

/// A frame that is being taken apart.
struct Dissect<'a> {
    bytes: &'a [u8],
    /// The frame as decoded: for what needs more than one field.
    packet: Packet<'a>,
    /// The verdict on the innermost layer's checksum.
    checksum: Checksum,
    /// Offset of the next field, in bits.
    at: usize,
    /// Where the current layer ends, in captured bytes.
    end: usize,
    /// How many bytes of the frame were not captured.
    lacks: usize,
    layer: Layer,
    quoted: bool,
    depth: u8,
    list: Vec<Field>,
}

impl<'a> Dissect<'a> {
    /// Enters a header of this layer; none when there are too many.
    fn enter(&mut self, layer: Layer) -> Option<()> {
        self.layer = layer;
        self.depth += 1;
        (self.depth <= DEEPEST).then_some(())
    }

    /// Byte offset of the next field, which must begin a byte.
    const fn place(&self) -> usize {
        self.at / 8
    }

    /// The captured bytes of the current layer from here on.
    fn ahead(&self) -> &'a [u8] {
        self.bytes.get(self.place()..self.end).unwrap_or_default()
    }

    fn push(&mut self, name: &'static str, bits: usize, value: FieldValue) {
        self.list.push(Field {
            layer: self.layer,
            quoted: self.quoted,
            name,
            start: count32(self.at),
            len: count32(bits),
            value,
            meaning: None,
        });
        self.at += bits;
    }

    /// The next `bits` (at most 64) as a number, shown in decimal; none when they are not there.
    fn number(&mut self, name: &'static str, bits: usize) -> Option<u64> {
        if self.at + bits > self.end * 8 {
            return None;
        }
        let value = (self.at..self.at + bits).fold(0, |value, bit| {
            value << 1 | u64::from(self.bytes[bit / 8] >> (7 - bit % 8) & 1)
        });
        self.push(name, bits, FieldValue::Text(value.to_string()));
        Some(value)
    }

    /// As [`Self::number`], shown in hexadecimal.
    fn hex(&mut self, name: &'static str, bits: usize) -> Option<u64> {
        let value = self.number(name, bits)?;
        self.show(format!("0x{value:0width$x}", width = bits.div_ceil(4)));
        Some(value)
    }

    /// As [`Self::number`], in a type that `bits` fit into.
    fn narrow<T: TryFrom<u64>>(&mut self, name: &'static str, bits: usize) -> Option<T> {
        T::try_from(self.number(name, bits)?).ok()
    }

    fn u16(&mut self, name: &'static str) -> Option<u16> {
        self.narrow(name, 16)
    }

    /// As [`Self::u16`], shown in hexadecimal.
    fn hex16(&mut self, name: &'static str) -> Option<u16> {
        u16::try_from(self.hex(name, 16)?).ok()
    }

    /// An IPv4 address.
    fn ipv4_address(&mut self, name: &'static str) -> Option<()> {
        let address: u32 = self.narrow(name, 32)?;
        self.show(std::net::Ipv4Addr::from(address).to_string());
        Some(())
    }

    /// The next bit; none where the capture was cut before it.
    fn flag(&mut self, name: &'static str) -> Option<bool> {
        self.number(name, 1).map(|value| value == 1)
    }

    /// The next bytes, shown as they are; none when they are not all there.
    fn span(&mut self, name: &'static str, len: usize) -> Option<&'a [u8]> {
        let bytes = self.ahead().get(..len)?;
        if len > 0 {
            self.push(name, len * 8, FieldValue::Bytes);
        }
        Some(bytes)
    }

    /// A hardware address.
    fn mac(&mut self, name: &'static str) -> Option<[u8; 6]> {
        let mac: [u8; 6] = self.span(name, 6)?.try_into().ok()?;
        self.show(mac.map(|byte| format!("{byte:02x}")).join(":"));
        if mac == [0xff; 6] {
            self.means(Meaning::new("bytes-means-broadcast"));
        } else if mac[0] & 1 == 1 {
            self.means(Meaning::new("bytes-means-multicast"));
        }
        Some(mac)
    }

    /// The bytes up to `end`, whatever they are.
    fn rest(&mut self, name: &'static str, end: usize) {
        let bits = (end * 8).saturating_sub(self.at);
        if bits > 0 {
            self.push(name, bits, FieldValue::Bytes);
        }
    }

    /// Spells the value of the last field differently.
    fn show(&mut self, text: impl Into<String>) {
        if let Some(last) = self.list.last_mut() {
            last.value = FieldValue::Text(text.into());
        }
    }

    /// Says what the last field's value means.
    fn means(&mut self, meaning: Meaning) {
        if let Some(last) = self.list.last_mut() {
            last.meaning = Some(meaning);
        }
    }

    /// The last field says what follows; `name` is that protocol's, when it has one.
    fn follows(&mut self, name: Option<&'static str>) {
        if let Some(name) = name {
            self.means(Meaning::new("bytes-means-follows").text("name", name));
        }
    }

    /// The last field is a checksum with this verdict.
    fn verdict(&mut self, verdict: Checksum) {
        let key = match verdict {
            Checksum::Right => "bytes-means-checksum-right",
            Checksum::Offloaded => "bytes-means-checksum-offloaded",
            Checksum::Wrong => "bytes-means-checksum-wrong",
            Checksum::Unchecked => return,
        };
        self.means(Meaning::new(key));
    }

    /// The checksum of the transport header that begins at byte `start`: decoding gave the innermost packet's; one that
    /// is quoted or has a tunnel inside is not told.
    fn transport_verdict(&mut self, start: usize) {
        let innermost = self
            .packet
            .ip
            .map(|ip| ip.offset as usize + usize::from(ip.header_len));
        if !self.quoted && innermost == Some(start) {
            self.verdict(self.checksum);
        }
    }
}
