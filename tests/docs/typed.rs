//! Types what the pages say: the README, each guide, and the README of each worked example, from top to bottom,
//! in a home directory of its own with the provider installed and a sandbox beside it.
//!
//! Shell blocks are typed as they stand. A whole configuration goes into `main.tf`; `<!-- file: NAME -->` above
//! a block names another file, and `<!-- change: NAME -->` replaces the lines with the same arguments there. A
//! block that cannot be typed here has `<!-- not typed: REASON -->` above it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use support::sandbox::Sandbox;
use support::{executables, repository};
use tempfile::TempDir;

use crate::roots::files;

/// What a reader has who begins with this page: a directory that knows the provider.
const TERRAFORM_TF: &str = "terraform {\n  required_providers {\n    bahriya = { source = \"bahriya-rs/bahriya\" }\n  }\n}\n";

/// A block of a page.
enum Block {
    /// Lines for a shell, or the reason why they are not typed.
    Shell(String, Option<String>),
    /// A file with its text.
    File(String, String),
    /// Lines that take the place of those with the same arguments in a file.
    Change(String, String),
}

#[test]
fn a_reader_who_types_the_pages_meets_no_error() {
    let mut pages = vec![repository().join("README.md")];
    pages.extend(files(&repository().join("docs/guides"), "md"));
    let examples = files(&repository().join("examples/worked"), "md");
    pages.extend(
        examples
            .into_iter()
            .filter(|page| page.with_file_name("main.tf").exists()),
    );
    let (mut typed, mut exceptions) = (0, Vec::new());
    for page in &pages {
        let blocks = blocks(page);
        for (line, block) in &blocks {
            match block {
                Block::Shell(_, None) => typed += 1,
                Block::Shell(text, Some(reason)) => {
                    let first = text.lines().next().unwrap_or_default();
                    exceptions.push(format!("{}:{line}: {first}\n    {reason}", page.display()));
                }
                Block::File(..) | Block::Change(..) => {}
            }
        }
        if blocks
            .iter()
            .any(|(_, block)| matches!(block, Block::Shell(_, None)))
        {
            Reader::of(page).types(page, &blocks);
        }
    }
    println!(
        "{typed} shell blocks are typed. Not typed:\n{}",
        exceptions.join("\n")
    );
    assert!(typed >= 15, "only {typed} blocks are typed");
    assert!(
        exceptions.len() <= 2 * typed,
        "most blocks have to be typed"
    );
}

/// Somebody at a shell.
struct Reader {
    home: TempDir,
    directory: PathBuf,
    sandbox: Sandbox,
}

impl Reader {
    /// The README of an example is read where the example was copied to, every other page in an empty directory.
    fn of(page: &Path) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let directory = home.path().join("registries");
        fs::create_dir(&directory).expect("a new directory");
        for file in fs::read_dir(page.with_file_name("")).expect("a folder") {
            let file = file.expect("an entry").path();
            if page.ends_with("README.md")
                && file.extension().is_some_and(|e| e == "tf" || e == "hcl")
            {
                fs::copy(&file, directory.join(file.file_name().expect("a name"))).expect("a copy");
            }
        }
        if page.with_file_name("tests").is_dir() && page.ends_with("README.md") {
            let status = Command::new("cp")
                .arg("-r")
                .arg(page.with_file_name("tests"))
                .arg(&directory)
                .status();
            assert!(status.expect("cp").success());
        }
        install(home.path());
        // The client under test by the name in the pages, and the sandbox where cargo puts it.
        let built = directory.join("target/debug/examples");
        for (folder, name, program) in [
            (
                &home.path().join("bin"),
                "terraform",
                executables::terraform(),
            ),
            (&built, "sandbox", &executables::example("sandbox")),
        ] {
            fs::create_dir_all(folder).expect("a new directory");
            symlink(program, folder.join(name)).expect("a new link");
        }
        Self {
            sandbox: Sandbox::options().seed_data().start(),
            home,
            directory,
        }
    }

    /// Types everything into one shell, which ends at the first error.
    fn types(&self, page: &Path, blocks: &[(usize, Block)]) {
        let name = page
            .strip_prefix(repository())
            .expect("a page of ours")
            .display();
        // What runs in the background ends with the page.
        let mut script =
            "set -euo pipefail\ntrap 'kill $(jobs -p) 2>/dev/null || true' EXIT\n".to_owned();
        let mut written = BTreeMap::new();
        if !self.directory.join("main.tf").exists() {
            write(&mut script, "terraform.tf", TERRAFORM_TF);
            script += "terraform init >/dev/null\n";
        }
        self.paste(&mut script);
        for (line, block) in blocks {
            match block {
                Block::Shell(text, None) => {
                    let _ = writeln!(script, "echo '=== {name}:{line}'\n{text}");
                }
                // The sandbox of the second terminal: its lines are pasted here.
                Block::Shell(text, Some(_)) if text.trim() == "make sandbox" => {
                    self.paste(&mut script)
                }
                Block::Shell(_, Some(_)) => {}
                Block::File(file, text) => {
                    if text.contains("required_providers") {
                        script += "rm -f terraform.tf\n";
                    }
                    write(&mut script, file, text);
                    written.insert(file.clone(), text.clone());
                }
                Block::Change(file, lines) => {
                    let text = written
                        .get_mut(file)
                        .unwrap_or_else(|| panic!("{name}:{line}: no {file} yet"));
                    *text = changed(text, lines);
                    write(&mut script, file, text);
                }
            }
        }
        let file = self.home.path().join("typed.sh");
        fs::write(&file, &script).expect("a writable directory");
        let path = std::env::var("PATH").expect("a PATH");
        let bin = self.home.path().join("bin");
        // Terraform asks before it applies.
        let output = Command::new("bash")
            .args(["-c", "yes yes | bash ../typed.sh"])
            .current_dir(&self.directory)
            .env_clear()
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("HOME", self.home.path())
            .env("TMPDIR", self.home.path())
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_CLI_ARGS", "-no-color")
            .stdin(Stdio::null())
            .output()
            .expect("bash");
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert!(
            output.status.success(),
            "{name}, typed:\n{script}\n\nsaid:\n{said}"
        );
    }

    /// The lines that the sandbox prints for a shell.
    fn paste(&self, script: &mut String) {
        for (variable, value) in self.sandbox.env() {
            let _ = writeln!(script, "export {variable}={value}");
        }
    }
}

/// What `make install` does, with the provider under test.
fn install(home: &Path) {
    let version = env!("CARGO_PKG_VERSION");
    for registry in ["registry.terraform.io", "registry.opentofu.org"] {
        let platform = format!("{version}/{}", platform());
        let folder = home
            .join(".terraform.d/plugins")
            .join(registry)
            .join("bahriya-rs/bahriya")
            .join(platform);
        fs::create_dir_all(&folder).expect("a new directory");
        let program = folder.join(format!("terraform-provider-bahriya_v{version}"));
        symlink(executables::provider(), program).expect("a new link");
    }
}

/// The platform in Terraform's words.
fn platform() -> String {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}_{machine}", std::env::consts::OS)
}

fn write(script: &mut String, file: &str, text: &str) {
    let _ = writeln!(
        script,
        "mkdir -p \"$(dirname {file})\"\ncat >{file} <<'END_OF_FILE'\n{text}END_OF_FILE"
    );
}

/// A file after a reader has changed it: each line takes the place of the one with the same argument, or comes
/// after the line before it.
fn changed(text: &str, lines: &str) -> String {
    let argument = |line: &str| line.split('=').next().unwrap_or_default().trim().to_owned();
    let mut result: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut last = None;
    for line in lines.lines() {
        let new = format!("  {line}");
        let place = result
            .iter()
            .position(|old| old.contains('=') && argument(old) == argument(line));
        match (place, last) {
            (Some(place), _) => result[place] = new,
            (None, Some(last)) => result.insert(last + 1, new),
            (None, None) => panic!("nothing to change by \"{line}\""),
        }
        last = place.or(last.map(|last: usize| last + 1));
    }
    result.join("\n") + "\n"
}

/// The blocks of a page that a reader types or writes, with their lines.
fn blocks(page: &Path) -> Vec<(usize, Block)> {
    let text = fs::read_to_string(page).expect("a page");
    let mut found = Vec::new();
    let mut marks = BTreeMap::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let mark = line
            .strip_prefix("<!-- ")
            .and_then(|line| line.strip_suffix(" -->"));
        if let Some((key, value)) = mark.and_then(|mark| mark.split_once(": ")) {
            marks.insert(key.to_owned(), value.to_owned());
            continue;
        }
        let Some(language) = line.strip_prefix("```") else {
            if !line.trim().is_empty() {
                marks.clear();
            }
            continue;
        };
        let body: Vec<_> = lines
            .by_ref()
            .map(|(_, line)| line)
            .take_while(|line| *line != "```")
            .collect();
        let body = body.join("\n") + "\n";
        let marks = std::mem::take(&mut marks);
        let block = match language {
            "shell" | "sh" => Block::Shell(body, marks.get("not typed").cloned()),
            "terraform" | "hcl" => {
                match (marks.get("file"), marks.get("change"), marks.get("check")) {
                    (Some(file), _, _) => Block::File(file.clone(), body),
                    (None, Some(file), _) => Block::Change(file.clone(), body),
                    (None, None, Some(depth)) if depth == "parse" || depth == "settings" => {
                        continue;
                    }
                    (None, None, _) => Block::File("main.tf".to_owned(), body),
                }
            }
            _ => continue,
        };
        found.push((number + 1, block));
    }
    found
}
