//! The sniffers of a run: one for each vantage.

use super::{RunError, step};
use crate::model::setting::Place;
use crate::model::{Endpoint, HostId, Vantage};
use crate::observe::capture::Sniffer;
use crate::observe::exchange::HostTable;
use crate::observe::filter;
use crate::observe::lab::Lab;
use crate::script::Plan;

/// A sniffer for each vantage, all ready.
pub(super) fn sniffers(
    lab: &mut Lab,
    plan: &Plan,
    host_table: &HostTable,
) -> Result<Vec<Sniffer>, RunError> {
    let on_wire = plan.place == Place::Wire;
    let count = if on_wire { lab.hosts().len() } else { 1 };
    let hosts = lab.hosts()[..count].to_vec();
    let mut pending = Vec::new();
    for host in hosts {
        let ring = lab.take_ring(host.id)?;
        let vantage = if on_wire {
            Vantage::Host(host.id)
        } else {
            Vantage::Loopback
        };
        let filter = match (plan.place, host_table.port) {
            (Place::MachineLoopback, Some(port)) => {
                filter::endpoint(Endpoint::new(host_table.address(HostId::SERVER), port))
            }
            _ => filter::lab(),
        };
        let interface = host.interface.raw().to_owned();
        let opened = lab
            .thread(host.id)
            .run(move || Sniffer::open(vantage, &interface, ring, &filter));
        pending.push((host.interface.raw().to_owned(), opened));
    }
    pending
        .into_iter()
        .map(|(interface, opened)| opened.wait()?.map_err(step("sniffer", interface)))
        .collect()
}
