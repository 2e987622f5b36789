//! What tshark 4.0.17 says of other people's captures, and what `explain` says of them: the goal of agreement is
//! judged by the comparison that stands beside the captures, which are not ours and not in this repository.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

#[test]
fn explain_agrees_with_tshark_on_every_set() {
    let root = std::env::var_os("SOCKSCOPE_PARITY").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/parity"),
        PathBuf::from,
    );
    if !root.join("compare.py").is_file() {
        let says = format!(
            "LEFT OUT: no captures in {} (set SOCKSCOPE_PARITY)",
            root.display()
        );
        // Past the test runner, which swallows what a passing test prints.
        let _ = writeln!(std::io::stderr(), "{says}");
        assert!(std::env::var_os("SOCKSCOPE_PARITY").is_none(), "{says}");
        return;
    }
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
