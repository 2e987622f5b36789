//! What tshark 4.0.17 says of other people's captures, and what `explain` says of them: the goal of agreement is
//! judged by the comparison that stands beside the captures, which are not ours and not in this repository.

mod support;

use std::io::Write as _;
use std::process::Command;

use support::foreign_captures;

#[test]
fn explain_agrees_with_tshark_on_every_set() {
    let Some(root) = foreign_captures("compare.py") else {
        return;
    };
    for set in ["open", "kernel"] {
        let output = Command::new("python3")
            .arg(root.join("compare.py"))
            .args(["--bin", env!("CARGO_BIN_EXE_sockscope"), "--captures"])
            .arg(root.join(set))
            .output()
            .expect("python3, which the comparison is written in");
        let table = String::from_utf8_lossy(&output.stdout);
        let _ = writeln!(std::io::stderr(), "{set}: {table}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{set}: {table}{errors}");
    }
}
