//! The object of one packet with its candidate causes.

use crate::explain::weighing::Weighing;
use crate::views::styled::{Line, Role};

use super::{packet, why};

/// A packet's object ([`packet`]) with `candidates`: each has `name` and `standing` (`told`, `behind` what is more certain, `excluded`),
/// and with it its `evidence`, as in `why`, or the `objection` that rules it out.
#[must_use]
pub fn weighing(weighing: &Weighing) -> Line {
    let frame = &weighing.frame;
    let mut out = Vec::new();
    let number = weighing.number.into();
    packet(
        &mut out,
        number,
        frame.at,
        &frame.packet(),
        &weighing.followed,
    );
    out.extend_from_slice(b",\"moment\":\"packet\"");
    why::candidates(&mut out, &weighing.candidates);
    out.push(b'}');
    Line::of(Role::Plain, String::from_utf8_lossy(&out))
}
