//! The layers, read from the imports: each part knows only those that are named for it here, and no two files import
//! each other, not even by a detour.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// What stands at the top of `src/`, each with what it may know of the rest.
const LAYERS: [(&str, &[&str]); 18] = [
    ("name_service", &[]),
    ("proto", &[]),
    ("secret", &[]),
    ("net", &[]),
    // Nothing of Terraform.
    ("api", &["net", "secret"]),
    // Nothing of Terraform either, nor of Bahriya.
    ("oci", &["net", "secret"]),
    // Nothing of this provider, but that it has secrets.
    ("framework", &["proto", "secret"]),
    ("findings", &["framework"]),
    ("plugin", &["framework", "proto", "secret"]),
    ("fingerprint", &["api", "oci"]),
    ("walk", &["findings", "fingerprint", "framework"]),
    (
        "connection",
        &["api", "findings", "fingerprint", "framework", "walk"],
    ),
    ("functions", &["framework", "oci"]),
    (
        "resources",
        &[
            "api",
            "connection",
            "findings",
            "fingerprint",
            "framework",
            "oci",
            "secret",
            "walk",
        ],
    ),
    (
        "data_sources",
        &["api", "connection", "findings", "framework", "resources"],
    ),
    (
        "ephemeral_resources",
        &[
            "connection",
            "findings",
            "framework",
            "oci",
            "resources",
            "secret",
        ],
    ),
    (
        "provider",
        &[
            "api",
            "connection",
            "data_sources",
            "ephemeral_resources",
            "findings",
            "fingerprint",
            "framework",
            "functions",
            "resources",
            "secret",
        ],
    ),
    ("lib", &[]),
];

/// A file's modules, by its path: `["api", "http", "retry"]`.
fn modules(file: &Path) -> Vec<String> {
    let mut parts: Vec<_> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() && name != "tests" {
            sources(&path, found);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") && name != "main.rs" {
            found.push(path);
        }
    }
}

/// The paths that a file names, without its comments and its tests: `use a::{b, c::d}` gives two.
fn paths(text: &str) -> Vec<String> {
    let shown = text.split("#[cfg(test)]\nmod ").next().unwrap_or(text);
    let shown = shown
        .split("#[cfg(test)]\npub mod ")
        .next()
        .unwrap_or(shown);
    let lines = shown
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = lines.collect::<Vec<_>>().join(" ");
    let mut paths = Vec::new();
    for statement in code.split("use ").skip(1) {
        let statement = statement.split(';').next().unwrap_or_default();
        expand(
            "",
            &statement.split_whitespace().collect::<String>(),
            &mut paths,
        );
    }
    // In passing, without an import.
    for (at, _) in code.match_indices("crate::") {
        let end = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
        paths.extend(code[at..].split(end).next().map(str::to_owned));
    }
    paths
}

fn expand(before: &str, rest: &str, paths: &mut Vec<String>) {
    match rest.split_once('{') {
        None => paths.push(format!("{before}{rest}")),
        Some((stem, inner)) => {
            let inner = inner.strip_suffix('}').unwrap_or(inner);
            let (mut depth, mut start) = (0, 0);
            for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        expand(&format!("{before}{stem}"), &inner[start..at], paths);
                        start = at + 1;
                    }
                    _ => {}
                }
            }
        }
    }
}

/// Which file imports which, as lists of modules below the crate.
fn imports() -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let relative = |file: &PathBuf| modules(file.strip_prefix(&root).expect("below src"));
    let known: BTreeSet<_> = files.iter().map(relative).collect();
    let mut imports = BTreeMap::new();
    for file in &files {
        let own = relative(file);
        let text = fs::read_to_string(file).expect("a source");
        let mut named = BTreeSet::new();
        for path in paths(&text) {
            let mut at: Vec<String> = match path.split("::").next() {
                Some("crate") => Vec::new(),
                Some("self") => own.clone(),
                Some("super") => own[..own.len() - 1].to_vec(),
                _ => continue,
            };
            let mut steps = path.split("::").skip(1).peekable();
            while steps.next_if(|step| *step == "super").is_some() {
                at.pop();
            }
            // The longest beginning that is a file.
            let mut found = None;
            for step in steps {
                at.push(step.to_owned());
                if known.contains(&at) {
                    found = Some(at.clone());
                }
            }
            named.extend(found.filter(|found| *found != own));
        }
        imports.insert(own, named);
    }
    imports
}

#[test]
fn each_layer_knows_only_those_below_it() {
    let layers = BTreeMap::from(LAYERS);
    for (file, named) in imports() {
        let layer = file[0].as_str();
        let may = layers
            .get(layer)
            .unwrap_or_else(|| panic!("{layer} is in no layer"));
        for other in named.iter().map(|other| other[0].as_str()) {
            let allowed = other == layer || may.contains(&other) || layer == "lib";
            assert!(allowed, "{} knows {other}", file.join("/"));
        }
    }
    // The table itself has an order: nobody knows one that comes later.
    for (position, (layer, may)) in LAYERS.iter().enumerate() {
        let below: Vec<_> = LAYERS[..position].iter().map(|(name, _)| *name).collect();
        let above = may.iter().find(|name| !below.contains(name));
        assert_eq!(above, None, "for {layer}");
    }
}

#[test]
fn no_two_files_import_each_other() {
    let imports = imports();
    let mut circles = BTreeSet::new();
    for file in imports.keys() {
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<_> = imports[file].iter().collect();
        while let Some(next) = waiting.pop() {
            if seen.insert(next) {
                // A folder's own file names its parts; that they name what it defines is no circle of two rooms.
                let parent = |outer: &Vec<String>, inner: &Vec<String>| inner.starts_with(outer);
                let others = imports.get(next).into_iter().flatten();
                waiting.extend(others.filter(|other| !parent(other, next) && !parent(next, other)));
            }
        }
        if seen.contains(file) {
            circles.insert(file.join("/"));
        }
    }
    assert!(circles.is_empty(), "a circle of files: {circles:?}");
}
