//! Who may use whom: protocols at the rim, product words in the middle, databases on the floor.
//!
//! The table is the one of `docs/ARCHITECTURE.md`; this test reads both it and every `crate::…` and `super::…` path
//! of the source.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The order of the areas of the domain: each may use those before it.
const DOMAIN: [&str; 35] = [
    "audit",
    "servers",
    "calendar",
    "work",
    "emojis",
    "actors",
    "accounts",
    "apps",
    "org",
    "exposure",
    "announcements",
    "brands",
    "home",
    "conversations",
    "notifications",
    "invitations",
    "sign_ups",
    "follows",
    "lists",
    "media",
    "tags",
    "words",
    "cards",
    "posts",
    "scheduled",
    "copies",
    "drafts",
    "crisis",
    "reports",
    "filters",
    "timelines",
    "mailbox",
    "search",
    "markers",
    "setup",
];

/// The tables of modules that have their own; the domain has all others, and nobody else names a table.
const TABLES: [(&str, &[&str]); 3] = [
    ("federation", &["activities", "deliveries", "delivery_days", "received", "submissions", "taken_back"]),
    ("jobs", &["jobs"]),
    ("db", &["slots", "jobs"]),
];

/// Tables that are read elsewhere too. What is due is chosen by how servers fare, and servers are forgotten when
/// nothing is owed to them, in one query each: a list handed from one to the next would grow with the Fediverse.
const READ: [(&str, &str); 2] = [("src/federation/delivery", "servers"), ("src/domain/servers", "deliveries")];

/// The paths that start with `root::`, each as its first `depth` names behind it. Groups in braces are opened.
fn paths(source: &str, root: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let bytes = source.as_bytes();
    let start = format!("{root}::");
    let mut at = 0;
    while let Some(position) = source[at..].find(&start) {
        let begin = at + position;
        at = begin + start.len();
        let before = begin.checked_sub(1).map(|index| bytes[index]);
        if before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':')) {
            continue;
        }
        names(&source[at..], &mut found);
    }
    found
}

/// The first names of what follows: one name, or those of a group.
fn names(rest: &str, found: &mut BTreeSet<String>) {
    let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else {
        found.insert(name(rest));
        return;
    };
    let (mut depth, mut item) = (0, String::new());
    for c in group.chars() {
        match c {
            '}' if depth == 0 => break,
            ',' if depth == 0 => {
                found.insert(name(item.trim_start()));
                item.clear();
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        item.push(c);
    }
    found.insert(name(item.trim_start()));
    // A comma after the last item.
    found.remove("");
}

/// Every Rust file below a folder, with what it says outside of comments and unit tests.
fn files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let code = text.split("#[cfg(test)]").next().unwrap();
            let code: Vec<&str> = code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            files.push((path, code.join("\n")));
        }
    }
    files
}

/// The part of the source that a file belongs to: the first name below the folder.
fn area(path: &Path, folder: &Path) -> String {
    let first = path.strip_prefix(folder).unwrap().components().next().unwrap();
    first.as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

/// The rows of the table in the documentation: an area, and what it may use.
fn table() -> BTreeMap<String, BTreeSet<String>> {
    let page = include_str!("../../docs/ARCHITECTURE.md");
    let table = page.split("<!-- who may use whom -->").nth(1).expect("docs/ARCHITECTURE.md marks the table");
    let words = |cell: &str| cell.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect::<BTreeSet<_>>();
    table
        .lines()
        .skip_while(|line| !line.starts_with("| `"))
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            (words(cells[1]).pop_first().unwrap(), words(cells[2]))
        })
        .collect()
}

#[test]
fn every_area_uses_only_what_the_table_allows() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let table = table();
    let macros = ["on_conn", "id_type", "text_enum"];
    let mut faults = Vec::new();
    for (path, code) in files(&source) {
        let area = area(&path, &source);
        if matches!(area.as_str(), "lib" | "main") {
            continue;
        }
        let allowed = table.get(&area).unwrap_or_else(|| panic!("{area} has no row in the table"));
        for used in paths(&code, "crate") {
            if used != area && !allowed.contains(&used) && !macros.contains(&used.as_str()) {
                faults.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn areas_of_the_domain_use_only_those_before_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/domain");
    let place = |area: &str| DOMAIN.iter().position(|known| *known == area);
    let mut faults = Vec::new();
    for (path, code) in files(&folder) {
        let area = area(&path, &folder);
        let Some(own) = place(&area) else {
            assert!(matches!(area.as_str(), "mod" | "audience" | "once"), "{area} has no place in the order");
            continue;
        };
        let mut used = paths(&code, "crate::domain");
        used.extend(paths(&code, "super::super"));
        if path.file_name().is_some_and(|name| name == "mod.rs") || path.parent() == Some(folder.as_path()) {
            used.extend(paths(&code, "super"));
        }
        let opened =
            code.split("crate::{").skip(1).flat_map(|group| paths(group.split("};").next().unwrap(), "domain"));
        used.extend(opened);
        for used in used {
            if place(&used).is_some_and(|other| other > own) {
                faults.push(format!("{} uses {used}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_table_is_named_by_its_owner_only() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let owned: BTreeSet<&str> = TABLES.iter().flat_map(|(_, tables)| *tables).copied().collect();
    let mut faults = Vec::new();
    for (path, code) in files(&source) {
        let area = area(&path, &source);
        let own = TABLES.iter().find(|(name, _)| *name == area).map_or(&[][..], |(_, tables)| *tables);
        for table in paths(&code, "schema") {
            let allowed = own.contains(&table.as_str()) || (area == "domain" && !owned.contains(table.as_str()));
            let shown = path.to_string_lossy();
            let read = READ.iter().any(|(folder, name)| shown.contains(folder) && table == *name);
            if !allowed && !read {
                faults.push(format!("{} names the table {table}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn other_processes_understand_every_signal() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let known = fs::read_to_string(source.join("db/listen.rs")).unwrap();
    let mut said = BTreeSet::new();
    for (_, code) in files(&source) {
        for signal in code.split("Signal { topic: \"").skip(1) {
            let words = signal.split('}').next().unwrap().split('"').step_by(2);
            said.extend(words.map(ToOwned::to_owned).filter(|word| word.bytes().all(|byte| byte.is_ascii_lowercase())));
        }
    }
    assert!(said.len() > 20, "{said:?}");
    let strange: Vec<&String> = said.iter().filter(|word| !known.contains(&format!("\"{word}\","))).collect();
    assert!(strange.is_empty(), "src/db/listen.rs does not know {strange:?}");
}

#[test]
fn the_reader_of_paths_sees_what_it_should() {
    let source = "use crate::{a::{b, c}, d,\n e::F};\nfn x() { crate::g::h(); mycrate::i(); other::crate::j(); }";
    let found: Vec<String> = paths(source, "crate").into_iter().collect();
    assert_eq!(found, ["a", "d", "e", "g"]);
}

/// Other servers hear of what people here do through `domain/exposure.rs` alone, which asks how far they reach; of the
/// actor itself, its profile and its end, they may always hear.
#[test]
fn what_leaves_goes_by_one_door() {
    let mut found = BTreeSet::new();
    for (file, text) in files(Path::new("src")) {
        if text.contains("defer(&Job::Federate") {
            found.insert(file.to_string_lossy().into_owned());
        }
    }
    assert_eq!(found, BTreeSet::from(["src/domain/actors/local.rs".to_owned(), "src/domain/exposure.rs".to_owned()]));
}
