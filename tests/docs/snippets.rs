//! Every configuration of the documentation, run.

use std::fs;
use std::sync::Mutex;
use std::thread;

use crate::repository;
use crate::roots::{self, Depth, Root};
use crate::sandbox::Sandbox;
use crate::terraform::Terraform;

/// How many Terraforms run at a time.
const PARALLEL: usize = 4;

/// What a block may leave out, since the page has said it before.
const REQUIRED_PROVIDERS: &str = r#"terraform {
  required_providers {
    bahriya = {
      source = "bahriya-rs/bahriya"
    }
  }
}
"#;

#[test]
fn every_configuration_does_what_it_says() {
    let roots = roots::all();
    let count = |depth| roots.iter().filter(|root| root.depth == depth).count();
    let (applied, validated, parsed) = (
        count(Depth::Apply),
        count(Depth::Validate),
        count(Depth::Parse),
    );
    println!("{applied} configurations are applied, {validated} validated, {parsed} only parsed");
    assert!(applied > parsed, "most configurations have to be applied");
    let queue = Mutex::new(roots.iter().filter(|root| root.depth != Depth::Parse));
    let failures = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..PARALLEL {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some(root) = next else { break };
                    if let Err(error) = try_out(root) {
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("=== {}\n{error}", root.name));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_configuration_is_formatted_as_terraform_does() {
    let mut files = Vec::new();
    for (index, root) in roots::all().into_iter().enumerate() {
        let name = root.name.replace(['/', ':'], "_");
        let numbered = root
            .files
            .into_iter()
            .map(|(file, text)| (format!("{index}-{name}-{file}"), text));
        files.extend(numbered);
    }
    let terraform = Terraform::with(&files);
    let formatted = terraform.run(&["fmt", "-check", "-diff"]);
    assert!(formatted.is_ok(), "{}", formatted.unwrap_err());
}

/// The commands of the import examples, in a directory with the resource that they are for.
#[test]
fn every_import_command_imports() {
    let scripts = roots::files(&repository().join("examples/resources"), "sh");
    assert_eq!(scripts.len(), 2, "one for each resource");
    for script in scripts {
        let resource =
            fs::read_to_string(script.with_file_name("resource.tf")).expect("an example");
        let root = Root {
            name: script.display().to_string(),
            depth: Depth::Apply,
            files: vec![("main.tf".to_owned(), resource)],
        };
        let sandbox = surroundings(true, true);
        let terraform = prepared(&root, &sandbox);
        let imported = terraform.shell(&script).expect("imported");
        assert!(imported.contains("Import successful!"), "{imported}");
    }
}

fn try_out(root: &Root) -> Result<(), String> {
    let text: String = root.files.iter().map(|(_, text)| text.as_str()).collect();
    let imports = |ty: &str| text.contains("import {") && text.contains(&format!("to = {ty}."));
    let sandbox = surroundings(
        imports("bahriya_registry"),
        imports("bahriya_project_registry_attachment"),
    );
    let terraform = prepared(root, &sandbox);
    if root.depth == Depth::Validate {
        return terraform.run(&["validate"]).map(drop);
    }
    terraform.run(&["apply", "-auto-approve"])?;
    terraform
        .run(&["plan", "-detailed-exitcode"])
        .map_err(|error| format!("the second plan is not empty: {error}"))?;
    terraform.run(&["destroy", "-auto-approve"]).map(drop)
}

/// A sandbox with the projects of the documentation, and with what an import wants to find.
fn surroundings(registry: bool, attachment: bool) -> Sandbox {
    let sandbox = Sandbox::start();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let shop = sandbox
            .create_project("shop", &["falkenstein-1", "helsinki-1"])
            .await;
        sandbox.create_project("blog", &["falkenstein-1"]).await;
        if registry || attachment {
            sandbox
                .create_registry("ghcr-deploy", "ghcr.io", "acme-bot", "stored-long-ago")
                .await;
        }
        if attachment {
            sandbox.attach(&shop, "ghcr-deploy").await;
        }
    });
    sandbox
}

/// A directory with the configuration, and with the values that a user would give.
fn prepared(root: &Root, sandbox: &Sandbox) -> Terraform {
    let text: String = root.files.iter().map(|(_, text)| text.as_str()).collect();
    let mut files = root.files.clone();
    if !text.contains("required_providers") {
        files.push((
            "required_providers.tf".to_owned(),
            REQUIRED_PROVIDERS.to_owned(),
        ));
    }
    let mut terraform = Terraform::with(&files);
    terraform.set(sandbox.env());
    let variables = text
        .lines()
        .filter_map(|line| line.strip_prefix("variable \"")?.split('"').next());
    terraform.set(variables.map(|name| (format!("TF_VAR_{name}"), format!("value-of-{name}"))));
    terraform
}
