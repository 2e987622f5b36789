//! The hosts of a plan, and their threads in their namespaces.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::OwnedFd;

use crate::model::setting::Place;
use crate::model::{Host, HostId};
use crate::observe::lab::error::LabError;
use crate::observe::lab::host::{HostThread, Namespace, PendingNamespace};
use crate::observe::lab::links;
use crate::script::Plan;

/// The hosts' threads, in their namespaces.
pub(super) struct Started {
    pub threads: Vec<HostThread>,
    /// Distinct ones only.
    pub namespaces: Vec<OwnedFd>,
}

pub(super) fn start_hosts(plan: &Plan) -> Result<Started, LabError> {
    let mut started = Started {
        threads: Vec::new(),
        namespaces: Vec::new(),
    };
    let mut entering = Vec::new();
    for planned in &plan.hosts {
        let (namespace, is_new) = match (plan.place, started.namespaces.first()) {
            (Place::Wire, _) | (Place::PrivateLoopback, None) => (Namespace::New, true),
            (Place::MachineLoopback, _) => (Namespace::Same, false),
            (Place::PrivateLoopback, Some(first)) => {
                let copy = first
                    .try_clone()
                    .map_err(LabError::step("dup", "of a namespace"))?;
                (Namespace::Join(copy), false)
            }
        };
        let (thread, entered) = HostThread::start(&planned.name, namespace)?;
        started.threads.push(thread);
        if plan.place == Place::Wire {
            entering.push(entered);
        } else {
            started.has_entered(entered, is_new)?;
        }
    }
    for entered in entering {
        started.has_entered(entered, true)?;
    }
    Ok(started)
}

impl Started {
    fn has_entered(&mut self, entered: PendingNamespace, is_new: bool) -> Result<(), LabError> {
        let namespace = entered.wait()??;
        if is_new {
            self.namespaces.extend(namespace);
        }
        Ok(())
    }
}

pub(super) fn hosts(plan: &Plan, has_ipv6: bool) -> Vec<Host> {
    (0u8..)
        .zip(&plan.hosts)
        .map(|(number, planned)| {
            let wire = plan.place == Place::Wire;
            let (mac, ipv4, ipv6) = links::addresses(number);
            Host {
                id: HostId(number),
                name: planned.name.as_str().into(),
                interface: if wire { links::INTERFACE } else { "lo" }.into(),
                mac: wire.then_some(mac),
                ipv4: Some(if wire { ipv4 } else { Ipv4Addr::LOCALHOST }),
                ipv6: has_ipv6.then_some(if wire { ipv6 } else { Ipv6Addr::LOCALHOST }),
            }
        })
        .collect()
}
