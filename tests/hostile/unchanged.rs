//! What the API says as a rule comes through as it was said, also where credentials were sent.

use std::fs;
use std::path::{Path, PathBuf};

use support::repository;
use terraform_provider_bahriya::secret::{Author, admit};

/// The texts that the API is known to answer, and those of the library that maps its bodies.
const API: [&str; 16] = [
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path organisation: Unexpected key `organisation`.",
    r#"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path server: Value "" is not a valid non-empty string."#,
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Project`. An error occurred at path organisation: Value null is not a valid non-empty string.",
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path maxversions: Value 0 is not a valid integer between 1 and 50.",
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path maxversions: Value -1 is not a valid positive integer.",
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path name: Value 'x' does not match any of 'a', 'b'.",
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry`. An error occurred at path name: Cannot be empty and must be filled with a value matching type `non-empty-string`.",
    r"Could not map type `Bahriya\Contracts\DataTransferObjects\Console\v1\Registry` with value array{handle: 'team-images', name: 'Images of the team', server: '123456789012.dkr.ecr.eu-west-1.amazonaws.com', username: '', maxversions: 0}. A total of 2 errors were encountered.",
    r#"A container with the handle "web" already exists"#,
    "A registry associated with a project cannot be deleted.",
    "Cannot delete 'team-images': still attached to project(s): shop, back-office. Detach from each project first.",
    "Cannot detach yaml_config 'settings' from project: container 'web' still references it. Detach from the container first or update the container to remove the reference.",
    "Cannot detach registry 'team-images' from project: container 'web' still references it. Detach from the container first or update the container to remove the reference.",
    "Project cannot be deleted because it still has 1 TLS bundle, 2 registries. Please detach or remove these resources from this project before deleting it.",
    "BAD REQUEST",
    "CONFLICT",
];

/// What stands in a text in place of its parameters.
const PARAMETERS: [&str; 5] = [
    "team-images",
    "0f8fad5b-d9cb-469f-a165-70867728950e",
    "registry-1.docker.io",
    "7",
    "acme/backend-service2",
];

#[track_caller]
fn assert_unchanged(text: &str) {
    for author in [Author::Unaware, Author::SawCredentials] {
        assert_eq!(admit(text, author), text, "{author:?}");
    }
}

#[test]
fn what_the_api_says_comes_through_unchanged() {
    API.into_iter().for_each(assert_unchanged);
    // The masking is there: a token in the place of a handle does not come through.
    let told = API[8].replace("web", "ghp_Zx81Qw72Er63Ty54Ui45Op36As27Df18");
    let shown = admit(&told, Author::SawCredentials);
    assert_eq!(shown, API[8].replace("web", "[redacted]"));
}

/// Read from the source, so that a new refusal is among them.
#[test]
fn what_the_sandbox_says_comes_through_unchanged() {
    let mut said = Vec::new();
    for file in sources(&repository().join("examples/sandbox")) {
        said.extend(sentences(&fs::read_to_string(file).expect("a source")));
    }
    for known in [
        "Route not found.",
        "Registry '{}' not found.",
        "Unexpected key `{}`.",
        "A registry with the handle \"{}\" existed before, and handles cannot be reused",
        "Cannot detach registry '{}' from project: container '{}' still references it. Detach \
         from the container first or update the container to remove the reference.",
        "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\{}`. An \
         error occurred at path {}: {}",
    ] {
        assert!(said.iter().any(|text| text == known), "{known}: {said:#?}");
    }
    for text in &said {
        for parameter in PARAMETERS {
            assert_unchanged(&text.replace("{}", parameter));
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The texts in a source that begin as sentences do, with `{}` for every parameter.
fn sentences(source: &str) -> Vec<String> {
    let code = source
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n").replace("'\"'", "");
    let mut found = Vec::new();
    let mut rest = code.as_str();
    while let Some((_, literal)) = rest.split_once('"') {
        let mut text = String::new();
        let mut chars = literal.chars();
        while let Some(c) = chars.next().filter(|c| *c != '"') {
            match c {
                '\\' => match chars.next() {
                    Some('\n') => chars = chars.as_str().trim_start().chars(),
                    Some('n') => text.push('\n'),
                    other => text.extend(other),
                },
                '{' => {
                    let (_, after) = chars.as_str().split_once('}').unwrap_or_default();
                    chars = after.chars();
                    text.push_str("{}");
                }
                _ => text.push(c),
            }
        }
        rest = chars.as_str();
        let is_sentence = text.starts_with(|c: char| c.is_ascii_uppercase()) && text.contains(' ');
        if is_sentence && !text.contains('\n') {
            found.push(text.trim_end().to_owned());
        }
    }
    found
}
