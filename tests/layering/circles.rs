//! No module imports itself through others: who reads one needs only what is below it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Source, sources};

/// The layers that have been cleared of circles.
const CLEARED: [&str; 2] = ["session", "views"];

/// Each module of a crate, with the modules that it names.
type Imports = BTreeMap<String, BTreeSet<String>>;

#[test]
fn views_and_session_import_in_no_circle() {
    let sources = sources();
    let own = |source: &&Source| CLEARED.contains(&source.module.split("::").next().unwrap_or(""));
    let modules: BTreeSet<&str> = sources
        .iter()
        .filter(own)
        .map(|source| source.module.as_str())
        .collect();
    assert!(modules.len() > 40, "the modules were not found");
    let imports = sources
        .iter()
        .filter(own)
        .map(|source| {
            let named = imported(&source.module, &source.code, &modules);
            (source.module.clone(), named)
        })
        .collect();
    let circles = in_circles(imports);
    assert!(
        circles.is_empty(),
        "modules that import one another in a circle, or that are imported from one and import another: {circles:#?}"
    );
}

/// What is left when all that import nothing, and all that nobody imports, are taken away again and again.
fn in_circles(mut imports: Imports) -> Imports {
    loop {
        let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
        let ends: BTreeSet<String> = imports
            .iter()
            .filter(|(module, named)| named.is_empty() || !imported.contains(*module))
            .map(|(module, _)| module.clone())
            .collect();
        if ends.is_empty() {
            return imports;
        }
        imports.retain(|module, _| !ends.contains(module));
        for named in imports.values_mut() {
            named.retain(|module| !ends.contains(module));
        }
    }
}

/// The modules among `modules` that the code of `own` names, as `crate::…`, `super::…` or by a child's name.
fn imported(own: &str, code: &str, modules: &BTreeSet<&str>) -> BTreeSet<String> {
    // `pub(in crate::views)` names nothing.
    let code = code.replace("in crate::", "");
    let mut paths = Vec::new();
    for (at, _) in code.match_indices("::") {
        let begins = code[..at]
            .rfind(|c: char| !c.is_alphanumeric() && c != '_')
            .map_or(0, |before| before + 1);
        if code[..begins].ends_with("::") || code[..begins].ends_with('<') {
            continue;
        }
        paths.extend(spelt_out(String::new(), &code[begins..]));
    }
    let home = |path: &str| {
        let mut parent: Vec<&str> = own.split("::").collect();
        let mut rest = path;
        if let Some(of_crate) = rest.strip_prefix("crate::") {
            return of_crate.to_owned();
        }
        while let Some(above) = rest.strip_prefix("super::") {
            parent.pop();
            rest = above;
        }
        parent.push(rest);
        parent.join("::")
    };
    let module = |path: String| {
        let mut path = path.as_str();
        while !modules.contains(path) {
            path = path.rsplit_once("::")?.0;
        }
        Some(path.to_owned()).filter(|module| module != own)
    };
    paths.iter().filter_map(|path| module(home(path))).collect()
}

/// The paths that begin here, each member of a group by itself: `a::{b, c::d}` is `a::b` and `a::c::d`.
fn spelt_out(before: String, text: &str) -> Vec<String> {
    let end = text
        .find(|c: char| !c.is_alphanumeric() && c != '_' && c != ':')
        .unwrap_or(text.len());
    let path = before + &text[..end];
    let Some(group) = text[end..]
        .strip_prefix('{')
        .filter(|_| path.ends_with("::"))
    else {
        return vec![path.trim_end_matches(':').to_owned()];
    };
    let (mut depth, mut start, mut paths) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            ',' | '}' if depth == 0 => {
                paths.extend(spelt_out(path.clone(), group[start..at].trim()));
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
    }
    paths
}

#[test]
fn imports_are_seen_in_every_form() {
    let modules = BTreeSet::from(["v", "v::a", "v::b", "v::b::c", "v::d"]);
    let seen = |own, code| {
        let seen = imported(own, code, &modules);
        seen.into_iter().collect::<Vec<_>>().join(" ")
    };
    assert_eq!(
        seen("v::a", "use super::b::{self, c::Thing};"),
        "v::b v::b::c"
    );
    assert_eq!(
        seen("v::a", "use crate::{x::y, v::{b::c, d}};"),
        "v::b::c v::d"
    );
    assert_eq!(
        seen("v::b", "let x = c::make(super::d::X);"),
        "v::b::c v::d"
    );
    assert_eq!(seen("v::b::c", "use super::super::{Other, a};"), "v v::a");
    assert_eq!(
        seen("v::a", "pub(in crate::v) fn f() -> Vec<std::v::b> {}"),
        ""
    );
}

#[test]
fn a_circle_is_found_and_a_line_is_not() {
    let imports = |pairs: &[(&str, &[&str])]| -> Imports {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        pairs
            .iter()
            .map(|(module, named)| ((*module).to_owned(), owned(named)))
            .collect()
    };
    let line = imports(&[("a", &["b", "c"]), ("b", &["c"]), ("c", &[])]);
    assert!(in_circles(line).is_empty());
    let circle = imports(&[("a", &["b"]), ("b", &["c"]), ("c", &["b"])]);
    assert_eq!(
        in_circles(circle).into_keys().collect::<Vec<_>>(),
        ["b", "c"]
    );
}
