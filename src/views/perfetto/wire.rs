//! The few messages of Perfetto's trace that are written here, field by field (`protos/perfetto/trace` of Perfetto; Protocol
//! Buffers' encoding: <https://protobuf.dev/programming-guides/encoding/>).

/// A message under construction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Proto(pub(super) Vec<u8>);

impl Proto {
    /// Seven bits a byte, the lowest first.
    fn varint(&mut self, mut value: u64) {
        while value > 0x7f {
            self.0.push(value.to_le_bytes()[0] | 0x80);
            value >>= 7;
        }
        self.0.push(value.to_le_bytes()[0]);
    }

    /// A number.
    pub(super) fn int(mut self, field: u32, value: u64) -> Self {
        self.varint(u64::from(field) << 3);
        self.varint(value);
        self
    }

    /// A number of eight bytes.
    pub(super) fn fixed(mut self, field: u32, value: u64) -> Self {
        self.varint((u64::from(field) << 3) | 1);
        self.0.extend_from_slice(&value.to_le_bytes());
        self
    }

    /// Bytes: a text, or a message within.
    pub(super) fn bytes(mut self, field: u32, bytes: &[u8]) -> Self {
        self.varint((u64::from(field) << 3) | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }
}

/// `SLICE_BEGIN`, `SLICE_END`, `INSTANT`, `COUNTER` of `TrackEvent.Type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventType {
    Begin = 1,
    End = 2,
    Instant = 3,
    Counter = 4,
}

/// An event of a track.
pub(super) fn event(kind: EventType, track: u64) -> Proto {
    Proto::default().int(9, kind as u64).int(11, track)
}

impl Proto {
    /// What an event is of, and its name.
    pub(super) fn named(self, category: &str, name: &str) -> Self {
        self.bytes(22, category.as_bytes())
            .bytes(23, name.as_bytes())
    }

    /// Something more about an event: `DebugAnnotation`.
    pub(super) fn note(self, name: &str, value: &str) -> Self {
        let note = Self::default().bytes(10, name.as_bytes());
        self.bytes(4, &note.bytes(6, value.as_bytes()).0)
    }

    /// An arrow begins at this event.
    pub(super) fn flow(self, id: u64) -> Self {
        self.fixed(47, id)
    }

    /// An arrow ends at this event.
    pub(super) fn ends_flow(self, id: u64) -> Self {
        self.fixed(48, id)
    }

    /// A counter's value.
    pub(super) fn value(self, value: u64) -> Self {
        self.int(30, value)
    }
}

/// The real-time clock, by Perfetto's number.
const REALTIME: u64 = 1;
/// The clock that its reader counts in, unless it is told otherwise.
const BOOTTIME: u64 = 6;

/// The first packet of every trace of ours, by which it is known again: it begins the one sequence of packets, and
/// describes a track without events.
pub(super) fn first() -> Vec<u8> {
    let track = Proto::default().int(1, 1).bytes(2, b"sockscope");
    packet(&Proto::default().int(13, 1).bytes(60, &track.0))
}

/// Says that stamps are of the real-time clock.
pub(super) fn clocks(at: u64) -> Vec<u8> {
    let clock = |id| Proto::default().int(1, id).int(2, at).0;
    let snapshot = Proto::default()
        .bytes(1, &clock(REALTIME))
        .bytes(1, &clock(BOOTTIME))
        .int(2, REALTIME);
    packet(&Proto::default().bytes(6, &snapshot.0))
}

/// A track, below another one; a counter has a unit.
pub(super) fn track(id: u64, parent: Option<u64>, name: &str, unit: Option<&str>) -> Vec<u8> {
    let mut track = Proto::default().int(1, id).bytes(2, name.as_bytes());
    if let Some(parent) = parent {
        track = track.int(5, parent);
    }
    if let Some(unit) = unit {
        track = track.bytes(8, &Proto::default().bytes(6, unit.as_bytes()).0);
    }
    packet(&Proto::default().bytes(60, &track.0))
}

/// An event at its time.
pub(super) fn at(time: u64, event: &Proto) -> Vec<u8> {
    packet(
        &Proto::default()
            .int(8, time)
            .int(58, REALTIME)
            .bytes(11, &event.0),
    )
}

/// As a `packet` of `Trace`, of the one sequence.
fn packet(of: &Proto) -> Vec<u8> {
    Proto::default().bytes(1, &of.clone().int(10, 1).0).0
}
