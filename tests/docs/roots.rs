//! Where configurations stand: files below `examples/`, and blocks in Markdown.

use std::fs;
use std::path::{Path, PathBuf};

use support::repository;

/// How far a configuration is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// It is applied, planned again and destroyed.
    Apply,
    /// It is complete, but what it speaks of does not exist in a new sandbox.
    Validate,
    /// It needs another provider, of which a stub has the schema: it is planned.
    Plan,
    /// It is a fragment, or needs a provider or a Terraform that is not here: only its syntax is checked.
    Parse,
    /// It is not a configuration but the settings of the Terraform command.
    Settings,
}

/// One configuration.
#[derive(Clone, Debug)]
pub struct Root {
    /// Where it stands.
    pub name: String,
    pub depth: Depth,
    /// File names with their contents.
    pub files: Vec<(String, String)>,
}

impl Root {
    /// All of it, each file after a line break.
    pub fn text(&self) -> String {
        self.files
            .iter()
            .map(|(_, text)| format!("\n{text}"))
            .collect()
    }
}

/// Example files that are checked for their syntax only, with the reason.
const ONLY_PARSED: [(&str, &str); 4] = [
    (
        "list-resources/bahriya_registry/list-resource.tfquery.hcl",
        "needs Terraform 1.14",
    ),
    (
        "list-resources/bahriya_project_registry_attachment/list-resource.tfquery.hcl",
        "needs Terraform 1.14",
    ),
    (
        "resources/bahriya_registry/import-by-identity.tf",
        "needs Terraform 1.12",
    ),
    (
        "resources/bahriya_project_registry_attachment/import-by-identity.tf",
        "needs Terraform 1.12",
    ),
];

/// Every configuration of the documentation and the examples.
pub fn all() -> Vec<Root> {
    let mut roots = examples();
    let known: Vec<String> = roots
        .iter()
        .flat_map(|root| root.files.iter().map(|(_, text)| text.trim().to_owned()))
        .collect();
    let mut pages = files(&repository().join("docs"), "md");
    pages.push(repository().join("README.md"));
    for page in pages.into_iter().filter(|page| page.exists()) {
        let blocks = blocks(&page);
        // Reference pages repeat the example files, which are roots already.
        roots.extend(
            blocks
                .into_iter()
                .filter(|root| !known.contains(&root.files[0].1.trim().to_owned())),
        );
    }
    roots
}

fn examples() -> Vec<Root> {
    let examples = repository().join("examples");
    let mut roots = Vec::new();
    for folder in [
        "provider",
        "resources",
        "data-sources",
        "ephemeral-resources",
        "list-resources",
        "functions",
    ] {
        // Each file stands on its own, except that an import needs the resource that it is for.
        let folder = examples.join(folder);
        for file in [files(&folder, "tf"), files(&folder, "hcl")].concat() {
            let name = relative(&file, &examples);
            let parsed = ONLY_PARSED.iter().any(|(path, _)| *path == name);
            let mut texts = vec![("main.tf".to_owned(), read(&file))];
            if name.contains("/import-") && !parsed {
                let resource = file.with_file_name("resource.tf");
                texts.push(("resource.tf".to_owned(), read(&resource)));
                let registry = examples.join("resources/bahriya_registry/import-by-string-id.tf");
                if file != registry {
                    // An attachment is imported together with the registry that its resource.tf has.
                    texts.push(("registry.tf".to_owned(), read(&registry)));
                }
            }
            let depth = if parsed { Depth::Parse } else { Depth::Apply };
            roots.push(Root {
                name: format!("examples/{name}"),
                depth,
                files: texts,
            });
        }
    }
    for folder in ["quickstart", "worked"] {
        let mains = files(&examples.join(folder), "tf");
        let mains = mains.iter().filter(|file| file.ends_with("main.tf"));
        roots.extend(mains.filter_map(|main| worked(main, &examples)));
    }
    roots
}

/// The directory of a worked example, as a reader gets it. One with a backend is run by the test of its pipelines.
fn worked(main: &Path, examples: &Path) -> Option<Root> {
    let directory = main.parent().expect("a file stands in a directory");
    let files: Vec<_> = files(directory, "tf")
        .iter()
        .map(|file| (base(file), read(file)))
        .collect();
    let root = Root {
        name: format!("examples/{}", relative(directory, examples)),
        depth: Depth::Apply,
        files,
    };
    let text = root.text();
    let others = ["\"hashicorp/", "\"bahriya-cloud/"];
    let depth = if others.iter().any(|other| text.contains(other)) {
        Depth::Plan
    } else {
        Depth::Apply
    };
    (!text.contains("backend \"")).then_some(Root { depth, ..root })
}

/// The configurations in a page: fences marked `terraform` or `hcl`, after `<!-- check: … -->` if they
/// cannot be applied.
fn blocks(page: &Path) -> Vec<Root> {
    let text = read(page);
    let mut roots = Vec::new();
    let mut depth = Depth::Apply;
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        match line.trim() {
            "<!-- check: parse -->" => depth = Depth::Parse,
            "<!-- check: validate -->" => depth = Depth::Validate,
            "<!-- check: settings -->" => depth = Depth::Settings,
            "```terraform" | "```hcl" => {
                let body: Vec<_> = lines
                    .by_ref()
                    .map(|(_, line)| line)
                    .take_while(|line| *line != "```")
                    .collect();
                roots.push(Root {
                    name: format!("{}:{}", relative(page, repository()), number + 1),
                    depth: std::mem::replace(&mut depth, Depth::Apply),
                    files: vec![("main.tf".to_owned(), body.join("\n") + "\n")],
                });
            }
            other => assert!(
                !other.starts_with("<!-- check:"),
                "{}: {other}",
                page.display()
            ),
        }
    }
    roots
}

/// The files with an extension below a directory, in order.
pub fn files(directory: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(directory) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn relative(path: &Path, to: &Path) -> String {
    path.strip_prefix(to).expect("below").display().to_string()
}

fn base(path: &Path) -> String {
    path.file_name()
        .expect("a name")
        .to_string_lossy()
        .into_owned()
}
