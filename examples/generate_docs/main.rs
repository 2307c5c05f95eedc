//! Writes the reference pages of `docs/` from `templates/` and the tables that make the wire schema.
//!
//! `cargo run --example generate_docs` writes them; with `-- --check` it fails where they differ. The
//! templates are laid out as `tfplugindocs` expects them, and use the part of its language that is
//! needed here. Guides are written by hand, in `docs/guides/`.

#![forbid(unsafe_code)]

mod markdown;
mod template;

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use terraform_provider_bahriya::framework::provider::Provider;
use terraform_provider_bahriya::provider::Bahriya;

use template::{Template, Values};

/// The folders of `docs/` whose every page is generated.
const GENERATED: [&str; 5] = [
    "resources",
    "data-sources",
    "ephemeral-resources",
    "list-resources",
    "functions",
];

fn main() -> ExitCode {
    let check = std::env::args().nth(1).is_some_and(|arg| arg == "--check");
    match run(Path::new(env!("CARGO_MANIFEST_DIR")), check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("generate_docs: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(root: &Path, check: bool) -> Result<(), Box<dyn Error>> {
    let pages = pages(root)?;
    let mut wrong = Vec::new();
    for (path, text) in &pages {
        if fs::read_to_string(root.join(path)).ok().as_ref() == Some(text) {
            continue;
        }
        wrong.push(path.clone());
        if !check {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap_or(root))?;
            fs::write(file, text)?;
        }
    }
    for stale in stale(root, &pages)? {
        if !check {
            fs::remove_file(root.join(&stale))?;
        }
        wrong.push(stale);
    }
    let names: Vec<_> = wrong
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    match (check, names.is_empty()) {
        (_, true) => println!("{} pages are up to date", pages.len()),
        (false, false) => println!("wrote {}", names.join(", ")),
        (true, false) => {
            let names = names.join(", ");
            return Err(format!("not up to date: {names}; run `make docs`").into());
        }
    }
    Ok(())
}

/// Every generated page by its path.
fn pages(root: &Path) -> Result<BTreeMap<PathBuf, String>, Box<dyn Error>> {
    let mut pages = BTreeMap::new();
    let mut page = |folder: &str, name: &str, values: Values| -> Result<(), Box<dyn Error>> {
        let short = name.strip_prefix("bahriya_").unwrap_or(name);
        let path = Path::new("docs").join(folder).join(format!("{short}.md"));
        let text = Template::find(root, folder, short)?.fill(root, name, &values)?;
        pages.insert(path, text);
        Ok(())
    };
    let provider = Bahriya::default();
    page("", "index", markdown::of_block(provider.schema()))?;
    for resource in provider.resources() {
        let mut values = markdown::of_block(resource.schema());
        values.insert(
            "IdentityMarkdown",
            markdown::of_identity(resource.identity()),
        );
        page("resources", resource.type_name(), values)?;
    }
    for source in provider.data_sources() {
        page(
            "data-sources",
            source.type_name(),
            markdown::of_block(source.schema()),
        )?;
    }
    for resource in provider.ephemeral_resources() {
        page(
            "ephemeral-resources",
            resource.type_name(),
            markdown::of_block(resource.schema()),
        )?;
    }
    for list in provider.list_resources() {
        page(
            "list-resources",
            list.type_name(),
            markdown::of_block(list.schema()),
        )?;
    }
    for function in provider.functions() {
        let signature = function.signature();
        page(
            "functions",
            signature.name,
            markdown::of_function(signature),
        )?;
    }
    Ok(pages)
}

/// Pages of something that is no longer there.
fn stale(root: &Path, pages: &BTreeMap<PathBuf, String>) -> std::io::Result<Vec<PathBuf>> {
    let mut stale = Vec::new();
    for folder in GENERATED {
        let folder = Path::new("docs").join(folder);
        if !root.join(&folder).exists() {
            continue;
        }
        for entry in fs::read_dir(root.join(&folder))? {
            let path = folder.join(entry?.file_name());
            if !pages.contains_key(&path) {
                stale.push(path);
            }
        }
    }
    Ok(stale)
}
