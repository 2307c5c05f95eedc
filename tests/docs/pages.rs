//! The pages themselves: complete, up to date, and without dead links.

use std::fs;
use std::path::Path;
use std::process::Command;

use support::{executables, repository};
use terraform_provider_bahriya::framework::provider::Provider;
use terraform_provider_bahriya::framework::schema::{Attribute, Shape};
use terraform_provider_bahriya::provider::Bahriya;

use crate::roots::files;

fn page(path: &str) -> String {
    let file = repository().join("docs").join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn short(name: &str) -> &str {
    name.strip_prefix("bahriya_").unwrap_or(name)
}

/// The line of an attribute has to tell its meaning, its default, its allowed values and its effect.
fn assert_stands_on(page: &str, where_: &str, attributes: &[Attribute]) {
    for attribute in attributes {
        let start = format!("- `{}` (", attribute.name);
        let line = page
            .lines()
            .find(|line| line.starts_with(&start) && line.contains(attribute.description))
            .unwrap_or_else(|| panic!("{where_} lacks {}", attribute.name));
        let allowed = attribute.allowed.iter().map(|value| format!("`{value}`"));
        let default = attribute.default.map(|value| format!("Default: {value}."));
        let effect = attribute
            .effect
            .map(|effect| format!("*A change:* {effect}."));
        for fact in allowed.chain(default).chain(effect) {
            assert!(
                line.contains(&fact),
                "{where_} lacks \"{fact}\" of {}",
                attribute.name
            );
        }
        assert_eq!(
            attribute.sensitive,
            line.contains("Sensitive"),
            "{where_}: {line}"
        );
        assert_eq!(
            attribute.write_only,
            line.contains("Write-only"),
            "{where_}: {line}"
        );
        if let Shape::Object(inner) | Shape::Objects(inner) = &attribute.shape {
            assert_stands_on(page, where_, inner);
        }
    }
}

#[test]
fn every_attribute_stands_on_its_page() {
    let provider = Bahriya::default();
    assert_stands_on(&page("index.md"), "index.md", &provider.schema().attributes);
    for resource in provider.resources() {
        let path = format!("resources/{}.md", short(resource.type_name()));
        let page = page(&path);
        assert_stands_on(&page, &path, &resource.schema().attributes);
        for Attribute {
            name, description, ..
        } in &resource.identity().attributes
        {
            assert!(
                page.contains(&format!("- `{name}` (String")),
                "{path} lacks {name}"
            );
            assert!(
                page.contains(description),
                "{path} does not describe {name}"
            );
        }
    }
    for source in provider.data_sources() {
        let path = format!("data-sources/{}.md", short(source.type_name()));
        assert_stands_on(&page(&path), &path, &source.schema().attributes);
    }
    for resource in provider.ephemeral_resources() {
        let path = format!("ephemeral-resources/{}.md", short(resource.type_name()));
        assert_stands_on(&page(&path), &path, &resource.schema().attributes);
    }
    for list in provider.resources() {
        let path = format!("list-resources/{}.md", short(list.type_name()));
        assert_stands_on(&page(&path), &path, &list.list_schema().attributes);
    }
    for signature in provider.functions() {
        let page = page(&format!("functions/{}.md", signature.name));
        assert!(page.contains(signature.description), "{}", signature.name);
        for parameter in &signature.parameters {
            assert!(
                page.contains(parameter.description),
                "{}: {}",
                signature.name,
                parameter.name
            );
        }
    }
}

#[test]
fn the_generated_pages_are_up_to_date() {
    let output = Command::new(executables::example("generate_docs"))
        .arg("--check")
        .output()
        .expect("the generator starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn every_page_of_the_registry_has_front_matter() {
    for folder in [
        "resources",
        "data-sources",
        "ephemeral-resources",
        "list-resources",
        "functions",
        "guides",
    ] {
        for file in files(&repository().join("docs").join(folder), "md") {
            assert_front_matter(&file);
        }
    }
    assert_front_matter(&repository().join("docs/index.md"));
}

fn assert_front_matter(file: &Path) {
    let text = fs::read_to_string(file).expect("a page");
    let head = text
        .strip_prefix("---\n")
        .and_then(|text| text.split_once("\n---\n"));
    let (head, _) = head.unwrap_or_else(|| panic!("{} has no front matter", file.display()));
    for key in ["page_title:", "subcategory:", "description:"] {
        assert!(
            head.lines().any(|line| line.starts_with(key)),
            "{} lacks {key}",
            file.display()
        );
    }
}

#[test]
fn no_link_is_dead() {
    let mut pages = files(&repository().join("docs"), "md");
    pages.extend(files(&repository().join("examples"), "md"));
    for name in [
        "README.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CHANGELOG.md",
    ] {
        pages.push(repository().join(name));
    }
    let mut dead = Vec::new();
    for file in pages.iter().filter(|file| file.exists()) {
        let text = fs::read_to_string(file).expect("a page");
        dead.extend(links(&text).filter_map(|link| dead_link(file, link)));
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// Where a page of the Terraform Registry is, and what belongs to it in the repository.
const REGISTRY: &str = "https://registry.terraform.io/providers/bahriya-rs/bahriya/latest/docs/";
const SOURCE: &str = "https://github.com/bahriya-rs/terraform-provider-bahriya/";

/// The Registry serves `docs/FOLDER/PAGE.md` as `…/docs/FOLDER/PAGE`, so that relative links between its folders work there as
/// in the repository. It serves `docs/index.md` as `…/docs`, one level higher than it stands, and nothing else of the
/// repository: from there, and to there, only whole addresses work.
#[test]
fn links_work_where_the_registry_shows_the_pages() {
    let docs = repository().join("docs");
    let mut wrong = Vec::new();
    let folders = [
        "guides",
        "resources",
        "data-sources",
        "ephemeral-resources",
        "list-resources",
        "functions",
    ];
    let pages = folders
        .iter()
        .flat_map(|folder| files(&docs.join(folder), "md"));
    for page in pages.chain([docs.join("index.md")]) {
        let text = fs::read_to_string(&page).expect("a page");
        for link in links(&text) {
            let path = link.split('#').next().unwrap_or_default();
            let good = if let Some(page) = path.strip_prefix(REGISTRY) {
                docs.join(format!("{page}.md")).exists()
            } else if let Some(path) = path.strip_prefix(SOURCE) {
                let path = path.splitn(3, '/').nth(2).unwrap_or_default();
                repository().join(path).exists()
            } else {
                path.is_empty()
                    || path.contains("://")
                    || !page.ends_with("index.md") && stays_in(&folders, path)
            };
            if !good {
                wrong.push(format!("{}: {link}", page.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a relative link from one of the folders leads to a page in one of them.
fn stays_in(folders: &[&str], path: &str) -> bool {
    match path.strip_prefix("../") {
        None => !path.contains('/'),
        Some(path) => path
            .split_once('/')
            .is_some_and(|(folder, page)| folders.contains(&folder) && !page.contains('/')),
    }
}

/// What the links of a page lead to.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

/// What is wrong with a link to another file or heading; links to elsewhere are not followed.
fn dead_link(file: &Path, link: &str) -> Option<String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    if path.contains("://") || path.contains(' ') {
        return None;
    }
    let target = if path.is_empty() {
        file.to_owned()
    } else {
        file.with_file_name("").join(path)
    };
    if !target.exists() {
        return Some(format!("{}: {link} leads nowhere", file.display()));
    }
    if anchor.is_empty() {
        return None;
    }
    let text = fs::read_to_string(&target).expect("a page");
    let mut headings = text.lines().filter(|line| line.starts_with('#')).map(slug);
    let found =
        headings.any(|slug| slug == anchor) || text.contains(&format!("<a id=\"{anchor}\">"));
    (!found).then(|| format!("{}: {link} has no such heading", file.display()))
}

#[test]
fn every_worked_example_is_on_the_list() {
    let examples = repository().join("examples/worked");
    let list = fs::read_to_string(examples.join("README.md")).expect("a list");
    for example in fs::read_dir(&examples).expect("the examples") {
        let example = example.expect("an entry");
        if !example.path().is_dir() {
            continue;
        }
        let name = example.file_name().into_string().expect("a name");
        assert!(
            list.contains(&format!("[{name}]({name})")),
            "{name} is not listed"
        );
        let readme = fs::read_to_string(example.path().join("README.md")).expect("a README");
        assert!(readme.contains("init"), "{name} does not say how to begin");
    }
}

/// The anchor that Markdown renderers make of a heading.
fn slug(heading: &str) -> String {
    let kept = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}
