//! What a machine may refuse, made so in a user namespace of the scenario's own: each has its name, from the
//! command that fails and from `doctor` alike.

use std::fs;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{chroot, getegid, geteuid};
use sockscope::model::Span;
use sockscope::observe::lab::doctor::{self, Need, NeedStatus};
use sockscope::observe::lab::{self, Lab, LabError, Refusal};
use sockscope::observe::sys::capability;

use crate::scenarios::plan;

/// Here nothing is refused but, to an ordinary user, the machine's loopback; root is told what programs would run as.
pub fn doctor() {
    let checks = doctor::examine().expect("a process can be forked");
    for check in &checks {
        eprintln!("{:?} {:?} {}", check.need, check.status, check.found);
        match (check.need, check.status) {
            (Need::Place, NeedStatus::Nearly(..)) | (_, NeedStatus::Yes) => {}
            (Need::Rights, NeedStatus::Nearly("doctor-as-root", _)) => assert!(geteuid().is_root()),
            (Need::Loopback, NeedStatus::Refused(Refusal::NotRoot)) => {
                assert!(!geteuid().is_root());
            }
            other => panic!("{other:?}: {}", check.found),
        }
    }
}

/// A user namespace in which we are user 1000, with all capabilities.
pub fn own_user_namespace() {
    let (uid, gid) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS).expect("user namespaces");
    fs::write("/proc/self/setgroups", "deny").expect("ours");
    fs::write("/proc/self/uid_map", format!("1000 {uid} 1")).expect("ours");
    fs::write("/proc/self/gid_map", format!("1000 {gid} 1")).expect("ours");
}

/// What `enter` and, where a lab is needed to see it, `up` give; and what doctor says.
fn refused() -> (Refusal, Vec<(Need, Refusal)>) {
    let found = doctor::examine()
        .expect("a process can be forked")
        .into_iter()
        .filter_map(|check| match check.status {
            NeedStatus::Refused(refusal) if check.need != Need::Loopback => {
                Some((check.need, refusal))
            }
            _ => None,
        })
        .collect();
    let error = match lab::enter() {
        Err(error) => error,
        Ok(privileges) => Lab::set_up(&privileges, &plan(Span::ZERO)).expect_err("it is refused"),
    };
    eprintln!("{error}");
    (error.refusal().expect("a known reason"), found)
}

pub fn max_user_namespaces() {
    own_user_namespace();
    fs::write("/proc/sys/user/max_user_namespaces", "0").expect("our namespace's own");
    capability::drop_all().expect("always allowed");
    let expected = Refusal::MaxUserNamespaces;
    assert_eq!(refused(), (expected, vec![(Need::Rights, expected)]));
}

pub fn max_net_namespaces() {
    own_user_namespace();
    fs::write("/proc/sys/user/max_net_namespaces", "0").expect("our namespace's own");
    let expected = Refusal::MaxNetNamespaces;
    assert_eq!(refused(), (expected, vec![(Need::NetNamespace, expected)]));
}

/// No refusal: a lab works without, and doctor says what is different.
pub fn max_pid_namespaces() {
    own_user_namespace();
    fs::write("/proc/sys/user/max_pid_namespaces", "0").expect("our namespace's own");
    let checks = doctor::examine().expect("a process can be forked");
    let found = checks.iter().find(|check| check.need == Need::PidNamespace);
    let status = found.expect("it is looked at").status;
    assert!(
        matches!(status, NeedStatus::Nearly("doctor-no-pidns", _)),
        "{status:?}"
    );
    lab::enter().expect("a lab works");
    assert!(!lab::kernel_ends_programs());
}

/// EPERM, as from a seccomp filter; here because a process that was chrooted may make no user namespace.
pub fn denied() {
    own_user_namespace();
    let none = None::<&str>;
    // The same files once more, under a root that is not the first one.
    mount(
        Some("/"),
        "/mnt",
        none,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        none,
    )
    .expect("a bind mount");
    chroot("/mnt").expect("we have the capability");
    std::env::set_current_dir("/").expect("it is there");
    capability::drop_all().expect("always allowed");
    let expected = Refusal::Seccomp;
    assert_eq!(refused(), (expected, vec![(Need::Rights, expected)]));
}

/// As in a container.
pub fn read_only_settings() {
    own_user_namespace();
    let path = "/proc/sys/net";
    let none = None::<&str>;
    mount(
        Some(path),
        path,
        none,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        none,
    )
    .expect("a bind mount");
    let read_only = MsFlags::MS_BIND
        | MsFlags::MS_REMOUNT
        | MsFlags::MS_RDONLY
        | MsFlags::MS_NOSUID
        | MsFlags::MS_NODEV
        | MsFlags::MS_NOEXEC
        | MsFlags::MS_RELATIME;
    mount(none, path, none, read_only, none).expect("a remount");
    let expected = Refusal::SettingsReadOnly;
    assert_eq!(refused(), (expected, vec![(Need::Settings, expected)]));
}

/// Our own fault, and told as such.
pub fn second_thread() {
    own_user_namespace();
    capability::drop_all().expect("always allowed");
    let (end, waits) = std::sync::mpsc::channel::<()>();
    let thread = std::thread::spawn(move || waits.recv());
    let error = lab::enter().expect_err("the kernel refuses it");
    assert!(matches!(error, LabError::Step { .. }), "{error}");
    drop(end);
    assert!(thread.join().expect("no panic").is_err());
}
