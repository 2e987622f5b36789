//! What is tried in a lab.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use nix::sched::{CpuSet, sched_getaffinity};
use nix::unistd::Pid;
use sockscope::model::setting::{Place, RunKind};
use sockscope::model::{Fact, HostId, Span, TcpState, Trigger};
use sockscope::observe::lab::{self, Lab};
use sockscope::observe::source::{FactSource, Merge, Observation, Room, Waker, room};
use sockscope::script::{HostPlan, Plan, ProgramsPlan, WirePlan};

/// Every scenario's name.
pub const NAMES: &[&str] = &[
    "states",
    "killed",
    "killed-without-pid-namespaces",
    "killed-without-watcher",
    "programs",
    "program-fails",
    "program-without-rights",
    "run-closes",
    "run-neighbours",
    "run-datagrams",
    "run-ping",
    "run-failures",
    "run-endings",
    "run-data",
    "run-left-open",
    "faults",
    "many",
    "link",
    "causes",
    "settings",
    "doctor",
    "refused-max-userns",
    "refused-max-netns",
    "refused-max-pidns",
    "refused-denied",
    "refused-settings",
    "refused-second-thread",
];

/// Runs the scenario of this name.
pub fn run(name: &str) -> ExitCode {
    match name {
        "states" => states(),
        "many" => crate::many::many(),
        "killed" => crate::killed::killed(),
        "killed-without-pid-namespaces" => crate::killed::without_pid_namespaces(),
        "killed-without-watcher" => crate::killed::without_watcher(),
        "victim" => crate::killed::victim(),
        "programs" => crate::programs::programs(),
        "program-fails" => crate::programs::fails(),
        "program-without-rights" => crate::programs::without_rights(),
        "victim-programs" => crate::programs::victim(),
        "serve" => crate::programs::serve(),
        "call" => crate::programs::call(),
        "run-closes" => crate::runs::closes(),
        "run-neighbours" => crate::runs::neighbours(),
        "run-datagrams" => crate::runs::datagrams(),
        "run-ping" => crate::runs::ping(),
        "run-failures" => crate::runs::failures(),
        "run-endings" => crate::runs::endings(),
        "run-data" => crate::runs::data(),
        "run-left-open" => crate::runs::left_open(),
        "faults" => crate::faults::faults(),
        "link" => crate::faults::link(),
        "causes" => crate::causes::causes(),
        "settings" => crate::settings::settings(),
        "doctor" => crate::refused::doctor(),
        "refused-max-userns" => crate::refused::max_user_namespaces(),
        "refused-max-netns" => crate::refused::max_net_namespaces(),
        "refused-max-pidns" => crate::refused::max_pid_namespaces(),
        "refused-denied" => crate::refused::denied(),
        "refused-settings" => crate::refused::read_only_settings(),
        "refused-second-thread" => crate::refused::second_thread(),
        _ => return ExitCode::from(2),
    }
    ExitCode::SUCCESS
}

pub fn plan(delay: Span) -> Plan {
    let host = |name: &str| HostPlan {
        name: name.to_owned(),
        text: String::new(),
        steps: Vec::new(),
        program: None,
        sysctls: Vec::new(),
    };
    Plan {
        kind: RunKind::Tcp,
        command: "test".to_owned(),
        lesson: None,
        place: Place::Wire,
        ipv6: false,
        wire: WirePlan {
            delay,
            ..WirePlan::default()
        },
        hosts: vec![host("client"), host("server")],
        saved: HostId::CLIENT,
        bare: false,
        programs: ProgramsPlan::default(),
        deadline: Span::from_ms(10_000),
    }
}

/// The processors that the calling thread may use.
fn allowed() -> Vec<usize> {
    let set = sched_getaffinity(Pid::from_raw(0)).expect("of this thread");
    let is_set = |number: &usize| set.is_set(*number).expect("in range");
    (0..CpuSet::count()).filter(is_set).collect()
}

/// Where frames are sent from two processors, one may overtake the other. Who tells of the lab keeps off its processor.
fn sends_from_one_processor(lab: &Lab) {
    let hosts = [HostId::CLIENT, HostId::SERVER]
        .map(|host| lab.thread(host).call(allowed).expect("no panic"));
    assert_eq!(hosts[0].len(), 1, "{hosts:?}");
    assert_eq!(hosts[0], hosts[1]);
    assert!(allowed().len() == 1 || !allowed().contains(&hosts[0][0]));
}

/// The textbook's sequence of states, by both kernels' word.
fn states() {
    use TcpState::{
        CloseWait, Closed, Established, FinWait1, FinWait2, LastAck, SynReceived, SynSent, TimeWait,
    };

    let before = allowed();
    let begin = Instant::now();
    let privileges = lab::enter().expect("the lab's needs are met here");
    let entered = begin.elapsed();
    let waker = Waker::new().expect("an eventfd");
    let source = FactSource::new(&waker, &Room::of(room::USUAL));
    let mut lab = Lab::set_up(&privileges, &plan(Span::from_ms(10))).expect("the lab comes up");
    lab.start_wire(Some(&source)).expect("the wire starts");
    let up = begin.elapsed();
    sends_from_one_processor(&lab);
    let server = lab
        .thread(HostId::SERVER)
        .call(|| TcpListener::bind("10.0.0.2:7070"))
        .unwrap()
        .unwrap();
    let serving = lab.thread(HostId::SERVER).run(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        std::thread::sleep(std::time::Duration::from_millis(100));
        text
    });
    let (kernel, told) = (lab.asker(HostId::CLIENT).clone(), Arc::clone(&source));
    let asking = lab.thread(HostId::CLIENT).run(move || {
        let mut stream =
            TcpStream::connect(SocketAddr::from((Ipv4Addr::new(10, 0, 0, 2), 7070))).unwrap();
        // As after every call of a script: nothing has happened since.
        let (local, remote) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        kernel.tell(&told, local.into(), remote.into(), Trigger::Looked);
        stream.write_all(b"hello").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap()
    });
    asking.wait().unwrap();
    assert_eq!(serving.wait().unwrap(), "hello");
    while !lab.wire().unwrap().is_empty() {
        std::thread::yield_now();
    }
    let counters = lab.stop_wire().unwrap();
    let settings = lab.settings().len();
    let stopped = Instant::now();
    lab.down().unwrap();
    assert_eq!(allowed(), before);
    let down = stopped.elapsed();
    drop(privileges);
    let mut merge = Merge::new(&Room::of(room::USUAL));
    merge.add(Arc::clone(&source));
    let mut states = [Vec::new(), Vec::new()];
    let mut errors = Vec::new();
    let _ = merge.release_all(&mut |told| {
        match &told {
            Observation::Fact(Fact::State(seen), _)
                if states[usize::from(seen.host.0)].last() != Some(&seen.state) =>
            {
                states[usize::from(seen.host.0)].push(seen.state);
            }
            Observation::Fact(Fact::Delivery(delivery), _) => {
                errors.push(delivery.at.since(delivery.due).ns() / 1000);
            }
            _ => {}
        }
        std::ops::ControlFlow::<()>::Continue(())
    });
    eprintln!(
        "entered {entered:?} up {up:?} down {down:?} settings {settings} {counters:?} errors {errors:?}\n{states:?}"
    );
    assert_eq!(
        states[0],
        [SynSent, Established, FinWait1, FinWait2, TimeWait]
    );
    assert_eq!(
        states[1],
        [SynReceived, Established, CloseWait, LastAck, Closed]
    );
}
