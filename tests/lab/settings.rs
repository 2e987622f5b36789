//! Kernel settings, where they are written: a plan that no checker saw.

use std::collections::BTreeMap;
use std::fs;

use sockscope::model::{Setting, Span};
use sockscope::observe::lab::{self, Lab, LabError, Privileges, Unwritten};
use sockscope::script::sysctl::{Forbidden, PLACES, SYSCTLS, Values};

/// Brings a lab up whose client asks for these.
fn up(privileges: &Privileges, wanted: &[(String, String)]) -> Result<Lab, LabError> {
    let mut plan = crate::scenarios::plan(Span::ZERO);
    plan.hosts[0].sysctls = wanted.to_vec();
    Lab::set_up(privileges, &plan)
}

fn refused(privileges: &Privileges, name: &str, value: &str) -> Unwritten {
    let wanted = [(name.to_owned(), value.to_owned())];
    match up(privileges, &wanted).expect_err("it is refused") {
        LabError::Sysctl { host, why, .. } if host == "client" => why,
        other => panic!("{name} = {value}: {other}"),
    }
}

fn read(name: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/sys/{}", name.replace('.', "/"))).ok()
}

pub fn settings() {
    let privileges = lab::enter().expect("the lab's needs are met here");
    // Harmless if it were written: what it is already.
    let harmless = "kernel.printk_ratelimit_burst";
    let same = read(harmless).expect("every kernel has it");
    for name in [harmless, "kernel/printk_ratelimit_burst"] {
        let why = refused(&privileges, name, same.trim());
        assert!(
            matches!(why, Unwritten::Forbidden(Forbidden::Name)),
            "{why:?}"
        );
    }
    let why = refused(&privileges, "net.ipv4.tcp_sack", "1\n");
    assert!(
        matches!(why, Unwritten::Forbidden(Forbidden::Value(_))),
        "{why:?}"
    );
    match refused(&privileges, "net.ipv4.tcp_congestion_control", "no-such") {
        Unwritten::NotThere(known) => assert!(known.contains(&"reno".to_owned()), "{known:?}"),
        why => panic!("{why:?}"),
    }
    assert!(lab::has_congestion_control(b"reno"));
    assert!(!lab::has_congestion_control(b"no-such"));
    every_setting_is_the_hosts_own(&privileges);
}

/// All of the list at once, each to something that it is not outside: outside, nothing changes.
fn every_setting_is_the_hosts_own(privileges: &Privileges) {
    let names = || {
        SYSCTLS.iter().flat_map(|(pattern, values)| {
            let places: &[&str] = if pattern.contains('*') {
                &PLACES
            } else {
                &[""]
            };
            places
                .iter()
                .map(|place| (pattern.replace('*', place), *values))
        })
    };
    let outside = || -> BTreeMap<String, Option<String>> {
        names()
            .map(|(name, _)| (name.clone(), read(&name)))
            .collect()
    };
    let before = outside();
    let wanted: Vec<(String, String)> = names()
        // Bounds that depend on one another; and what an interface must have, or it gets no address.
        .filter(|(name, _)| !name.contains("frag_") && !name.ends_with("disable_ipv6"))
        .filter_map(|(name, values)| {
            let least = match values {
                Values::Number(least, _) => least.to_string(),
                Values::Sizes(_) => "1 1 1".to_owned(),
                Values::Ports => "1024 65535".to_owned(),
                Values::Congestion => return None,
            };
            let taken = before[&name]
                .as_ref()
                .is_some_and(|old| old.trim() == least);
            let value = match values {
                Values::Number(least, most) if taken && most > least => (least + 1).to_string(),
                _ => least,
            };
            Some((name, value))
        })
        .collect();
    let lab = up(privileges, &wanted).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(before, outside(), "the machine's own");
    for (name, value) in wanted {
        let made = lab.settings().iter().any(|setting| {
            matches!(setting, Setting::Sysctl { name: own, value: made, .. }
                if *own == name && (*made == value || made.is_empty()))
        });
        assert!(made, "{name} = {value}");
    }
}
