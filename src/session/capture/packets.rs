//! A capture's packets, one by one: decoded, followed, and filtered.
//!
//! Two threads share the work: one reads, the other follows and tells. What can be told of a packet by itself, its checksum first of
//! all, is for the one that would wait for the other. Between them go buffers, few at a time, so that memory stays bounded; a
//! capture that is still being written is told as it grows. A packet of which more is wanted than what following needs is decoded again,
//! because that is cheaper than to hand all its fields from core to core.

use std::cell::OnceCell;
use std::io::Read;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, channel, sync_channel};

use crate::files::{Batch, ReadError, Reader, Warning};
use crate::model::Frame;
use crate::notation::Filter;
use crate::protocol::decode::Packet;
use crate::protocol::follow::{Followed, Prepared, Tracker};

/// Buffers under way between the threads: enough that neither waits for the other's odd packet.
const UNDER_WAY: usize = 2;

/// One packet with all that is known of it.
pub(crate) struct FollowedPacket<'a> {
    /// Its number in the file, from 1.
    pub(crate) number: u32,
    pub(crate) frame: &'a Frame<'a>,
    pub(crate) prepared: &'a Prepared,
    pub(crate) followed: &'a Followed,
    fields: &'a LazyFields<'a>,
}

impl<'a> FollowedPacket<'a> {
    /// Its fields, decoded once for all who ask.
    pub(crate) fn packet(&self) -> &'a Packet<'a> {
        self.fields.get()
    }
}

/// A frame's fields, read when somebody asks.
struct LazyFields<'a> {
    frame: &'a Frame<'a>,
    packet: OnceCell<Packet<'a>>,
}

impl<'a> LazyFields<'a> {
    const fn of(frame: &'a Frame<'a>) -> Self {
        Self {
            frame,
            packet: OnceCell::new(),
        }
    }

    fn get(&self) -> &Packet<'a> {
        let frame = self.frame;
        self.packet.get_or_init(|| frame.packet())
    }
}

/// What is done with the packets of a capture.
pub(crate) trait Walker {
    /// A packet that passes the filter, in file order; false to go no further.
    fn packet(&mut self, met: &FollowedPacket<'_>) -> bool;

    /// So many bytes of the file have been read.
    fn taken(&mut self, _bytes: u64) {}
}

impl<F: FnMut(&FollowedPacket<'_>) -> bool> Walker for F {
    fn packet(&mut self, met: &FollowedPacket<'_>) -> bool {
        self(met)
    }
}

/// How reading came to its end.
pub(crate) struct Walked {
    pub(crate) ended: Result<(), ReadError>,
    pub(crate) warnings: Vec<Warning>,
    /// Packets that the sniffers say they dropped; none where they say nothing.
    pub(crate) dropped: Option<u64>,
}

/// A buffer of packets.
#[derive(Default)]
struct Load {
    batch: Batch,
    /// All of them prepared for following, when it is `ready`; else there may be some of an earlier load.
    prepared: Vec<Prepared>,
    ready: bool,
}

/// What the reading thread says.
enum FromReader {
    Load(Load),
    Over(Walked),
}

/// Goes through the rest of a capture. All packets are followed, so that numbers are those of the whole file; the walker
/// gets those that pass the filter.
pub(crate) fn walk<R: Read + Send + 'static>(
    reader: Reader<R>,
    follow: &mut Tracker,
    filter: Option<&Filter>,
    walker: &mut impl Walker,
) -> Walked {
    let (says, heard) = sync_channel(UNDER_WAY);
    let (returns, returned) = channel();
    // Not waited for: when nothing more is wanted, it may stand in a read that never ends.
    std::thread::spawn(move || read(reader, &says, &returned));
    let mut number = 0;
    for said in heard {
        let load = match said {
            FromReader::Load(load) => load,
            FromReader::Over(walked) => return walked,
        };
        let ready = if load.ready { &load.prepared[..] } else { &[] };
        let mut ready = ready.iter();
        let (mut own, mut followed) = (Prepared::default(), Followed::default());
        for frame in load.batch.frames() {
            number += 1;
            let fields = LazyFields::of(&frame);
            let packet = || fields.get();
            let prepared = match ready.next() {
                Some(prepared) => prepared,
                None => {
                    own.fill(&frame, packet);
                    &own
                }
            };
            follow.prepared(number, frame.at, prepared, packet, &mut followed);
            if filter.is_some_and(|filter| !filter.passes(frame.orig_len, fields.get(), &followed))
            {
                continue;
            }
            let met = FollowedPacket {
                number,
                frame: &frame,
                prepared,
                followed: &followed,
                fields: &fields,
            };
            if !walker.packet(&met) {
                return Walked {
                    ended: Ok(()),
                    warnings: Vec::new(),
                    dropped: None,
                };
            }
        }
        walker.taken(load.batch.taken());
        // The reader is gone when it has read all.
        let _ = returns.send(load);
    }
    unreachable!("invariant: the reading thread says when it is over")
}

/// The reading thread: until the end, or until nobody listens any more.
fn read<R: Read>(mut reader: Reader<R>, says: &SyncSender<FromReader>, returned: &Receiver<Load>) {
    let ended = loop {
        let Load {
            batch, prepared, ..
        } = returned.try_recv().unwrap_or_default();
        match reader.batch(batch) {
            Ok(Some(batch)) => {
                let load = Load {
                    batch,
                    prepared,
                    ready: false,
                };
                if !hand_over(load, says) {
                    return;
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    let dropped = reader.dropped();
    let warnings = reader.into_warnings();
    let _ = says.send(FromReader::Over(Walked {
        ended,
        warnings,
        dropped,
    }));
}

/// Gives a load to who follows: at once where there is room for it, else prepared, for which there is time then. False when nobody
/// listens any more.
fn hand_over(load: Load, says: &SyncSender<FromReader>) -> bool {
    match says.try_send(FromReader::Load(load)) {
        Err(TrySendError::Full(FromReader::Load(mut load))) => {
            let frames = load.batch.frames();
            load.prepared.resize(frames.len(), Prepared::default());
            for (frame, prepared) in frames.zip(&mut load.prepared) {
                let fields = LazyFields::of(&frame);
                prepared.fill(&frame, || fields.get());
            }
            load.ready = true;
            says.send(FromReader::Load(load)).is_ok()
        }
        given => given.is_ok(),
    }
}
