//! The one table of thresholds: times by which causes are told apart. None of them is a rule of TCP; each says where it
//! comes from, so that it can be doubted in one place.
//!
//! Where a source is "the lab", the value was chosen on recordings of the lab whose causes the wire knew
//! (`scripts/soak` holds what is told against that).

use crate::model::Span;

/// A round trip shorter than this is too close to a clock's grain to tell which of two segments was first. The lab.
pub const GRAIN_OF_CLOCKS: Span = Span::from_ms(2);

/// A needless copy comes no later than this behind what it is a copy of. The lab.
pub const COPY_FOLLOWS_WITHIN: Span = Span::from_ms(3);

/// Without any send stamp: what is the same and comes sooner than this is a copy, for nothing asks for a resend so
/// soon. The lab.
pub const TOO_SOON_FOR_A_RESEND: Span = Span::from_ms(1);

/// Where the sender is near, what answers an acknowledgement leaves so soon. The lab.
pub const ANSWERS_WITHIN: Span = Span::from_ms(1);

/// What was sent so shortly before or after something else has the same cause. The lab.
pub const SAME_CAUSE_WITHIN: Span = Span::from_ms(3);

/// What an arrival makes a kernel send leaves within this; a timer of it never runs out sooner. The lab.
pub const ARRIVAL_CAUSES_WITHIN: Span = Span::from_ms(2);

/// A busy host is no later than this with what it does at once. The lab, with every processor busy.
pub const BUSY_HOST_LATE_BY: Span = Span::from_ms(50);

/// The shortest retransmission timeout of common stacks, beside the round trip itself (Linux: TCP_RTO_MIN; RFC 6298 §2, rule 2.4,
/// asks for one second).
pub const SHORTEST_TIMEOUT: Span = Span::from_ms(200);

/// No timer of TCP runs out sooner: the shortest that a system can be set to is some ticks of its clock, and the round trip besides.
pub const SHORTEST_TIMER: Span = Span::from_ms(5);

/// What comes later than this behind what was sent after it was not merely overtaken, where no round trip is known. A choice: reordering by
/// parallel paths and queues is much shorter.
pub const GAP_IS_NO_REORDERING: Span = Span::from_ms(10);

/// What Linux's kernels may add to the time of a tail-loss probe: their clock's grain, twice, and some load.
pub const PROBE_SLACK: Span = Span::from_ms(30);

/// Up to here an acknowledgement counts as sent at once. The lab.
pub const ACKED_AT_ONCE_WITHIN: Span = Span::from_ms(4);

/// From here on an acknowledgement counts as kept back. The kernel's timer is 40 ms at least, a busy machine's
/// scheduling is over before.
pub const ACK_KEPT_BACK_FROM: Span = Span::from_ms(30);
