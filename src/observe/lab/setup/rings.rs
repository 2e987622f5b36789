//! Rings of the wire and of the hosts' sniffers: as large as what a plan has under way.

use std::io;

use nix::errno::Errno;

use crate::model::setting::Place;
use crate::observe::filter;
use crate::observe::lab::error::{LabError, Refusal};
use crate::observe::lab::host::PendingJob;
use crate::observe::lab::wire::RING_MEMORY;
use crate::observe::sys::ring::{Ring, RingOptions, Unbound};
use crate::observe::sys::sender;
use crate::script::Plan;

/// The MTU of lo, in a new namespace and in the machine's.
const LOOPBACK_MTU: u32 = 65_536;

/// Memory of a ring where the whole run fits into it, answers and headers included.
const RING_MEMORY_LITTLE: usize = 4 << 20;

/// Makes a ring that takes the plan's frames whole, in the namespace of whoever does it.
pub(super) fn make_ring(
    plan: &Plan,
    of_the_wire: bool,
) -> impl FnOnce() -> io::Result<Unbound> + Send + 'static {
    let link_header = 18;
    let mtu = if plan.place == Place::Wire {
        plan.wire.mtu
    } else {
        LOOPBACK_MTU
    };
    let options = RingOptions {
        largest: mtu as usize + link_header,
        bytes: if plan.is_little() {
            RING_MEMORY_LITTLE
        } else {
            RING_MEMORY
        },
        filter: &[],
        ignore_outgoing: of_the_wire,
    };
    move || Unbound::new(options)
}

pub(super) fn bind_to_all(ring: PendingJob<io::Result<Unbound>>) -> Result<Ring, LabError> {
    let bound = ring.wait()?.and_then(|ring| {
        let ring = ring.filter(&filter::lab())?.bind(0)?;
        sender::bypass_queueing(ring.socket())?;
        Ok(ring)
    });
    bound.map_err(ring_refused)
}

/// What a packet socket's refusal means.
pub(in crate::observe::lab) fn ring_refused(error: io::Error) -> LabError {
    match error.raw_os_error() {
        Some(errno) if errno == Errno::EAFNOSUPPORT as i32 => {
            LabError::refused("socket(AF_PACKET)", Refusal::NoPacketSockets)(error)
        }
        _ => LabError::refused("setsockopt(PACKET_RX_RING)", Refusal::NoRing)(error),
    }
}
