//! Why reading ends: the system failed, nothing can be read at all, or there is damage, which is a warning as long as
//! something of the file was read.

use std::io;

/// Why nothing (more) could be read. Damage to a file is no error but a [`Warning`], as long as something of it was read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The system would not give the bytes.
    #[error("reading failed behind packet {packets}, at offset {offset}")]
    Io {
        /// Whole packets read before.
        packets: u64,
        /// Offset in the decompressed input.
        offset: u64,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is not a single byte.
    #[error("the input is empty")]
    Empty,
    /// It is no capture that we know.
    #[error("neither pcap nor pcapng")]
    Unknown {
        /// Its first bytes.
        head: Vec<u8>,
    },
    /// It is compressed, but damaged from the first byte on.
    #[error("the compressed data are damaged: {why}")]
    Compressed {
        /// What the decompressor said.
        why: String,
    },
}

impl ReadError {
    pub(super) const fn io(source: io::Error, packets: u64, offset: u64) -> Self {
        Self::Io {
            packets,
            offset,
            source,
        }
    }
}

/// Something that could not be read, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The kind of damage.
    pub kind: WarningKind,
    /// The packet at which it was met, from 1: the one behind the last that was read whole.
    pub packet: u64,
    /// Where the record or block begins, in bytes from the start of the (decompressed) file.
    pub offset: u64,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WarningKind {
    /// The file ends in the middle of something: cut off, or still being written.
    CutOff,
    /// A record claims more bytes than any frame has.
    PacketTooLong {
        /// The length that it claims, in bytes.
        len: u32,
    },
    /// A block claims an impossible length.
    BlockLength {
        /// The block's type.
        kind: u32,
        /// The length that it claims, in bytes.
        len: u32,
    },
    /// A block's parts do not fit together.
    BlockDamaged {
        /// The block's type.
        kind: u32,
    },
    /// A packet names an interface that the section does not have.
    NoInterface {
        /// Its index.
        interface: u32,
    },
    /// The compressed data end early or are damaged.
    Compressed(
        /// What the decompressor said.
        String,
    ),
    /// A version that we do not know: of pcapng, or of the facts in our own blocks.
    Version {
        /// The one that the file names.
        version: u16,
    },
    /// A fact in a block of our own could not be read, and was left out.
    FactUnreadable,
}

impl WarningKind {
    /// A stable short name, for JSON and as the end of a catalogue key.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::PacketTooLong { .. } => "packet-too-long",
            Self::BlockLength { .. } => "block-length",
            Self::BlockDamaged { .. } => "block-damaged",
            Self::NoInterface { .. } => "no-interface",
            Self::Compressed(_) => "compressed",
            Self::Version { .. } => "version",
            Self::FactUnreadable => "fact-unreadable",
        }
    }
}

/// The warnings so far, each kind once.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
}

impl Warnings {
    /// Adds one, unless there is one of its kind: the first place is the one to look at.
    pub(super) fn add(&mut self, kind: WarningKind, packet: u64, offset: u64) {
        if self
            .list
            .iter()
            .all(|known| known.kind.name() != kind.name())
        {
            self.list.push(Warning {
                kind,
                packet,
                offset,
            });
        }
    }

    pub(super) fn list(&self) -> &[Warning] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }
}

/// Why reading stops.
#[derive(Debug)]
pub(super) enum ReadStop {
    /// The system failed.
    Io(io::Error),
    /// The file is read as far as it goes.
    Warn(WarningKind),
    /// What is buffered is used up; the same again reads on.
    Dry,
}
