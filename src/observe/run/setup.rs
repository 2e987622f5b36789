//! A run is made: its lab, its sources, its sniffers; and its scripts begin.

use std::sync::Arc;
use std::time::Instant;

use super::Run;
use super::error::{RunError, step};
use super::loopback::Loopback;
use super::sniffers::sniffers;
use crate::model::HostId;
use crate::model::setting::Place;
use crate::observe::exchange::{Coordinator, HostTable, ScriptHost, address};
use crate::observe::lab::{Lab, LabError, Privileges};
use crate::observe::source::{FactSource, Merge, ProgramOutput, Room, Waker};
use crate::script::Plan;

impl Run {
    pub(super) fn set_up(
        privileges: &Privileges,
        plan: &Plan,
        room: &Arc<Room>,
        output: Arc<ProgramOutput>,
    ) -> Result<Self, RunError> {
        let waker = Waker::new().map_err(step("eventfd", "of the run"))?;
        let mut merge = Merge::new(room);
        let mut source = || {
            let source = FactSource::new(&waker, room);
            merge.add(Arc::clone(&source));
            source
        };
        let (own, wire) = (source(), source());
        let calls: Vec<_> = plan.hosts.iter().map(|_| source()).collect();
        let mut lab = Lab::set_up(privileges, plan)?;
        lab.start_wire((!plan.bare).then_some(&wire))?;
        let addresses: Option<Vec<_>> = lab
            .hosts()
            .iter()
            .map(|host| address(host, plan.ipv6))
            .collect();
        let host_table = Arc::new(HostTable::new(
            plan,
            addresses.ok_or(RunError::Lab(LabError::NoIpv6))?,
        ));
        let mut sniffers = if plan.bare {
            Vec::new()
        } else {
            sniffers(&mut lab, plan, &host_table)?
        };
        for sniffer in &mut sniffers {
            sniffer.join(&mut merge);
            for socket in sniffer.sockets() {
                lab.close_last(socket)?;
            }
        }
        if plan.place == Place::MachineLoopback {
            lab.drop_privileges()?;
        }
        let coordinator = Coordinator::new(&waker, plan);
        let script_hosts: Vec<ScriptHost> = (0u8..)
            .zip(&calls)
            .map(|(number, calls)| {
                let host = HostId(number);
                let script_host =
                    ScriptHost::new(host, &host_table, &coordinator, calls, lab.asker(host))
                        .with_output(&output)
                        .with_programs(&plan.programs);
                if plan.place == Place::Wire || host != HostId::CLIENT {
                    return script_host;
                }
                script_host.with_both_ends(HostId::SERVER, lab.asker(HostId::SERVER))
            })
            .collect();
        let loopback = (plan.place != Place::Wire).then(|| Loopback::new(&lab, &host_table, &own));
        Ok(Self {
            lab,
            waker,
            room: Arc::clone(room),
            merge,
            own,
            sniffers,
            coordinator,
            script_hosts,
            output,
            running: Vec::new(),
            loopback,
            troubles: Vec::new(),
            quiet_since: Instant::now(),
            moved: 0,
            handed_on: Instant::now(),
            ending: None,
        })
    }

    /// Lets the hosts' threads run their scripts and programs.
    pub(super) fn start_scripts(&mut self, plan: &Plan) {
        for ((number, host), script_host) in (0u8..).zip(&plan.hosts).zip(&self.script_hosts) {
            let thread = self.lab.thread(HostId(number));
            let (script_host, steps) = (script_host.clone(), host.steps.clone());
            if let Some(program) = host.program.clone() {
                let program_env = self.lab.program_env().clone();
                let runs = thread.run(move || script_host.run_program(&program, &program_env));
                self.running.push(runs);
            } else if !steps.is_empty() {
                self.running
                    .push(thread.run(move || script_host.run_script(&steps)));
            }
        }
    }
}
