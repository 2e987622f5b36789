//! Reading pcapng: frames of foreign files, all facts of a recording.

use std::io::Read;

use super::blocks::{BlockHead, Blocks};
use super::options::{BlockOptions, Order, padded};
use super::{
    CUSTOM, INTERFACE, MAGIC, OLD_PACKET, OUR_HEAD, OURS, PACKET, SECTION, SIMPLE_PACKET,
    STATISTICS, VERSION, flag, option,
};
use crate::files::dedup::RecentFrames;
use crate::files::error::{ReadStop, WarningKind, Warnings};
use crate::files::input::Input;
use crate::files::pcap::{LONGEST, longest};
use crate::files::record::{FrameAt, Record};
use crate::files::stored_fact::StoredFact;
use crate::model::{Direction, LinkType, Time, Vantage};

/// The longest block of ours that is believed: a script of a mebibyte, and then some.
const LONGEST_OURS: u32 = 2 << 20;
/// The longest fact but for settings, which hold scripts: a call's longest argument is a filter of 4096 instructions.
const LONGEST_FACT: usize = 256 << 10;
/// All settings of a recording.
const MOST_SETTINGS: usize = 4 << 20;

/// What one tick of an interface's stamps is.
#[derive(Clone, Copy, Debug)]
enum Tick {
    /// This many nanoseconds.
    Nanos(i64),
    /// This fraction of a nanosecond.
    Fraction(u64),
    /// 2 to the minus this many seconds.
    Binary(u8),
}

/// An interface of the current section.
#[derive(Clone, Copy, Debug)]
struct Interface {
    link: LinkType,
    snaplen: u32,
    tick: Tick,
    /// Added to every stamp.
    offset: i64,
    /// Its index in the file, over all sections.
    index: u16,
    /// Packets that its sniffer had dropped, as its latest statistics say.
    dropped: Option<u64>,
}

/// What makes a section a recording of ours.
struct Recording {
    saved: Vantage,
    recent: RecentFrames,
}

/// The state of reading one pcapng file.
pub(in crate::files) struct Ng {
    blocks: Blocks,
    interfaces: Vec<Interface>,
    /// Interfaces in all sections so far.
    seen: usize,
    recording: Option<Recording>,
    /// Simple packets have no stamp: they take that of the packet before.
    last: Time,
    packets: u32,
    customs: u64,
    /// Bytes of settings so far, as they stand in the file.
    settings: usize,
    /// Packets that sniffers of earlier sections had dropped.
    dropped: Option<u64>,
}

impl Ng {
    /// How many bytes are looked at to recognise the format.
    pub(in crate::files) const HEAD: usize = 12;

    /// The file whose first bytes these are, when they are a pcapng file's.
    pub(in crate::files) fn recognise(head: &[u8]) -> Option<Self> {
        let magic = head.get(8..12)?;
        let known = |big| Order { big }.u32(magic) == super::ORDER_MAGIC;
        (head.starts_with(&SECTION.to_le_bytes()) && (known(false) || known(true))).then(|| Self {
            blocks: Blocks::new(),
            interfaces: Vec::new(),
            seen: 0,
            recording: None,
            last: Time::default(),
            packets: 0,
            customs: 0,
            settings: 0,
            dropped: None,
        })
    }

    /// The section that was entered last is a recording of ours.
    pub(in crate::files) const fn is_recording(&self) -> bool {
        self.recording.is_some()
    }

    /// Custom blocks met so far.
    pub(in crate::files) const fn customs(&self) -> u64 {
        self.customs
    }

    /// Packets that the sniffers dropped, as their own statistics say so far; none where they say nothing.
    pub(in crate::files) fn dropped(&self) -> Option<u64> {
        let said = self.interfaces.iter().filter_map(|known| known.dropped);
        said.chain(self.dropped).reduce(u64::saturating_add)
    }

    /// Reads the section header, and the block behind it when that is ours: then this is a recording.
    pub(in crate::files) fn begin<R: Read>(
        &mut self,
        input: &mut Input<R>,
        warnings: &mut Warnings,
    ) -> Result<(), ReadStop> {
        if let Some(head) = self.blocks.head(input)? {
            self.section(input, head)?;
        }
        if let Some(head) = self.blocks.head(input)?
            && head.kind == OURS
        {
            self.ours(input, head, warnings)?;
        }
        Ok(())
    }

    /// The next thing in the file that is a fact.
    #[inline]
    pub(in crate::files) fn next<R: Read>(
        &mut self,
        input: &mut Input<R>,
        warnings: &mut Warnings,
    ) -> Result<Option<Record>, ReadStop> {
        loop {
            let Some(head) = self.blocks.head(input)? else {
                return Ok(None);
            };
            let item = match head.kind {
                PACKET => self.packet(input, head)?,
                SECTION => self.section(input, head)?,
                INTERFACE => self.interface(input, head)?,
                SIMPLE_PACKET => self.simple(input, head)?,
                OLD_PACKET => self.old_packet(input, head)?,
                STATISTICS => self.statistics(input, head)?,
                OURS => self.ours(input, head, warnings)?,
                kind => {
                    self.customs += u64::from(CUSTOM.contains(&kind));
                    if !input.skip(u64::from(head.total))? {
                        return Err(ReadStop::Warn(WarningKind::CutOff));
                    }
                    None
                }
            };
            if let Some(item) = item {
                return Ok(Some(item));
            }
        }
    }

    fn section<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        let damaged = ReadStop::Warn(WarningKind::BlockDamaged { kind: SECTION });
        if len < 16 {
            return Err(damaged);
        }
        let body = input.at(place, len);
        let major = self.blocks.order.u16(&body[4..]);
        if major != 1 {
            return Err(ReadStop::Warn(WarningKind::Version { version: major }));
        }
        // A section header whose options do not fit is no header to trust (tshark stops there, too).
        if !options_fit(self.blocks.order, &body[16..]) {
            return Err(damaged);
        }
        self.dropped = self.dropped();
        self.interfaces.clear();
        self.recording = None;
        Ok(None)
    }

    fn interface<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        if len < 8 {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged {
                kind: INTERFACE,
            }));
        }
        let order = self.blocks.order;
        let body = input.at(place, len);
        let mut interface = Interface {
            link: LinkType(u32::from(order.u16(body))),
            snaplen: order.u32(&body[4..]),
            tick: Tick::Nanos(1_000),
            offset: 0,
            index: u16::try_from(self.seen).unwrap_or(u16::MAX),
            dropped: None,
        };
        for (code, value) in BlockOptions::new(order, &body[8..]) {
            match (code, value) {
                (option::IF_TSRESOL, &[resolution]) => interface.tick = tick(resolution),
                (option::IF_TSOFFSET, value) => {
                    if let Ok(seconds) = value.try_into() {
                        let seconds = order.u64(seconds).cast_signed();
                        interface.offset = seconds.saturating_mul(1_000_000_000);
                    }
                }
                _ => {}
            }
        }
        if longest(interface.link) > LONGEST {
            self.blocks.transfers = true;
        }
        self.interfaces.push(interface);
        self.seen += 1;
        Ok(None)
    }

    /// An interface's statistics. They say nothing that packets depend on: what does not fit is passed over.
    fn statistics<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        let (order, body) = (self.blocks.order, input.at(place, len));
        if len < 12 {
            return Ok(None);
        }
        let Some(interface) = self.interfaces.get_mut(order.u32(body) as usize) else {
            return Ok(None);
        };
        let drops = BlockOptions::new(order, &body[12..])
            .filter(|(code, _)| matches!(*code, option::ISB_IFDROP | option::ISB_OSDROP))
            .filter_map(|(_, value)| Some(order.u64(value.try_into().ok()?)));
        if let Some(dropped) = drops.reduce(u64::saturating_add) {
            interface.dropped = Some(dropped);
        }
        Ok(None)
    }

    /// An enhanced packet block.
    #[inline]
    fn packet<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        if len < 20 {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged { kind: PACKET }));
        }
        let body = input.at(place, len);
        let order = self.blocks.order;
        let ticks = u64::from(order.u32(&body[4..])) << 32 | u64::from(order.u32(&body[8..]));
        let (captured, orig_len) = (order.u32(&body[12..]), order.u32(&body[16..]));
        self.frame(
            input,
            order.u32(body),
            ticks,
            captured,
            orig_len,
            place,
            20,
            len,
        )
    }

    /// The packet block of the format's first drafts: 16 bits of interface, 16 of drops.
    fn old_packet<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        if len < 20 {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged {
                kind: OLD_PACKET,
            }));
        }
        let body = input.at(place, len);
        let order = self.blocks.order;
        let ticks = u64::from(order.u32(&body[4..])) << 32 | u64::from(order.u32(&body[8..]));
        let (captured, orig_len) = (order.u32(&body[12..]), order.u32(&body[16..]));
        let interface = u32::from(order.u16(body));
        self.frame(input, interface, ticks, captured, orig_len, place, 20, len)
    }

    /// What both packet blocks come to: the data stand `data` bytes into the body.
    #[inline]
    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of the block, once each"
    )]
    fn frame<R: Read>(
        &mut self,
        input: &Input<R>,
        interface: u32,
        ticks: u64,
        captured: u32,
        orig_len: u32,
        place: usize,
        data: usize,
        len: usize,
    ) -> Result<Option<Record>, ReadStop> {
        let Some(interface) = self.interfaces.get(interface as usize) else {
            return Err(ReadStop::Warn(WarningKind::NoInterface { interface }));
        };
        if self.blocks.too_long(captured) {
            return Err(ReadStop::Warn(WarningKind::PacketTooLong { len: captured }));
        }
        let captured = captured as usize;
        if captured > len - data {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged { kind: PACKET }));
        }
        let behind = data + padded(captured);
        let mut direction = Direction::Unknown;
        let mut checksum_offloaded = false;
        if len > behind {
            let options = input.at(place + behind, len - behind);
            (direction, checksum_offloaded) = flags(self.blocks.order, options);
        }
        let at = stamp(interface, ticks);
        self.last = at;
        self.packets = self.packets.saturating_add(1);
        let mut vantage = Vantage::File(interface.index);
        if let Some(recording) = &mut self.recording {
            vantage = recording.saved;
            if direction == Direction::Sent {
                recording
                    .recent
                    .push(self.packets, input.at(place + data, captured));
            }
        }
        Ok(Some(Record::Frame(FrameAt {
            at,
            vantage,
            direction,
            link: interface.link,
            orig_len,
            checksum_offloaded,
            place: place + data,
            len: captured,
        })))
    }

    /// A simple packet block: of the section's first interface, cut at its snap length.
    fn simple<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
    ) -> Result<Option<Record>, ReadStop> {
        let (place, len) = self.blocks.body(input, head)?;
        let Some(interface) = self.interfaces.first() else {
            return Err(ReadStop::Warn(WarningKind::NoInterface { interface: 0 }));
        };
        if len < 4 {
            return Err(ReadStop::Warn(WarningKind::BlockDamaged {
                kind: SIMPLE_PACKET,
            }));
        }
        let orig_len = self.blocks.order.u32(input.at(place, len));
        let snaplen = match interface.snaplen {
            0 => u32::MAX,
            some => some,
        };
        let captured = (orig_len.min(snaplen) as usize).min(len - 4);
        self.packets = self.packets.saturating_add(1);
        Ok(Some(Record::Frame(FrameAt {
            at: self.last,
            vantage: Vantage::File(interface.index),
            direction: Direction::Unknown,
            link: interface.link,
            orig_len,
            checksum_offloaded: false,
            place: place + 4,
            len: captured,
        })))
    }

    /// A block of our type: skipped when it is somebody else's after all.
    fn ours<R: Read>(
        &mut self,
        input: &mut Input<R>,
        head: BlockHead,
        warnings: &mut Warnings,
    ) -> Result<Option<Record>, ReadStop> {
        let offset = input.offset();
        if head.total > LONGEST_OURS {
            warnings.add(WarningKind::FactUnreadable, self.packets.into(), offset);
            return if input.skip(u64::from(head.total))? {
                Ok(None)
            } else {
                Err(ReadStop::Warn(WarningKind::CutOff))
            };
        }
        let (place, len) = self.blocks.body(input, head)?;
        let body = input.at(place, len);
        let order = self.blocks.order;
        if len < OUR_HEAD || !body.starts_with(MAGIC) {
            return Ok(None);
        }
        let version = order.u16(&body[8..]);
        if version != VERSION {
            warnings.add(
                WarningKind::Version { version },
                self.packets.into(),
                offset,
            );
            return Ok(None);
        }
        let (json, raw) = body[OUR_HEAD..]
            .split_at_checked(order.u32(&body[12..]) as usize)
            .unwrap_or_default();
        let item = serde_json::from_slice::<StoredFact<'_>>(json)
            .ok()
            .filter(|stored| self.has_room(stored, json.len()))
            .and_then(|stored| self.stored(stored, raw));
        if item.is_none() {
            warnings.add(WarningKind::FactUnreadable, self.packets.into(), offset);
        }
        Ok(item.flatten())
    }

    /// It is no longer than facts are. All settings are kept until the story begins, so they are bounded together.
    fn has_room(&mut self, stored: &StoredFact<'_>, len: usize) -> bool {
        if matches!(stored, StoredFact::Setting { .. }) {
            self.settings += len;
            self.settings <= MOST_SETTINGS
        } else {
            len <= LONGEST_FACT
        }
    }

    /// The fact of a block; none when it makes no sense here.
    #[expect(clippy::option_option, reason = "unreadable, read but no fact, a fact")]
    fn stored(&mut self, stored: StoredFact<'_>, raw: &[u8]) -> Option<Option<Record>> {
        match stored {
            StoredFact::Recording { saved } => {
                self.recording = Some(Recording {
                    saved,
                    recent: RecentFrames::default(),
                });
                Some(None)
            }
            StoredFact::Frame(frame) => {
                let bytes = match frame.packet {
                    Some(packet) => self.recording.as_ref()?.recent.get(packet)?,
                    None => raw.get(..frame.len as usize)?,
                };
                Some(Some(Record::Fact(Box::new(frame.with(bytes)))))
            }
            other => Some(Some(Record::Fact(Box::new(other.into_fact()?)))),
        }
    }
}

/// An interface's resolution: a power of ten, or with the top bit of two.
fn tick(resolution: u8) -> Tick {
    match resolution {
        power @ 0..=9 => Tick::Nanos(10_i64.pow(u32::from(9 - power))),
        power @ 10..=127 => {
            Tick::Fraction(10_u64.checked_pow(u32::from(power - 9)).unwrap_or(u64::MAX))
        }
        power => Tick::Binary(power & 0x7f),
    }
}

#[inline]
fn stamp(interface: &Interface, ticks: u64) -> Time {
    let ns = match interface.tick {
        Tick::Nanos(ns) => ticks.cast_signed().saturating_mul(ns),
        Tick::Fraction(parts) => (ticks / parts).cast_signed(),
        Tick::Binary(power) => {
            i64::try_from((u128::from(ticks) * 1_000_000_000) >> power).unwrap_or(i64::MAX)
        }
    };
    Time::from_ns(ns.saturating_add(interface.offset))
}

/// Direction and "checksum left to the hardware" from a packet's options.
fn flags(order: Order, options: &[u8]) -> (Direction, bool) {
    let word = BlockOptions::new(order, options)
        .find(|(code, value)| *code == option::PACKET_FLAGS && value.len() == 4)
        .map_or(0, |(_, value)| order.u32(value));
    let direction = match word & 3 {
        flag::INBOUND => Direction::Received,
        flag::OUTBOUND => Direction::Sent,
        _ => Direction::Unknown,
    };
    (direction, word & flag::CHECKSUM_NOT_READY != 0)
}

/// Every option ends within these bytes.
fn options_fit(order: Order, bytes: &[u8]) -> bool {
    let mut options = BlockOptions::new(order, bytes);
    options.by_ref().for_each(drop);
    match options.rest() {
        [] => true,
        rest => rest.len() >= 4 && order.u16(rest) == option::END,
    }
}
