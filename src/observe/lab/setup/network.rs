//! What joins the hosts of a lab that is being set up: the wire, or one loopback.

use std::os::fd::{AsFd, OwnedFd};

use super::Lab;
use super::rings::{bind_to_all, make_ring};
use crate::model::Setting;
use crate::model::setting::Place;
use crate::observe::lab::error::{LabError, Refusal};
use crate::observe::lab::host::{HostThread, PendingJob, PendingNamespace};
use crate::observe::lab::kernel::{Asker, Kernel};
use crate::observe::lab::processor::Processor;
use crate::observe::lab::{ipv6_ready, links, settings};
use crate::script::Plan;

impl Lab {
    /// Namespaces joined by the wire.
    pub(super) fn set_up_wire(
        &mut self,
        plan: &Plan,
        (wire, entered): (HostThread, PendingNamespace),
        namespaces: Vec<OwnedFd>,
    ) -> Result<(), LabError> {
        let mtu = plan.wire.mtu;
        // What an interface inherits must be set before there is one.
        for pending in self.set_sysctls(plan) {
            self.settings.extend(pending.wait()??);
        }
        entered.wait()??;
        // While the pairs are made: see `Unbound`.
        let ring = wire.beside("ring", make_ring(plan, true));
        self.begin_rings(plan);
        wire.call(move || {
            settings::set_up_wire()?;
            let fds: Vec<_> = namespaces.iter().map(AsFd::as_fd).collect();
            links::make_pairs(&fds, mtu)
        })??;
        let set_up: Vec<_> = self
            .hosts
            .iter()
            .zip(&self.threads)
            .map(|(host, thread)| {
                let (host, all) = (host.clone(), self.hosts.clone());
                let learn = plan.wire.learn_neighbours;
                let wanted = host.ipv6.filter(|_| plan.ipv6);
                thread.run(move || {
                    links::set_up(&host, &all, learn)?;
                    wanted.map_or(Ok(()), ipv6_ready::wait_for)
                })
            })
            .collect();
        for pending in set_up {
            pending.wait()??;
        }
        let ring = bind_to_all(ring)?;
        self.close_last(ring.as_fd())?;
        self.wire_ring = Some(ring);
        self.wire_thread = Some(wire);
        Ok(())
    }

    /// One private namespace for all hosts, or the machine's own, in which nothing is touched.
    pub(super) fn set_up_loopback(&mut self, plan: &Plan) -> Result<(), LabError> {
        if plan.place == Place::PrivateLoopback {
            self.begin_rings(plan);
            for pending in self.set_sysctls(plan) {
                self.settings.extend(pending.wait()??);
            }
            let host = self.hosts[0].clone();
            self.threads[0].call(move || links::set_up(&host, &[], false))??;
        }
        Ok(())
    }

    /// Begins a ring for the sniffer in each host's namespace, or in the only one.
    fn begin_rings(&mut self, plan: &Plan) {
        if plan.bare {
            return;
        }
        let places = if plan.place == Place::Wire {
            self.threads.len()
        } else {
            1
        };
        let begin = |thread: &HostThread| Some(thread.beside("ring", make_ring(plan, false)));
        self.rings = self.threads.iter().take(places).map(begin).collect();
    }

    fn set_sysctls(&self, plan: &Plan) -> Vec<PendingJob<Result<Vec<Setting>, LabError>>> {
        plan.hosts
            .iter()
            .zip(&self.hosts)
            .zip(&self.threads)
            .map(|((planned, host), thread)| {
                let (id, name, wanted) = (host.id, planned.name.clone(), planned.sysctls.clone());
                thread.run(move || settings::set_up_host(id, &name, &wanted))
            })
            .collect()
    }

    /// From now on everything of this lab is sent from one processor, so that nothing overtakes.
    pub(super) fn share_a_processor(&mut self) {
        if let Some(processor) = Processor::for_a_lab() {
            self.kept_off = processor.leave();
            for thread in self.threads.iter().chain(&self.wire_thread) {
                // Nobody need wait for it: a thread does its jobs one after the other.
                thread.run(move || processor.stay());
            }
        }
    }

    pub(super) fn open_kernels(&mut self, place: Place) -> Result<(), LabError> {
        let opened: Vec<_> = self
            .threads
            .iter()
            .map(|thread| thread.run(Kernel::open))
            .collect();
        for (host, kernel) in self.hosts.iter().zip(opened) {
            let kernel = kernel.wait()?.map_err(LabError::refused(
                "socket(NETLINK_SOCK_DIAG)",
                Refusal::NoSockDiag,
            ))?;
            let others_too = place == Place::MachineLoopback;
            self.askers.push(Asker::new(host.id, kernel, others_too));
        }
        Ok(())
    }
}
