use std::collections::HashSet;
use std::fs;
use std::path::Path;

use super::*;

fn all() -> impl Iterator<Item = &'static Finding> {
    SUBJECTS.iter().flat_map(|(_, findings)| findings.iter())
}

/// A title without what differs from case to case.
fn bare(title: &str) -> String {
    let parts = title
        .split('{')
        .map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    parts.collect::<Vec<_>>().join("…")
}

#[test]
fn names_and_titles_tell_findings_apart() {
    let (mut names, mut titles) = (HashSet::new(), HashSet::new());
    for finding in all() {
        assert!(names.insert(finding.name), "{}", finding.name);
        assert!(titles.insert(bare(finding.title)), "{}", finding.title);
    }
}

#[test]
fn texts_are_in_one_style() {
    for finding in all() {
        let Finding {
            name,
            title,
            cause,
            cure,
        } = finding;
        let sentence = |c: char| c.is_uppercase() || c == '"' || c == '{';
        assert!(title.starts_with(sentence), "{name}: {title}");
        assert!(
            !title.ends_with('.') && !title.contains('\n'),
            "{name}: {title}"
        );
        for text in [cause, cure] {
            assert!(
                text.ends_with(['.', '}']) && !text.contains("  "),
                "{name}: {text}"
            );
        }
    }
}

/// Only the macro of the catalogue makes one, so that nothing is said that is not listed.
#[test]
fn every_diagnostic_is_a_finding() {
    fn sources(folder: &Path, found: &mut Vec<std::path::PathBuf>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, found);
            } else {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 100);
    let makes = |file: &&std::path::PathBuf| {
        let text = fs::read_to_string(file).expect("a text");
        let text = text
            .replace("proto::Diagnostic {", "")
            .replace("-> Diagnostic {", "");
        text.contains(concat!("Diagnostic ", "{")) || text.contains(concat!("findings", "! {"))
    };
    let makers: Vec<_> = files
        .iter()
        .filter(makes)
        .map(|file| {
            file.strip_prefix(&root)
                .expect("below")
                .display()
                .to_string()
        })
        .collect();
    let mut makers = makers;
    makers.sort();
    let expected = [
        "findings/api.rs",
        "findings/arguments.rs",
        "findings/attachment.rs",
        "findings/registry.rs",
        "framework/diagnostics.rs",
        "framework/findings.rs",
    ];
    assert_eq!(makers, expected);
}
