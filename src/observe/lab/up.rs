//! Setting a lab up, and taking it down.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::enter::Privileges;
use super::error::{LabError, Refusal};
use super::host::{HostThread, Namespace, Pending};
use super::kernel::{Asker, Kernel};
use super::watcher::Watcher;
use super::wire::{Road, STATE_RATE, Sockets, WireEnd};
use super::{links, settings};
use crate::model::setting::Place;
use crate::model::{Host, HostId, Setting, Span};
use crate::observe::source::Source;
use crate::script::Plan;

/// Labs of this process are numbered, for the watcher.
static LABS: AtomicU32 = AtomicU32::new(0);

/// A lab that is up.
#[derive(Debug)]
pub struct Lab {
    number: u32,
    delay: Span,
    hosts: Vec<Host>,
    askers: Vec<Asker>,
    settings: Vec<Setting>,
    wire: Option<WireEnd>,
    /// The wire's sockets, until it starts.
    sockets: Option<Sockets>,
    // Threads end in this order when a lab is dropped: wire first, for nothing must be relayed to a host that is gone.
    wire_thread: Option<HostThread>,
    threads: Vec<HostThread>,
    watcher: Option<Arc<Watcher>>,
}

impl Lab {
    /// Sets up the hosts of a plan, each in its namespace, ready but silent. The wire does not run yet
    /// ([`Lab::start_wire`]).
    ///
    /// # Errors
    /// The first step that failed. Nothing is left behind then either.
    pub fn up(privileges: &Privileges, plan: &Plan) -> Result<Self, LabError> {
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let watcher = privileges.watcher.clone();
        let (threads, namespaces) = start_hosts(plan)?;
        if let Some(watcher) = &watcher {
            let distinct = if plan.place == Place::Wire {
                namespaces.len()
            } else {
                1
            };
            for namespace in namespaces.iter().take(distinct) {
                watcher
                    .hold(number, namespace.as_fd())
                    .map_err(LabError::step("sendmsg", "to the watcher"))?;
            }
        }
        let has_ipv6 = settings::has_ipv6();
        if plan.ipv6 && !has_ipv6 {
            return Err(LabError::NoIpv6);
        }
        let hosts = hosts(plan, has_ipv6);
        let mut lab = Self {
            number,
            delay: plan.wire.delay,
            settings: hosts.iter().cloned().map(Setting::Host).collect(),
            hosts,
            askers: Vec::new(),
            wire: None,
            sockets: None,
            wire_thread: None,
            threads,
            watcher,
        };
        if plan.place == Place::Wire {
            lab.settings.extend([
                Setting::Delay(plan.wire.delay),
                Setting::Mtu(plan.wire.mtu),
                Setting::LearnNeighbours(plan.wire.learn_neighbours),
                Setting::StateSampling(STATE_RATE),
            ]);
            lab.lay_the_wire(plan, namespaces)?;
        } else {
            lab.set_up_loopback(plan)?;
        }
        lab.open_kernels(plan.place)?;
        Ok(lab)
    }

    /// The hosts, by number.
    #[must_use]
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// A host's thread: what runs there belongs to that host.
    ///
    /// # Panics
    /// When the plan has no such host.
    #[must_use]
    pub fn thread(&self, host: HostId) -> &HostThread {
        &self.threads[usize::from(host.0)]
    }

    /// A host's kernel, to be asked about connections from any thread.
    ///
    /// # Panics
    /// When the plan has no such host.
    #[must_use]
    pub fn asker(&self, host: HostId) -> &Asker {
        &self.askers[usize::from(host.0)]
    }

    /// What results depend on: the hosts, the wire's delay and MTU, every kernel setting that was set.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The wire; none before it is started, and where there is none (on a loopback).
    #[must_use]
    pub const fn wire(&self) -> Option<&WireEnd> {
        self.wire.as_ref()
    }

    /// Lets the relay run; it tells its facts to `source`. Does nothing on a loopback.
    ///
    /// # Errors
    /// Of eventfd and dup.
    pub fn start_wire(&mut self, source: &Arc<Source>) -> Result<(), LabError> {
        let (Some(sockets), Some(thread)) = (self.sockets.take(), &self.wire_thread) else {
            return Ok(());
        };
        let road = Road {
            ends: (0u8..)
                .zip(&self.hosts)
                .map(|(number, host)| (host.mac.unwrap_or_default(), links::far_index(number)))
                .collect(),
            delay: self.delay,
            askers: self.askers.clone(),
            source: Arc::clone(source),
        };
        let (mut end, relay) = WireEnd::new(sockets, road)?;
        end.is_run_by(thread.run(move || relay.run()));
        self.wire = Some(end);
        Ok(())
    }

    /// Stops the wire when it runs; what it did.
    ///
    /// # Errors
    /// [`LabError::ThreadGone`] when it had panicked.
    pub fn stop_wire(&mut self) -> Result<super::wire::Counters, LabError> {
        self.wire
            .as_mut()
            .map_or_else(|| Ok(super::wire::Counters::default()), WireEnd::stop)
    }

    /// Takes the lab down: stops the wire, ends the threads that have nothing to do, has the watcher destroy
    /// what sockets are left, and so frees the namespaces. A thread that was stuck in a call gets its
    /// error then.
    ///
    /// # Errors
    /// When the watcher is gone.
    pub fn down(mut self) -> Result<(), LabError> {
        if let Some(wire) = &mut self.wire {
            wire.stop()?;
        }
        let watcher = self.watcher.take();
        let number = self.number;
        drop(self);
        match watcher {
            Some(watcher) => watcher
                .down(number)
                .map_err(LabError::step("recvmsg", "from the watcher")),
            None => Ok(()),
        }
    }

    /// Namespaces joined by the wire.
    fn lay_the_wire(&mut self, plan: &Plan, namespaces: Vec<OwnedFd>) -> Result<(), LabError> {
        let mtu = plan.wire.mtu;
        let (wire, entered) = HostThread::start("wire", Namespace::New)?;
        let ready: Pending<Result<(), LabError>> = wire.run(move || {
            settings::set_up_wire()?;
            let fds: Vec<_> = namespaces.iter().map(AsFd::as_fd).collect();
            links::make_pairs(&fds, mtu)
        });
        // While the pairs are being made, the hosts set their kernels up: what interfaces inherit must be
        // there before they are, and `ready` waits for nothing of it.
        let settings: Vec<_> = self.set_sysctls(plan);
        entered.wait()??;
        for pending in settings {
            self.settings.extend(pending.wait()??);
        }
        ready.wait()??;
        let sockets = wire.run(move || Sockets::open(mtu));
        let set_up: Vec<_> = self
            .hosts
            .iter()
            .zip(&self.threads)
            .map(|(host, thread)| {
                let (host, all) = (host.clone(), self.hosts.clone());
                let learn = plan.wire.learn_neighbours;
                thread.run(move || links::set_up(&host, &all, learn))
            })
            .collect();
        for pending in set_up {
            pending.wait()??;
        }
        self.sockets = Some(sockets.wait()??);
        self.wire_thread = Some(wire);
        Ok(())
    }

    /// One private namespace for all hosts, or the machine's own, in which nothing is touched.
    fn set_up_loopback(&mut self, plan: &Plan) -> Result<(), LabError> {
        if plan.place == Place::PrivateLoopback {
            for pending in self.set_sysctls(plan) {
                self.settings.extend(pending.wait()??);
            }
            let host = self.hosts[0].clone();
            self.threads[0].call(move || links::set_up(&host, &[], false))??;
        }
        Ok(())
    }

    fn set_sysctls(&self, plan: &Plan) -> Vec<Pending<Result<Vec<Setting>, LabError>>> {
        plan.hosts
            .iter()
            .zip(&self.hosts)
            .zip(&self.threads)
            .map(|((planned, host), thread)| {
                let (id, name, wanted) = (host.id, host.name.clone(), planned.sysctls.clone());
                thread.run(move || settings::set_up_host(id, &name, &wanted))
            })
            .collect()
    }

    fn open_kernels(&mut self, place: Place) -> Result<(), LabError> {
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

fn start_hosts(plan: &Plan) -> Result<(Vec<HostThread>, Vec<OwnedFd>), LabError> {
    let mut threads = Vec::new();
    let mut namespaces = Vec::new();
    let mut entering = Vec::new();
    for planned in &plan.hosts {
        let namespace = match plan.place {
            Place::Wire => Namespace::New,
            Place::MachineLoopback => Namespace::Same,
            Place::PrivateLoopback if threads.is_empty() => Namespace::New,
            Place::PrivateLoopback => {
                let first: Pending<Result<Option<OwnedFd>, LabError>> = entering.remove(0);
                let fd = first
                    .wait()??
                    .ok_or(LabError::ThreadGone(planned.name.clone()))?;
                let copy = fd
                    .try_clone()
                    .map_err(LabError::step("dup", "of a namespace"))?;
                namespaces.push(fd);
                Namespace::Join(copy)
            }
        };
        let (thread, entered) = HostThread::start(&planned.name, namespace)?;
        threads.push(thread);
        entering.push(entered);
    }
    for entered in entering {
        namespaces.extend(entered.wait()??);
    }
    Ok((threads, namespaces))
}

fn hosts(plan: &Plan, has_ipv6: bool) -> Vec<Host> {
    (0u8..)
        .zip(&plan.hosts)
        .map(|(number, planned)| {
            let wire = plan.place == Place::Wire;
            let (mac, ipv4, ipv6) = links::addresses(number);
            Host {
                id: HostId(number),
                name: planned.name.clone(),
                interface: if wire { links::INTERFACE } else { "lo" }.to_owned(),
                mac: wire.then_some(mac),
                ipv4: Some(if wire { ipv4 } else { Ipv4Addr::LOCALHOST }),
                ipv6: has_ipv6.then_some(if wire { ipv6 } else { Ipv6Addr::LOCALHOST }),
            }
        })
        .collect()
}
