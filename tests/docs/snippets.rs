//! Every configuration of the documentation, run.

use std::fs;
use std::sync::Mutex;
use std::thread;

use support::repository;
use support::sandbox::Sandbox;
use support::terraform::Terraform;

use crate::roots::{self, Depth, Root};

/// How many Terraforms run at a time.
const PARALLEL: usize = 4;

#[test]
fn every_configuration_does_what_it_says() {
    let roots = roots::all();
    let count = |depth| roots.iter().filter(|root| root.depth == depth).count();
    let (applied, validated, parsed, settings) = (
        count(Depth::Apply),
        count(Depth::Validate),
        count(Depth::Parse),
        count(Depth::Settings),
    );
    println!(
        "{applied} configurations are applied, {validated} validated, {parsed} only parsed; {settings} are settings"
    );
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
        // What `terraform fmt` knows is the language of configurations.
        if root.depth == Depth::Settings {
            continue;
        }
        let name = root.name.replace(['/', ':'], "_");
        let numbered = root
            .files
            .into_iter()
            .map(|(file, text)| (format!("{index}-{name}-{file}"), text));
        files.extend(numbered);
    }
    let terraform = Terraform::bare(&[]);
    for (name, text) in files {
        terraform.write(&name, &text);
    }
    terraform.run(&["fmt", "-check", "-diff"]).succeeds();
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
        let (_sandbox, terraform) = prepared(&root, true);
        let commands = fs::read_to_string(&script).expect("an example");
        let mut commands = commands
            .lines()
            .filter(|line| line.starts_with("terraform "));
        let command = commands.next().expect("a command");
        let arguments: Vec<_> = command.split(' ').skip(1).collect();
        let run = terraform.run(&arguments);
        run.succeeds().says(&["Import successful!"]);
        assert_eq!(commands.next(), None, "one command is enough");
    }
}

fn try_out(root: &Root) -> Result<(), String> {
    if root.depth == Depth::Settings {
        return accepted_as_settings(root);
    }
    let text = root.text();
    let existing = text.contains("import {") || text.contains("data \"bahriya_registry\"");
    let (_sandbox, terraform) = prepared(root, existing);
    let run = |arguments: &[&str]| {
        let run = terraform.run(arguments);
        let said = format!("terraform {}: {run}", arguments.join(" "));
        (run.code == 0).then_some(()).ok_or(said)
    };
    if root.depth == Depth::Validate {
        return run(&["validate"]);
    }
    run(&["apply", "-auto-approve"])?;
    run(&["plan", "-detailed-exitcode"])?;
    if text.contains("prevent_destroy") {
        terraform
            .destroy()
            .fails()
            .says(&["Instance cannot be destroyed"]);
        return Ok(());
    }
    run(&["destroy", "-auto-approve"])
}

/// Terraform reads its settings before anything else, and complains of them without failing.
fn accepted_as_settings(root: &Root) -> Result<(), String> {
    let mut terraform = Terraform::bare(&[]);
    for (_, text) in &root.files {
        terraform.write("settings.rc", text);
    }
    let settings = terraform.path("settings.rc").display().to_string();
    terraform.set("TF_CLI_CONFIG_FILE", &settings);
    let run = terraform.run(&["version"]);
    let accepted = run.code == 0 && !run.text().contains("problems with the CLI configuration");
    accepted.then_some(()).ok_or(run.to_string())
}

/// A sandbox, and a directory with the configuration and the values that a user would give. The projects of
/// the documentation exist, and with `existing` a registry too, attached if the configuration has attachments.
fn prepared(root: &Root, existing: bool) -> (Sandbox, Terraform) {
    let text = root.text();
    let sandbox = Sandbox::start();
    let attached = existing && text.contains("bahriya_project_registry_attachment");
    let shop = furnished(&sandbox, existing, attached);
    let mut terraform = if text.contains("required_providers") {
        Terraform::bare(&sandbox.env())
    } else {
        // A page says once which provider it is about.
        Terraform::new(&sandbox.env())
    };
    for (name, text) in &root.files {
        terraform.write(name, text);
    }
    let declarations = text.split("\nvariable \"").skip(1);
    for (name, body) in declarations.filter_map(|rest| rest.split_once('"')) {
        let body = body.split("\n}").next().unwrap_or_default();
        if name == "project_id" {
            terraform.set("TF_VAR_project_id", &shop);
        } else if !body.contains("default ") {
            terraform.set(&format!("TF_VAR_{name}"), &format!("value-of-{name}"));
        }
    }
    (sandbox, terraform)
}

/// Fills a sandbox, and returns the id of the project `shop`.
fn furnished(sandbox: &Sandbox, existing: bool, attached: bool) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let regions = ["falkenstein-1", "helsinki-1"];
        let shop = sandbox.create_project("shop", &regions).await;
        sandbox.create_project("blog", &regions[..1]).await;
        if existing {
            sandbox
                .create_registry("ghcr-deploy", "ghcr.io", "acme-bot", "stored-long-ago")
                .await;
        }
        if attached {
            sandbox.attach(&shop, "ghcr-deploy").await;
        }
        shop
    })
}
