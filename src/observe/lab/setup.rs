//! Setting a lab up, and taking it down: [`hosts`] and their threads, the [`network`] between them, the [`rings`].

mod hosts;
mod network;
mod rings;

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use hosts::{Started, hosts, start_hosts};

use super::enter::{Privileges, drop_privileges};
use super::error::LabError;
use super::fates::Fates;
use super::host::{HostThread, Namespace, PendingJob};
use super::kernel::Asker;
use super::processor::KeptOff;
use super::program::ProgramEnv;
use super::watcher::Watcher;
use super::wire::{Counters, FactReporter, RelaySetup, STATE_RATE, USUAL_QUEUE, WireHandle};
use super::{links, settings};
use crate::model::setting::Place;
use crate::model::{Host, HostId, Setting};
use crate::observe::source::FactSource;
use crate::observe::sys::ring::{Ring, Unbound};
use crate::script::plan::LEAST_MTU_IPV6;
use crate::script::{Plan, WirePlan};

pub(super) use rings::ring_refused;

/// Labs of this process are numbered, for the watcher.
static LABS: AtomicU32 = AtomicU32::new(0);

/// A lab that is up.
#[derive(Debug)]
pub struct Lab {
    number: u32,
    wire_plan: WirePlan,
    hosts: Vec<Host>,
    askers: Vec<Asker>,
    settings: Vec<Setting>,
    wire: Option<WireHandle>,
    /// Rings for the hosts' sniffers, until they are asked for.
    rings: Vec<Option<PendingJob<io::Result<Unbound>>>>,
    /// The wire's ring, until it starts.
    wire_ring: Option<Ring>,
    // Threads end in this order when a lab is dropped: wire first, for nothing must be relayed to a host that is gone.
    wire_thread: Option<HostThread>,
    threads: Vec<HostThread>,
    watcher: Option<Arc<Watcher>>,
    program_env: ProgramEnv,
    /// Whoever set it up keeps off its processor, until it is down.
    kept_off: Option<KeptOff>,
}

impl Lab {
    /// Sets up the hosts of a plan, each in its namespace, ready but silent. The wire does not run yet
    /// ([`Lab::start_wire`]).
    ///
    /// # Errors
    /// The first step that failed. Nothing is left behind then either.
    pub fn set_up(privileges: &Privileges, plan: &Plan) -> Result<Self, LabError> {
        let number = LABS.fetch_add(1, Ordering::Relaxed);
        let watcher = privileges.watcher.clone();
        let wire = (plan.place == Place::Wire)
            .then(|| HostThread::start("wire", Namespace::New))
            .transpose()?;
        let Started {
            threads,
            namespaces,
        } = start_hosts(plan)?;
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
        // The kernel gives no IPv6 address to a link that cannot carry IPv6.
        let hosts = hosts(plan, has_ipv6 && plan.wire.mtu >= LEAST_MTU_IPV6);
        let mut lab = Self {
            number,
            wire_plan: plan.wire.clone(),
            program_env: ProgramEnv::new(privileges, number, &hosts, plan),
            settings: hosts.iter().cloned().map(Setting::Host).collect(),
            hosts,
            askers: Vec::new(),
            wire: None,
            rings: Vec::new(),
            wire_ring: None,
            wire_thread: None,
            threads,
            watcher,
            kept_off: None,
        };
        if let Some(wire) = wire {
            lab.settings.extend([
                Setting::Delay(plan.wire.delay),
                Setting::Mtu(plan.wire.mtu),
                Setting::LearnNeighbours(plan.wire.learn_neighbours),
                Setting::StateSampling(STATE_RATE),
            ]);
            lab.settings.extend(plan.wire.rate.map(Setting::Rate));
            let queue = plan
                .wire
                .rate
                .map(|_| plan.wire.queue.unwrap_or(USUAL_QUEUE));
            lab.settings.extend(queue.map(Setting::Queue));
            lab.settings.extend(plan.wire.hop_mtu.map(Setting::HopMtu));
            if plan.wire.hop_silent {
                lab.settings.push(Setting::HopSilent);
            }
            lab.set_up_wire(plan, wire, namespaces)?;
        } else {
            lab.set_up_loopback(plan)?;
        }
        lab.open_kernels(plan.place)?;
        // Foreign programs want all the processors that they can get, and start threads as they like.
        if plan.hosts.iter().all(|host| host.program.is_none()) {
            lab.share_a_processor();
        }
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

    /// The ring that was made for this host's sniffer, in its namespace and not bound yet; once. On a private
    /// loopback the first host has the only one, on the machine's own there is none.
    ///
    /// # Errors
    /// Of socket and setsockopt.
    pub fn take_ring(&mut self, host: HostId) -> Result<Option<Unbound>, LabError> {
        let Some(ring) = self
            .rings
            .get_mut(usize::from(host.0))
            .and_then(Option::take)
        else {
            return Ok(None);
        };
        ring.wait()?.map(Some).map_err(ring_refused)
    }

    /// Has a packet socket of this lab closed after everything else, by somebody else: see the watcher. Where there
    /// is no watcher, whoever drops the socket waits for its end.
    ///
    /// # Errors
    /// When the watcher is gone.
    pub fn close_last(&self, socket: BorrowedFd<'_>) -> Result<(), LabError> {
        let Some(watcher) = &self.watcher else {
            return Ok(());
        };
        watcher
            .keep(self.number, socket)
            .map_err(LabError::step("sendmsg", "to the watcher"))
    }

    /// What foreign programs are started with.
    #[must_use]
    pub const fn program_env(&self) -> &ProgramEnv {
        &self.program_env
    }

    /// Every thread of a run on the machine's own loopback gives up its capabilities for good, and root becomes nobody.
    ///
    /// # Errors
    /// Of setresuid and capset.
    pub fn drop_privileges(&self) -> Result<(), LabError> {
        drop_privileges()?;
        for thread in &self.threads {
            thread.call(drop_privileges)??;
        }
        Ok(())
    }

    /// What results depend on: the hosts, the wire's delay and MTU, every kernel setting that was set.
    #[must_use]
    pub fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The wire; none before it is started, and where there is none (on a loopback).
    #[must_use]
    pub const fn wire(&self) -> Option<&WireHandle> {
        self.wire.as_ref()
    }

    /// Lets the relay run; it tells its facts to `source`, if to anybody. Does nothing on a loopback.
    ///
    /// # Errors
    /// Of eventfd and dup.
    pub fn start_wire(&mut self, source: Option<&Arc<FactSource>>) -> Result<(), LabError> {
        let (Some(ring), Some(thread)) = (self.wire_ring.take(), &self.wire_thread) else {
            return Ok(());
        };
        let relay_setup = RelaySetup {
            ends: (0u8..)
                .zip(&self.hosts)
                .map(|(number, host)| (host.mac.unwrap_or_default(), links::far_index(number)))
                .collect(),
            fates: Fates::new(&self.wire_plan.rules, self.wire_plan.seed, &|name| {
                self.hosts
                    .iter()
                    .find(|host| host.name == name)
                    .map(|host| host.id)
            }),
            wire: self.wire_plan.clone(),
            reporter: source
                .map(|source| FactReporter::new(Arc::clone(source), self.askers.clone())),
        };
        let (mut end, relay) = WireHandle::new(ring, relay_setup)?;
        end.is_run_by(thread.run(move || relay.run()));
        self.wire = Some(end);
        Ok(())
    }

    /// Stops the wire when it runs; what it did.
    ///
    /// # Errors
    /// [`LabError::ThreadGone`] when it had panicked.
    pub fn stop_wire(&mut self) -> Result<Counters, LabError> {
        self.wire
            .as_mut()
            .map_or_else(|| Ok(Counters::default()), WireHandle::stop)
    }

    /// Takes the lab down: stops the wire, ends what programs have left, ends the threads that have nothing to do, has the watcher destroy
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
}

impl Drop for Lab {
    /// Programs end before the threads in whose hosts they are.
    fn drop(&mut self) {
        self.program_env.end();
    }
}
