//! Guards the layers: imports only as listed in `ALLOWED`, and words that a layer must not contain.
//!
//! It reads the sources as text. That is crude and enough: a name that is imported has to be written.
//! Comments and the test modules at the ends of files are left out.

#[path = "layering/circles.rs"]
mod circles;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Who may import whom: a module of the crate (or a part of one, longest name wins) and what it may name.
/// A module may always name itself.
const ALLOWED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("protocol::decode", &["model"]),
    ("protocol::timing", &["model"]),
    (
        "protocol::follow",
        &["model", "protocol::decode", "protocol::timing"],
    ),
    ("notation", &["model", "protocol"]),
    ("script", &["model", "notation"]),
    ("files", &["model"]),
    ("observe", &["model", "notation", "script", "protocol"]),
    ("explain", &["model", "notation", "protocol", "text"]),
    (
        "lesson",
        &["model", "notation", "script", "protocol", "explain", "text"],
    ),
    (
        "exercise",
        &["model", "notation", "script", "lesson", "text"],
    ),
    (
        "views",
        &["model", "notation", "protocol", "explain", "lesson", "text"],
    ),
    (
        "cli",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "lesson", "views", "failure",
        ],
    ),
    (
        "failure",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "lesson", "views", "cli",
        ],
    ),
    (
        "session",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "lesson", "views", "cli", "failure",
        ],
    ),
    (
        "serve",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "lesson", "views", "cli", "failure", "session",
        ],
    ),
    (
        "commands",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "exercise", "lesson", "views", "cli", "failure", "session", "serve",
        ],
    ),
    (
        "main",
        &[
            "model", "text", "protocol", "notation", "script", "files", "observe", "explain",
            "exercise", "lesson", "views", "cli", "failure", "session", "serve", "commands",
        ],
    ),
    ("lib", &[]),
];

/// Inside `observe`: each part may name those before it.
const OBSERVE: &[&str] = &[
    "sys",
    "accounts",
    "caller",
    "endpoints",
    "source",
    "filter",
    "lab",
    "trace",
    "capture",
    "exchange",
    "run",
];

/// A crate or a word, and the only places where it may stand.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("etherparse::", &["protocol/decode"]),
    // A frame says what it holds (`Frame::packet`); nobody else takes its bytes apart.
    ("decode(", &["protocol"]),
    ("fluent_bundle::", &["text"]),
    ("colored::", &["views/palette", "views/palette.rs"]),
    ("socket2::", &["observe"]),
    ("pnet::", &["observe"]),
    ("nix::", &["observe", "commands", "session"]),
    ("libc::", &["observe/sys"]),
    ("unsafe ", &["observe/sys"]),
    ("netlink_", &["observe"]),
    ("flate2::", &["files", "views/html"]),
    ("zstd::", &["files"]),
    // The only async runtime, and all that speaks HTTP.
    ("tokio::", &["serve"]),
    ("axum::", &["serve"]),
    ("hyper", &["serve"]),
    ("landlock::", &["session/confined.rs"]),
    ("similar::", &["explain/compare/difference.rs"]),
    (
        "clap::",
        &["cli.rs", "cli", "commands", "session/console.rs", "main.rs"],
    ),
    // Text from outside as it came: never where people are told something.
    (
        ".raw()",
        &[
            "model",
            "text/visible.rs",
            "notation",
            "observe",
            "explain",
            "lesson",
            "exercise",
            "commands/lesson",
            "commands/exercise",
        ],
    ),
];

/// What the pure half does not do.
const IMPURE: &[&str] = &[
    "std::net::TcpStream",
    "std::net::UdpSocket",
    "TcpListener::",
    "UdpSocket::",
    "std::thread",
    "thread::spawn",
    "std::env",
    "env::var",
    "SystemTime",
    "Instant::now",
    "std::process",
    "std::fs",
    "fs::read",
    "File::open",
    "println!",
    "print!(",
    "eprintln!",
    "eprint!(",
    "stdout()",
    "stderr()",
    "stdin()",
    "dbg!",
];

/// The live half and the outermost layer: what may be impure.
const LIVE: &[&str] = &[
    "observe",
    "commands",
    "commands.rs",
    "session",
    "session.rs",
    "serve",
    "serve.rs",
    "main.rs",
    "observe.rs",
];

struct Source {
    /// Path below `src`, with `/`.
    path: String,
    /// Module path: `protocol::follow::analysis`.
    module: String,
    /// Its text without comments and without its test module.
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut files);
    files.sort();
    assert!(
        files.len() > 20,
        "the sources were not found under {}",
        root.display()
    );
    files
        .into_iter()
        .map(|file| {
            let path = file
                .strip_prefix(&root)
                .expect("below src")
                .to_string_lossy()
                .replace('\\', "/");
            let module = path.trim_end_matches(".rs").replace('/', "::");
            let text = fs::read_to_string(&file).expect("a readable source");
            Source {
                path,
                module,
                code: code_only(&text),
            }
        })
        .filter(|s| !s.path.ends_with("/tests.rs"))
        .collect()
}

fn walk(dir: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            walk(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

/// The text without line comments and without everything from the test module on.
fn code_only(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]"
            && lines
                .peek()
                .is_some_and(|next| next.trim_start().starts_with("mod "))
        {
            break;
        }
        let line = match line.find("//") {
            Some(at) if !line[..at].contains('"') => &line[..at],
            _ => line,
        };
        code.push_str(line);
        code.push('\n');
    }
    code
}

/// Every path that the code names behind `root`, with braces opened: `crate::{a::b, c}` gives `a::b` and `c`.
fn named(code: &str, root: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in code.match_indices(root) {
        if !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
            open(&code[at + root.len()..], "", &mut names);
        }
    }
    names
}

/// Adds the paths that begin here, each behind `before`; gives the text behind them.
fn open<'t>(text: &'t str, before: &str, names: &mut BTreeSet<String>) -> &'t str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    let (path, mut rest) = text.split_at(end.unwrap_or(text.len()));
    let path = format!("{before}{path}");
    if !rest.starts_with('{') {
        names.insert(path.trim_end_matches(':').to_owned());
        return rest;
    }
    while let Some(member) = rest.strip_prefix(['{', ',']).map(str::trim_start)
        && !member.starts_with('}')
    {
        rest = open(member, &path, names);
        rest = &rest[rest.find([',', '}']).unwrap_or(rest.len())..];
    }
    &rest[rest.find('}').map_or(0, |end| end + 1)..]
}

fn is_within(name: &str, module: &str) -> bool {
    name == module
        || name
            .strip_prefix(module)
            .is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn imports_are_as_listed() {
    let mut wrong = Vec::new();
    for source in sources() {
        let layer = ALLOWED
            .iter()
            .filter(|(module, _)| is_within(&source.module, module))
            .max_by_key(|(module, _)| module.len());
        let Some((layer, allowed)) = layer else {
            if source.module != "protocol" {
                wrong.push(format!("{}: no layer has this module", source.path));
            }
            continue;
        };
        for name in named(&source.code, "crate::") {
            let own = is_within(&name, layer);
            if !own
                && !allowed
                    .iter()
                    .any(|module| is_within(&name, module) || is_within(module, &name))
            {
                wrong.push(format!(
                    "{}: {layer} may not name crate::{name}",
                    source.path
                ));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports that the layers do not allow:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn observe_goes_one_way() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(part) = source.module.strip_prefix("observe::") else {
            continue;
        };
        let part = part.split("::").next().unwrap_or(part);
        let Some(place) = OBSERVE.iter().position(|p| *p == part) else {
            wrong.push(format!("{}: not a part of observe", source.path));
            continue;
        };
        for name in named(&source.code, "crate::") {
            let Some(other) = name.strip_prefix("observe::") else {
                continue;
            };
            let other = other.split("::").next().unwrap_or(other);
            if OBSERVE
                .iter()
                .position(|p| *p == other)
                .is_some_and(|there| there > place)
            {
                wrong.push(format!("{}: {part} may not name {other}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "imports against the order {OBSERVE:?}:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn crates_and_unsafe_stand_where_they_belong() {
    let mut wrong = Vec::new();
    for source in sources() {
        for (word, places) in ONLY_IN {
            let at_home = places.iter().any(|p| {
                source.path == *p
                    || source.path == format!("{p}.rs")
                    || source.path.starts_with(&format!("{p}/"))
            });
            if !at_home && source.code.contains(word) {
                wrong.push(format!("{}: {word} belongs in {places:?}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pure_half_is_pure() {
    let mut wrong = Vec::new();
    for source in sources() {
        let top = source.path.split('/').next().unwrap_or(&source.path);
        if LIVE.contains(&top) {
            continue;
        }
        for word in IMPURE {
            if source.code.contains(word) {
                wrong.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "impure words in the pure half:\n{}",
        wrong.join("\n")
    );
}

/// A `HashMap` or `HashSet` may be looked into, never walked: its order differs from run to run.
#[test]
fn no_unordered_map_is_walked() {
    let mut wrong = Vec::new();
    for source in sources() {
        let mut names = BTreeMap::new();
        for line in source.code.lines() {
            for kind in ["HashMap<", "HashSet<"] {
                if let Some(at) = line.find(kind) {
                    let before = line[..at].trim_end_matches("std::collections::").trim_end();
                    if let Some(name) = before.strip_suffix(':').and_then(|b| {
                        b.split(|c: char| !(c.is_alphanumeric() || c == '_'))
                            .next_back()
                    }) {
                        names.insert(name.to_owned(), kind);
                    }
                }
            }
        }
        for (name, kind) in names {
            for walk in [
                ".iter()",
                ".iter_mut()",
                ".keys()",
                ".values()",
                ".values_mut()",
                ".drain()",
                ".into_iter()",
            ] {
                if source.code.contains(&format!("{name}{walk}")) {
                    wrong.push(format!("{}: {name}{walk} walks a {kind}…>", source.path));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// An ordinary machine gives a socket 208 KiB at most, and inside a user namespace nothing can raise that: who
/// takes frames does it from memory-mapped rings, and no socket buffer is relied on.
#[test]
fn frames_are_taken_from_rings() {
    let mut wrong = Vec::new();
    let mut rings = 0;
    for source in sources() {
        let taps = ["observe/capture", "observe/lab", "observe/sys"];
        // (That a script may set the option on sockets of its own, or a program does, is another matter.)
        let scripts =
            ["observe/sys/option.rs", "observe/sys/trace/names.rs"].contains(&source.path.as_str());
        if scripts || !taps.iter().any(|place| source.path.starts_with(place)) {
            continue;
        }
        rings += source.code.matches("Ring::").count();
        for word in ["RCVBUF", "recv_buffer_size"] {
            if source.code.contains(word) {
                wrong.push(format!("{}: {word}", source.path));
            }
        }
    }
    assert!(rings > 0, "nobody makes a ring");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A name means one thing in the whole tree: no type is defined under the same name in two places.
#[test]
fn a_type_name_is_defined_once() {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources() {
        for line in source.code.lines() {
            if let Some(name) = defined(line) {
                places
                    .entry(name.to_owned())
                    .or_default()
                    .push(source.path.clone());
            }
        }
    }
    assert!(places.len() > 400, "the definitions were not found");
    places.retain(|_, places| places.len() > 1);
    assert!(places.is_empty(), "one name, several meanings: {places:#?}");
}

/// The type that a line defines. An alias counts where it stands by itself: inside an `impl` it is a trait's name.
fn defined(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let mut word = words.next()?;
    if word.starts_with("pub") {
        word = words.find(|word| !word.starts_with("in") && !word.ends_with(')'))?;
    }
    let by_itself = !line.starts_with(' ');
    let defines =
        matches!(word, "struct" | "enum" | "trait" | "union") || (word == "type" && by_itself);
    let name = words.next().filter(|_| defines)?;
    let end = name.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(&name[..end.unwrap_or(name.len())])
}

#[test]
fn definitions_are_seen_in_every_form() {
    for line in [
        "struct Seq(u32);",
        "pub struct Seq {",
        "    pub(super) enum Seq<'a> {",
        "pub(in crate::protocol) trait Seq: Sized {",
        "pub type Seq = u32;",
    ] {
        assert_eq!(defined(line), Some("Seq"), "{line}");
    }
    for line in [
        "    type Item = u32;",
        "impl Seq {",
        "let structs = 1;",
        "pub fn enum_of() {",
    ] {
        assert_eq!(defined(line), None, "{line}");
    }
}
