//! A report in a real browser: it opens, is read, printed and switched without a word of complaint and without a request; what came
//! from outside is text in it.

use std::path::{Path, PathBuf};
use std::process::Command;

use support::{User, folder, have, left_out, text, told};

mod support;

/// What would run, load or break out, were it not text.
const HOSTILE: &str = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>\"'><svg onload=window.hacked=1>--></style>";

/// Where scripts/test puts what drives the browser.
fn modules() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/npm/node_modules");
    if folder.join("playwright-core").is_dir() && folder.join("axe-core").is_dir() {
        return Some(folder);
    }
    left_out("reports in a browser: playwright-core and axe-core (scripts/test installs them)");
    None
}

#[test]
fn a_report_is_read_in_a_browser() {
    let (Some(modules), true, true) = (modules(), have("chromium"), have("node")) else {
        return;
    };
    let place = folder();
    let page = |name: &str| place.path().join(name).to_string_lossy().into_owned();
    let (recorded, hostile, large) = (
        page("recorded.html"),
        page("hostile.html"),
        page("large.html"),
    );
    let capture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures/run.pcapng");
    let capture = capture.to_string_lossy();
    told(
        User::Ordinary,
        &["--lang", "en", "explain", &capture, "--html", &recorded],
    );
    told(
        User::Ordinary,
        &[
            "--lang",
            "en",
            "tcp",
            "--message",
            HOSTILE,
            "--html",
            &hostile,
        ],
    );
    told(
        User::Ordinary,
        &[
            "--lang", "en", "tcp", "--bytes", "600000", "--quiet", "--html", &large,
        ],
    );
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/check.mjs");
    let got = Command::new("node")
        .arg(script)
        .arg(modules)
        .args(["/usr/bin/chromium", &recorded, &hostile, &large])
        .output()
        .expect("node runs");
    let said = format!("{}{}", text(&got.stdout), text(&got.stderr));
    assert!(got.status.success(), "{said}");
}
