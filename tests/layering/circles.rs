//! Modules of one folder import each other one way: no circles inside a layer.
//!
//! An import counts between the two modules at which importer and imported part ways: `a::b::x` that names
//! `a::c::y` makes `a::b` import `a::c`. What a folder's own module re-exports counts for the module that has it;
//! otherwise that module is neither above nor below those in its folder.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, named, sources};

/// Circles that are meant, because the data goes round: a header may hold a packet, or a whole frame.
const MEANT: &[&[&str]] = &[
    &[
        "protocol::decode::bridge",
        "protocol::decode::encapsulation",
        "protocol::decode::gre",
        "protocol::decode::link",
        "protocol::decode::network",
        "protocol::decode::overlay",
        "protocol::decode::passed",
        "protocol::decode::rare_link",
        "protocol::decode::transport",
        "protocol::decode::wireless",
    ],
    &[
        "protocol::decode::fields::icmp",
        "protocol::decode::fields::network",
    ],
    &[
        "protocol::decode::fields::link",
        "protocol::decode::fields::passed",
    ],
];

type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn modules_of_a_folder_import_one_way() {
    let circles = circles(&imports(&sources()));
    let meant = MEANT
        .iter()
        .map(|circle| circle.iter().map(|m| (*m).to_owned()).collect());
    assert_eq!(
        circles,
        meant.collect(),
        "circles of imports, and those that are meant"
    );
}

/// Who imports whom, where both are modules of one folder.
fn imports(sources: &[Source]) -> Imports {
    let modules: BTreeSet<&str> = sources.iter().map(|source| &*source.module).collect();
    let mut homes = BTreeMap::new();
    for Source { module, code, .. } in sources {
        for path in named(code, "use ") {
            let (child, name) = (path.split("::").next(), path.rsplit("::").next());
            if let (Some(child), Some(name)) = (child, name)
                && modules.contains(&*format!("{module}::{child}"))
            {
                homes.insert(format!("{module}::{name}"), format!("{module}::{path}"));
            }
        }
    }
    let mut imports = Imports::new();
    for Source { module, code, .. } in sources {
        let relative = named(code, "super::").into_iter();
        let relative = relative.filter_map(|path| absolute(module, &path));
        for path in relative.chain(named(code, "crate::")) {
            let is_module = modules.contains(&*path);
            let home = homes.get(&path).filter(|_| !is_module).unwrap_or(&path);
            if let Some((importer, imported)) = parting(module, home)
                && modules.contains(&*imported)
            {
                imports.entry(importer).or_default().insert(imported);
            }
        }
    }
    imports
}

/// A path behind `super::`, seen from the top.
fn absolute(module: &str, path: &str) -> Option<String> {
    let (folder, _) = module.rsplit_once("::")?;
    match path.strip_prefix("super::") {
        Some(path) => absolute(folder, path),
        None => Some(format!("{folder}::{path}")),
    }
}

/// The modules at which two paths of one layer part ways.
fn parting(from: &str, to: &str) -> Option<(String, String)> {
    let (from, to): (Vec<_>, Vec<_>) = (from.split("::").collect(), to.split("::").collect());
    let common = from.iter().zip(&to).take_while(|(from, to)| from == to);
    let common = common.count();
    let apart = common > 0 && common < from.len() && common < to.len();
    apart.then(|| (from[..=common].join("::"), to[..=common].join("::")))
}

fn circles(imports: &Imports) -> BTreeSet<BTreeSet<String>> {
    let reached: Imports = imports
        .keys()
        .map(|from| (from.clone(), reached(imports, from)))
        .collect();
    let meet = |a: &String, b: &String| {
        reached[a].contains(b) && reached.get(b).is_some_and(|back| back.contains(a))
    };
    let around = |from| {
        reached[from]
            .iter()
            .filter(|to| meet(from, to))
            .cloned()
            .collect()
    };
    let circles = reached.keys().map(around);
    circles
        .filter(|circle: &BTreeSet<_>| !circle.is_empty())
        .collect()
}

fn reached(imports: &Imports, from: &str) -> BTreeSet<String> {
    let (mut reached, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        let imported = imports.get(module).into_iter().flatten();
        let new = imported.filter(|module| reached.insert((*module).clone()));
        next.extend(new.map(String::as_str));
    }
    reached
}

#[test]
fn a_circle_is_seen_in_every_form() {
    let source = |(module, code): (&str, &str)| Source {
        path: String::new(),
        module: module.to_owned(),
        code: code.to_owned(),
    };
    let found = |files: &[(&str, &str)]| {
        let sources: Vec<_> = files.iter().copied().map(source).collect();
        circles(&imports(&sources))
    };
    let facade = ("a", "mod b; mod c; pub use c::{Other as X, Thing};");
    let deep = ("a::b::deep", "");
    let there = ("a::b", "use super::Thing;");
    for back in [
        "use crate::{a::{d, b::deep::X}};",
        "use super::{d, b};",
        "fn f() { super::b::f() }",
        "use crate::a::b::{self, X};",
    ] {
        assert_eq!(
            found(&[facade, deep, there, ("a::c", back)]).len(),
            1,
            "{back}"
        );
    }
    let below = ("a::b::deep", "use super::super::c::Thing;");
    assert_eq!(
        found(&[("a::b", ""), below, ("a::c", "use super::b::X;")]).len(),
        1
    );
    assert_eq!(
        found(&[facade, there, ("a::c", "use super::Facade;")]).len(),
        0
    );
}
