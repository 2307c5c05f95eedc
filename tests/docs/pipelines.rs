//! The pipelines of the example `gitops`: the commands in their files, job by job, in a shell. What a service
//! adds is stood in for: the state is a file, `gh` writes down what it is asked, and the archive of the
//! provider comes from a server of this test.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use support::sandbox::Sandbox;
use support::{executables, repository};
use tempfile::TempDir;

use crate::setup;

/// A repository that was made from the example, on a runner.
struct Runner {
    home: TempDir,
    env: BTreeMap<String, String>,
    sandbox: Sandbox,
}

impl Runner {
    /// With the provider's archive on a server, the lock file committed, and the state in a file.
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let repo = home.path().join("repo");
        copy(&repository().join("examples/worked/gitops"), &repo);
        fs::write(
            repo.join("backend_override.tf"),
            "terraform {\n  backend \"local\" {}\n}\n",
        )
        .expect("a file");
        let archive = archive(home.path());
        let sum = output("sha256sum", &[&archive.display().to_string()]);
        let sandbox = Sandbox::options().seed_data().start();
        let state = home.path().join("state").display().to_string();
        let mut env = BTreeMap::from([
            ("HOME".to_owned(), home.path().display().to_string()),
            (
                "PATH".to_owned(),
                format!(
                    "{}:{}",
                    home.path().join("bin").display(),
                    std::env::var("PATH").expect("a PATH")
                ),
            ),
            (
                "TF".to_owned(),
                executables::terraform().display().to_string(),
            ),
            ("TF_IN_AUTOMATION".to_owned(), "1".to_owned()),
            ("TF_INPUT".to_owned(), "0".to_owned()),
            ("CHECKPOINT_DISABLE".to_owned(), "1".to_owned()),
            ("TF_VAR_ghcr_token".to_owned(), "the-first-token".to_owned()),
            (
                "PROVIDER_URL".to_owned(),
                setup::server(fs::read(archive).expect("an archive")),
            ),
            ("PROVIDER_SHA256".to_owned(), sum[..64].to_owned()),
        ]);
        env.extend(sandbox.env().map(|(name, value)| (name.to_owned(), value)));
        let mut runner = Self { home, env, sandbox };
        let backend = format!("-backend-config=path={state}");
        runner
            .env
            .insert("TF_CLI_ARGS_init".to_owned(), backend.clone());
        runner.succeeds("sh provider.sh && $TF init");
        let committed = fs::read_to_string(repo.join(".terraform.lock.hcl")).expect("a lock file");
        assert!(committed.contains("h1:"), "{committed}");
        runner.env.insert(
            "TF_CLI_ARGS_init".to_owned(),
            format!("-lockfile=readonly {backend}"),
        );
        runner
    }

    /// Runs commands as a step of a job does, in a clean checkout.
    fn step(&self, commands: &str) -> Output {
        Command::new("sh")
            .args(["-ec", commands])
            .current_dir(self.home.path().join("repo"))
            .env_clear()
            .envs(&self.env)
            .output()
            .expect("sh")
    }

    fn succeeds(&self, commands: &str) -> String {
        let (code, said) = self.ends(commands);
        assert_eq!(code, Some(0), "{commands}\n{said}");
        said
    }

    fn ends(&self, commands: &str) -> (Option<i32>, String) {
        let output = self.step(commands);
        let said = [&output.stdout[..], &output.stderr[..]].concat();
        (
            output.status.code(),
            String::from_utf8_lossy(&said).into_owned(),
        )
    }

    /// The steps of a job up to the first that fails, on a new machine.
    fn job(&self, steps: &[String]) -> (Option<i32>, String) {
        let _ = fs::remove_dir_all(self.home.path().join(".terraform.d"));
        let _ = fs::remove_dir_all(self.home.path().join("repo/.terraform"));
        let mut said = String::new();
        for step in steps {
            let (code, text) = self.ends(step);
            said += &text;
            if code != Some(0) {
                return (code, said);
            }
        }
        (Some(0), said)
    }

    /// Somebody rotates in the console.
    fn rotated_elsewhere(&self) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.expect("a runtime").block_on(async {
            let path = "/registry/ghcr-deploy";
            let registry = self.sandbox.call("GET", path, None).await.expect(200).data;
            let id = registry["id"].as_str().expect("an id");
            self.sandbox
                .rotate(id, "acme-bot", "from-the-console")
                .await;
        });
    }
}

/// A pull request, its merge, a quiet night, and a night after somebody rotated elsewhere.
fn lives(runner: &Runner, jobs: &BTreeMap<String, Vec<String>>) -> String {
    let (code, plan) = runner.job(&jobs["plan"]);
    assert_eq!(code, Some(0), "{plan}");
    assert!(plan.contains("Plan: 1 to add"), "{plan}");
    let (code, applied) = runner.job(&jobs["apply"]);
    assert_eq!(code, Some(0), "{applied}");
    assert!(applied.contains("1 added"), "{applied}");
    let (code, quiet) = runner.job(&jobs["drift"]);
    assert_eq!(code, Some(0), "{quiet}");
    runner.rotated_elsewhere();
    let (code, drift) = runner.job(&jobs["drift"]);
    assert_eq!(code, Some(2), "{drift}");
    let everything = [plan, applied, quiet, drift].concat();
    assert!(!everything.contains("the-first-token"), "{everything}");
    everything
}

#[test]
fn the_pipeline_for_github_does_what_it_says() {
    let mut runner = Runner::new();
    let jobs = github(&read(".github/workflows/terraform.yml"));
    assert_eq!(
        jobs.keys().collect::<Vec<_>>(),
        ["apply", "drift", "plan", "report"]
    );
    lives(&runner, &jobs);
    let gh = runner.home.path().join("bin/gh");
    fs::create_dir(runner.home.path().join("bin")).expect("a new directory");
    fs::write(&gh, "#!/bin/sh\necho \"gh $*\"\n").expect("a file");
    fs::set_permissions(&gh, fs::Permissions::from_mode(0o755)).expect("our own file");
    runner
        .env
        .insert("GITHUB_REPOSITORY".to_owned(), "acme/registries".to_owned());
    runner.env.insert(
        "RUN".to_owned(),
        "https://github.com/acme/registries/actions/runs/1".to_owned(),
    );
    let (code, said) = runner.job(&jobs["report"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("gh issue create --repo acme/registries") && said.contains("/runs/1"),
        "{said}"
    );
}

#[test]
fn the_pipeline_for_gitlab_does_what_it_says() {
    let mut runner = Runner::new();
    let jobs = gitlab(&read(".gitlab-ci.yml"));
    assert_eq!(
        jobs.keys().collect::<Vec<_>>(),
        ["apply", "drift", "drift after", "plan"]
    );
    lives(&runner, &jobs);
    let (url, asked) = setup::recording_server(b"{}".to_vec());
    for (name, value) in [
        ("CI_API_V4_URL", url.as_str()),
        ("CI_PROJECT_ID", "7"),
        ("CI_JOB_URL", "https://gitlab.com/j/1"),
        ("ISSUE_TOKEN", "t"),
        ("CI_JOB_STATUS", "failed"),
    ] {
        runner.env.insert(name.to_owned(), value.to_owned());
    }
    let (code, said) = runner.job(&jobs["drift after"]);
    assert_eq!(code, Some(0), "{said}");
    let asked = asked.recv().expect("a request");
    assert!(
        asked.starts_with("POST /projects/7/issues ") && asked.contains("gitlab.com/j/1"),
        "{asked}"
    );
}

#[test]
fn a_pipeline_takes_no_archive_that_is_another_one() {
    let mut runner = Runner::new();
    let _ = fs::remove_dir_all(runner.home.path().join(".terraform.d"));
    runner
        .env
        .insert("PROVIDER_SHA256".to_owned(), "0".repeat(64));
    let (code, said) = runner.ends("sh provider.sh");
    assert_ne!(code, Some(0), "{said}");
    assert!(!runner.home.path().join(".terraform.d").exists(), "{said}");
}

fn read(file: &str) -> String {
    fs::read_to_string(repository().join("examples/worked/gitops").join(file)).expect("a pipeline")
}

/// The `run` of each step, by job.
fn github(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut jobs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut job = String::new();
    let mut lines = text
        .lines()
        .skip_while(|line| *line != "jobs:")
        .skip(1)
        .peekable();
    while let Some(line) = lines.next() {
        if let Some(name) = line
            .strip_prefix("  ")
            .and_then(|line| line.strip_suffix(':'))
            .filter(|name| !name.starts_with(' '))
        {
            name.clone_into(&mut job);
            jobs.insert(job.clone(), Vec::new());
        }
        let Some(run) = line.strip_prefix("      - run: ") else {
            continue;
        };
        let mut commands = run.to_owned();
        if run == "|" {
            commands.clear();
            while let Some(line) = lines.next_if(|line| line.starts_with("          ")) {
                commands += line.trim_start();
                commands.push('\n');
            }
        }
        jobs.get_mut(&job)
            .expect("a step stands in a job")
            .push(commands);
    }
    jobs
}

/// The scripts of each job, after what comes before all of them; `NAME after` for what follows one.
fn gitlab(text: &str) -> BTreeMap<String, Vec<String>> {
    let mut lists: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    let (mut job, mut list) = (String::new(), String::new());
    for line in text
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
    {
        let item = line.trim_start().strip_prefix("- ");
        match (line.trim_end().strip_suffix(':'), item) {
            (Some(name), _) if name.starts_with(' ') => name.trim().clone_into(&mut list),
            (Some(name), _) => {
                name.clone_into(&mut job);
                list.clear();
            }
            (None, Some(item)) => lists
                .entry((job.clone(), list.clone()))
                .or_default()
                .push(item.to_owned()),
            (None, None) => {}
        }
    }
    let before = lists
        .remove(&("before_script".to_owned(), String::new()))
        .unwrap_or_default();
    let scripts = lists
        .into_iter()
        .filter_map(|((job, list), commands)| match list.as_str() {
            "script" => Some((job, [before.clone(), commands].concat())),
            "after_script" => Some((format!("{job} after"), commands)),
            _ => None,
        });
    scripts.collect()
}

/// The provider under test, packed as a release is.
fn archive(directory: &Path) -> std::path::PathBuf {
    let version = env!("CARGO_PKG_VERSION");
    let program = directory.join(format!("terraform-provider-bahriya_v{version}"));
    fs::copy(executables::provider(), &program).expect("a copy");
    let archive = directory.join("provider.zip");
    output(
        "zip",
        &[
            "-q",
            "-1",
            "-j",
            &archive.display().to_string(),
            &program.display().to_string(),
        ],
    );
    archive
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-r").args([from, to]).status();
    assert!(status.expect("cp").success());
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let output =
        output.unwrap_or_else(|error| panic!("{program}: {error}; run `scripts/setup.sh`"));
    assert!(
        output.status.success(),
        "{program}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
