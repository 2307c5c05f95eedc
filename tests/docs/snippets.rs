//! Every configuration of the documentation, run.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Mutex;
use std::thread;

use support::sandbox::Sandbox;
use support::terraform::{OFFICIAL, OURS, Terraform};
use support::{executables, repository};

use crate::roots::{self, Depth, Root};

/// How many Terraforms run at a time.
const PARALLEL: usize = 4;

#[test]
fn every_configuration_does_what_it_says() {
    let roots = roots::all();
    let count = |depth| roots.iter().filter(|root| root.depth == depth).count();
    let (applied, planned, validated, parsed, settings) = (
        count(Depth::Apply),
        count(Depth::Plan),
        count(Depth::Validate),
        count(Depth::Parse),
        count(Depth::Settings),
    );
    println!(
        "{applied} configurations are applied, {planned} planned, {validated} validated, {parsed} only parsed; {settings} are settings"
    );
    assert!(applied > parsed, "most configurations have to be applied");
    let queue = Mutex::new(
        roots
            .iter()
            .filter(|root| !matches!(root.depth, Depth::Parse | Depth::Plan)),
    );
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
    match root.depth {
        Depth::Validate => return run(&["validate"]),
        Depth::Plan => {
            stand_in_for_others(&terraform);
            return run(&["validate"]).and_then(|()| run(&["plan"]));
        }
        _ => {}
    }
    if text.contains("team-images") {
        // What the sandbox starts with is adopted as it is.
        terraform.run(&["plan"]).succeeds().says(&["0 to change"]);
    }
    run(&["apply", "-auto-approve"])?;
    run(&["plan", "-detailed-exitcode"])?;
    if text.contains("team-images") {
        // It is attached still.
        return Ok(());
    }
    if text.contains("prevent_destroy") {
        terraform
            .destroy()
            .fails()
            // OpenTofu begins it with "Resource i".
            .says(&["nstance cannot be destroyed"]);
        return Ok(());
    }
    run(&["destroy", "-auto-approve"])
}

/// Puts the stub of `examples/schema_stub.rs` in the place of every provider but ours.
fn stand_in_for_others(terraform: &Terraform) {
    let ours = terraform.path(".plugins");
    let mut overrides = format!("    \"{OURS}\" = \"{}\"\n", ours.display());
    for address in ["hashicorp/aws", "hashicorp/vault", OFFICIAL] {
        let (_, name) = address.split_once('/').expect("two parts");
        let folder = terraform.path(&format!(".stub-{name}"));
        fs::create_dir(&folder).expect("a new directory");
        let program = folder.join(format!("terraform-provider-{name}"));
        symlink(executables::example("schema_stub"), program).expect("a new link");
        let _ = writeln!(overrides, "    \"{address}\" = \"{}\"", folder.display());
    }
    let settings = format!("provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n}}\n");
    terraform.write(".terraformrc", &settings);
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

/// A sandbox with its seed data, and a directory with the configuration and the values that a user would give.
/// With `existing` the registry of the examples exists, attached if the configuration has attachments.
fn prepared(root: &Root, existing: bool) -> (Sandbox, Terraform) {
    let text = root.text();
    let sandbox = Sandbox::options().seed_data().start();
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

/// The id of the project `shop`, after a registry of the documentation was made where one has to exist.
fn furnished(sandbox: &Sandbox, existing: bool, attached: bool) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let project = sandbox
            .call("GET", "/project/shop", None)
            .await
            .expect(200)
            .data;
        let shop = project["projects"][0]["id"].as_str().expect("an id");
        if existing {
            sandbox
                .create_registry("ghcr-deploy", "ghcr.io", "acme-bot", "stored-long-ago")
                .await;
        }
        if attached {
            sandbox.attach(shop, "ghcr-deploy").await;
        }
        shop.to_owned()
    })
}
