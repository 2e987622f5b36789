//! Kernel settings of a lesson, through the binary: what is not a host's own is refused before anything runs, with its
//! place; and whose lessons they are is said where root's rights are lent. Beside it AppArmor's profile.

use std::fs;
use std::path::Path;

mod support;
use support::{User, folder, is_root, left_out, sockscope, text, under_sudo_at_home, users};

/// A lesson that runs, with this setting at the client.
fn lesson(place: &Path, setting: &str) -> String {
    let path = place.join("l");
    let made = sockscope(User::Ordinary, &["lesson", "new"])
        .arg(&path)
        .output()
        .expect("runs");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let file = path.join("lesson.toml");
    let whole = fs::read_to_string(&file).expect("just made");
    let whole = whole.replacen("[client]", &format!("[client]\nsysctl.{setting}"), 1);
    fs::write(&file, whole).expect("its owner, or root");
    path.to_string_lossy().into_owned()
}

/// A setting of the whole machine, with the value that it has: written all the same, it would change nothing.
fn as_it_is(name: &str) -> String {
    let path = format!("/proc/sys/{}", name.replace('.', "/"));
    let value = fs::read_to_string(path).expect("every kernel has it");
    format!("\"{name}\" = \"{}\"", value.trim())
}

#[test]
fn what_is_not_a_hosts_own_is_refused_with_its_place() {
    let of_the_machine = as_it_is("kernel.printk_ratelimit_burst");
    let slashes = of_the_machine.replace("kernel.", "kernel/");
    let ports = "\"net.ipv4.ip_local_port_range\" = \"32768 60999";
    for (setting, says) in [
        (&*of_the_machine, "below net.ipv4. and net.ipv6."),
        (&slashes, "below net.ipv4. and net.ipv6."),
        (
            &as_it_is("net.core.rmem_max"),
            "below net.ipv4. and net.ipv6.",
        ),
        (
            "\"net.ipv4.tcp_rmem\" = \"4096 131072 67108865\"",
            "each from 1 to 67108864",
        ),
        (
            &*format!("{ports}\\n\""),
            "two ports from 1 to 65535, the lower one first",
        ),
        (
            "\"net.ipv4.tcp_congestion_control\" = \"../reno\"",
            "the name of a congestion control that the kernel has",
        ),
        (
            "\"net.ipv4.tcp_sack\" = \"1 \"",
            "a whole number from 0 to 1",
        ),
    ] {
        for user in users() {
            let place = folder();
            let path = lesson(place.path(), setting);
            for args in [
                &["lesson", "check", &path][..],
                &["lesson", &path],
                &["lesson", "check", &path, "--lang", "zh"],
            ] {
                let got = sockscope(user, args).output().expect("runs");
                let said = text(&got.stderr);
                assert_eq!(got.status.code(), Some(2), "{setting}: {said}");
                assert!(got.stdout.is_empty(), "{setting}: it ran");
                let line = setting.split('"').nth(1).expect("a name");
                assert!(said.contains(&format!("sysctl.\"{line}\"")), "{said}");
                assert!(said.contains("───"), "not underlined: {said}");
                if args.contains(&"zh") {
                    assert!(said.contains("错误：课程有"), "{said}");
                } else {
                    // As wrapped to the width of a terminal.
                    let words: Vec<&str> = said
                        .split_whitespace()
                        .filter(|word| *word != "│")
                        .collect();
                    assert!(words.join(" ").contains(says), "{setting}: {said}");
                }
            }
        }
    }
}

#[test]
fn what_is_a_hosts_own_is_set() {
    for user in users() {
        let place = folder();
        let path = lesson(place.path(), "\"net.ipv4.ip_default_ttl\" = 99");
        let file = place.path().join("run.pcapng");
        let got = sockscope(user, &["lesson", &path, "--save", &file.to_string_lossy()])
            .output()
            .expect("runs");
        assert!(got.status.success(), "{user:?}: {}", text(&got.stderr));
        let told = support::told(
            user,
            &["explain", &file.to_string_lossy(), "--format", "json"],
        );
        let settings = support::objects(&told).swap_remove(0).to_string();
        let wanted = r#""name":"net.ipv4.ip_default_ttl","value":"99""#;
        assert!(settings.contains(wanted), "{settings}");
    }
}

#[test]
fn a_congestion_control_is_one_that_the_kernel_has() {
    for user in users() {
        let place = folder();
        let setting = "\"net.ipv4.tcp_congestion_control\" = \"no-such\"";
        let path = lesson(place.path(), setting);
        let got = sockscope(user, &["lesson", "check", &path])
            .output()
            .expect("runs");
        let said = text(&got.stderr);
        assert_eq!(got.status.code(), Some(2), "{said}");
        assert!(
            said.contains("one that this kernel has and lets everybody use: reno"),
            "{said}"
        );
    }
}

#[test]
fn lessons_of_the_config_file_are_named_under_sudo() {
    if !is_root() {
        return left_out("the lessons of the config under sudo: needs root");
    }
    let place = folder();
    let lessons = place.path().join("lessons");
    fs::create_dir_all(lessons.join("x")).expect("ours");
    let config = place.path().join(".config/sockscope/config.toml");
    fs::create_dir_all(config.parent().expect("a folder")).expect("ours");
    fs::write(&config, format!("lessons = {lessons:?}\n")).expect("ours");
    let said = |args: &[&str], lent: bool| {
        let mut command = if lent {
            // The environment's word does not count.
            let mut command = under_sudo_at_home(place.path(), args);
            command.env("XDG_CONFIG_HOME", "/nowhere");
            command
        } else {
            let mut command = sockscope(User::Root, args);
            command.env("XDG_CONFIG_HOME", place.path().join(".config"));
            command
        };
        let got = command.output().expect("runs");
        assert!(got.status.success(), "{}", text(&got.stderr));
        text(&got.stderr)
    };
    let (folder, config) = (lessons.to_string_lossy(), config.to_string_lossy());
    for lang in ["en", "zh"] {
        let named = said(&["lesson", "list", "--lang", lang], true);
        assert!(
            named.contains(&*folder) && named.contains(&*config),
            "{named}"
        );
        assert_eq!(named.lines().count(), 1, "{named}");
    }
    let other = lessons.join("x").to_string_lossy().into_owned();
    assert_eq!(said(&["lesson", "list", "--lessons", &other], true), "");
    assert_eq!(said(&["lesson", "list"], false), "");
}

/// No path in it may be one that a user can make.
#[test]
fn the_profile_names_paths_of_roots_alone() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/apparmor-sockscope");
    let profile = fs::read_to_string(path).expect("it is there");
    let rules: Vec<&str> = profile
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    let paths = "@{sockscope} = /usr/local/bin/sockscope /usr/bin/sockscope";
    assert!(rules.contains(&paths), "{rules:#?}");
    let attached: Vec<&str> = rules
        .iter()
        .filter_map(|line| line.strip_prefix("profile "))
        .map(|line| line.split(" flags=").next().expect("the name, the path"))
        .collect();
    assert_eq!(attached, ["sockscope @{sockscope}", "sockscope_program"]);
    let namespaces = rules.iter().filter(|line| line.contains("userns"));
    assert_eq!(namespaces.count(), 1, "programs make no user namespaces");
}
