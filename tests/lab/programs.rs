//! Foreign programs in a host: names resolve, what they put on the wire is seen, they end with the run.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use sockscope::model::setting::RunKind;
use sockscope::model::{Direction, Fact, HostId, Outcome, Span, Trouble, Vantage};
use sockscope::observe::source::{Room, room};
use sockscope::observe::sys::capability;
use sockscope::observe::sys::init::Init;
use sockscope::observe::sys::spawn::{CStrings, ProgramSpec, Rights};
use sockscope::observe::{lab, run::run};

use crate::scenarios::plan;

/// A program: answers every connection until it is ended.
pub fn serve() {
    let listener = TcpListener::bind(("server", 7070)).expect("the name resolves");
    loop {
        let (mut stream, _) = listener.accept().expect("a connection");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("text");
        stream
            .write_all(text.to_uppercase().as_bytes())
            .expect("a reader");
    }
}

/// A program: calls the other.
pub fn call() {
    let rights = capability::get().expect("always allowed");
    let needed = [capability::NET_RAW, capability::NET_ADMIN];
    assert!(rights.has(&needed), "tcpdump and ip would work");
    let mut stream = TcpStream::connect("server:7070").expect("the name resolves");
    stream.write_all(b"hello").expect("a reader");
    stream.shutdown(std::net::Shutdown::Write).expect("open");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("text");
    println!("{text}");
    assert_eq!(text, "HELLO");
}

fn command(scenario: &str) -> String {
    let own = std::env::current_exe().expect("a test knows its own path");
    // The token by which a killed victim's programs are known.
    let token = std::env::args().nth(3).unwrap_or_default();
    format!("exec {} --scenario {scenario} {token}", own.display())
}

/// Runs these programs; what the client's sniffer saw leave and come, and how it ended.
fn play(client: Option<String>, server: Option<String>) -> (usize, Outcome) {
    let privileges = lab::enter().expect("the lab's needs are met here");
    let mut plan = plan(Span::from_ms(5));
    plan.wire.delay = Span::from_ms(20);
    plan.kind = RunKind::Lab;
    plan.hosts[0].program = client;
    plan.hosts[1].program = server;
    let mut frames = 0;
    let client = Vantage::Host(HostId::CLIENT);
    let outcome = run(
        &privileges,
        &plan,
        &Room::of(room::USUAL),
        &AtomicBool::new(false),
        &mut |fact: Fact<'_>| {
            if let Fact::Frame(frame) = fact
                && frame.vantage == client
                && frame.direction != Direction::Unknown
            {
                frames += 1;
            }
            ControlFlow::Continue(())
        },
    );
    (frames, outcome.expect("it can be run"))
}

pub fn programs() {
    let (frames, outcome) = play(Some(command("call")), Some(command("serve")));
    // Three for the handshake, two with data, their acknowledgements, the close.
    assert!((8..=14).contains(&frames), "{frames} frames");
    assert_eq!(outcome.troubles, []);
    let hosts = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    assert!(
        !hosts.contains("10.0.0.2 server"),
        "the machine's own file is as it was"
    );
}

pub fn fails() {
    let (_, outcome) = play(Some("exit 3".to_owned()), None);
    let failed = Trouble::ProgramFailed {
        host: HostId::CLIENT,
        status: 3,
    };
    assert_eq!(outcome.troubles, [failed]);
}

/// Waits to be killed, with programs that fork, leave the session and the namespace, and lose their parents.
pub fn victim() {
    let own = command("serve");
    let token = std::env::args().nth(3).unwrap_or_default();
    println!("ready");
    let strays = format!(
        "setsid sleep 1{token} & setsid unshare -n sleep 2{token} & \
         (setsid sh -c 'sleep 3{token} & sleep 4{token} &' &); sleep 9{token}; {own}"
    );
    play(Some(strays), Some(format!("{own} & wait")));
}

/// Processes of a victim with programs: itself, its watcher, two inits; two shells, five that wait, and the server.
pub const VICTIMS: usize = 12;

/// A program that is started with no rights has none, whoever starts it.
pub fn without_rights() {
    let user = sockscope::observe::sys::capability::get().expect("always allowed");
    if user.effective == 0 || nix::unistd::geteuid().is_root() {
        crate::refused::own_user_namespace();
    }
    let all = capability::get().expect("always allowed");
    assert!(all.has(&[capability::SYS_ADMIN]) && !nix::unistd::geteuid().is_root());
    for (rights, wanted) in [(Rights::None, 0), (Rights::All, all.permitted)] {
        let (read, write) = std::io::pipe().expect("a pipe");
        let script = "grep -E 'Cap(Inh|Prm|Eff|Amb)' /proc/self/status";
        let spec = ProgramSpec {
            path: c"/bin/sh".to_owned(),
            arguments: CStrings::new(["sh", "-c", script].map(Into::into)).expect("no NUL"),
            environment: CStrings::new([]).expect("no NUL"),
            stdio: [None, Some(write.into()), None],
            terminal: None,
            hosts: Vec::new(),
            host_name: Vec::new(),
            tracing: None,
            rights,
        };
        let init = Init::start(&spec).expect("it is started");
        drop(spec);
        let text = std::io::read_to_string(read).expect("text");
        init.end();
        assert_eq!(text.lines().count(), 4, "{text}");
        for line in text.lines() {
            let set = line.split_whitespace().last().expect("a number");
            let set = u64::from_str_radix(set, 16).expect("a number");
            assert_eq!(set, wanted, "{rights:?}: {line}");
        }
    }
}
