//! The Terraform that `scripts/terraform.sh` chooses or brings, tried against a server of this test: no
//! published archive can be downloaded everywhere.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use support::repository;
use tempfile::TempDir;

/// An archive like HashiCorp's: a licence, and a program that says it is Terraform 9.9.9.
const ARCHIVE: &[u8] = include_bytes!("stand-in-terraform.zip");

/// Answers every request with a file; the address.
pub fn server(file: Vec<u8>) -> String {
    recording_server(file).0
}

/// The same, and the requests that came.
pub fn recording_server(file: Vec<u8>) -> (String, Receiver<String>) {
    let length = file.len();
    serve(file, length)
}

/// Answers every request with the beginning of a file, as long as said.
fn serve(file: Vec<u8>, sent: usize) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let _ = tell.send(request(&mut stream));
            let head = format!(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                file.len()
            );
            let _ = stream.write_all(head.as_bytes());
            let _ = stream.write_all(&file[..sent]);
        }
    });
    (format!("http://{address}"), told)
}

/// A request with its body, if it has one.
fn request(stream: &mut TcpStream) -> String {
    let (mut text, mut piece) = (String::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).unwrap_or_default();
        text += &String::from_utf8_lossy(&piece[..read]);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        if read == 0 {
            return text;
        }
    }
}

/// An address where nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

fn program(path: &Path, says: &str) {
    fs::write(path, format!("#!/bin/sh\necho '{says}'\n")).expect("a writable directory");
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("our own file");
}

/// A machine whose clients on the PATH say these versions.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn with(terraform: &str, tofu: &str) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let bin = directory.path().join("bin");
        fs::create_dir(&bin).expect("a new directory");
        program(&bin.join("terraform"), terraform);
        program(&bin.join("tofu"), tofu);
        Self { directory }
    }

    fn old() -> Self {
        Self::with("Terraform v1.5.7", "OpenTofu v1.6.3")
    }

    /// Runs a script after `scripts/terraform.sh`, with an address to download from.
    fn run(&self, script: &str, mirror: &str, env: &[(&str, &str)]) -> Output {
        let path = std::env::var("PATH").expect("a PATH");
        Command::new("bash")
            .args(["-euo", "pipefail", "-c"])
            .arg(format!(". scripts/terraform.sh\n{script}"))
            .current_dir(repository())
            .env_remove("TERRAFORM")
            .env("PATH", format!("{}:{path}", self.path("bin")))
            .env("CARGO_TARGET_DIR", self.path("target"))
            .env("TERRAFORM_MIRROR", mirror)
            .env("NO_PROXY", "127.0.0.1")
            .envs(env.iter().copied())
            .output()
            .expect("bash")
    }

    fn choose(&self, mirror: &str, env: &[(&str, &str)]) -> Output {
        self.run("choose_terraform; echo \"$TERRAFORM\"", mirror, env)
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).display().to_string()
    }

    /// What is in the folder of downloaded tools.
    fn tools(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path("target/tools")).expect("the folder of tools");
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

fn said(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}

/// It failed with these words, and with the way out; and nothing of the download is left.
fn assert_refused(machine: &Machine, output: &Output, words: &str) {
    let said = said(output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for words in [words, "Install Terraform 1.11 or later", "TERRAFORM=/path"] {
        assert!(said.contains(words), "no \"{words}\" in: {said}");
    }
    assert!(machine.tools().is_empty(), "{:?}", machine.tools());
}

#[test]
fn a_client_that_is_new_enough_is_used() {
    let machine = Machine::with("Terraform v1.11.0", "OpenTofu v1.12.6");
    let output = machine.choose(&nobody(), &[]);
    assert_eq!(said(&output).trim(), machine.path("bin/terraform"));
    let machine = Machine::with("Terraform v1.5.7", "OpenTofu v1.11.14");
    let output = machine.choose(&nobody(), &[]);
    assert_eq!(said(&output).trim(), machine.path("bin/tofu"));
}

#[test]
fn a_named_client_is_used_whatever_its_version() {
    let machine = Machine::with("Terraform v1.11.4", "OpenTofu v1.6.3");
    for named in ["tofu", &machine.path("bin/tofu")] {
        let output = machine.choose(&nobody(), &[("TERRAFORM", named)]);
        assert_eq!(said(&output).trim(), machine.path("bin/tofu"));
    }
    for named in ["/nowhere/terraform", "true"] {
        let output = machine.choose(&nobody(), &[("TERRAFORM", named)]);
        assert!(!output.status.success(), "{}", said(&output));
        assert!(
            said(&output).contains("TERRAFORM names"),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn another_file_in_its_place_is_refused() {
    let machine = Machine::old();
    let output = machine.choose(&server(ARCHIVE.to_vec()), &[]);
    assert_refused(&machine, &output, "is not the file that was published");
}

#[test]
fn a_file_that_is_cut_is_refused() {
    let machine = Machine::old();
    let output = machine.choose(&serve(ARCHIVE.to_vec(), ARCHIVE.len() / 2).0, &[]);
    assert_refused(&machine, &output, "could not be downloaded");
}

#[test]
fn without_a_server_it_says_what_to_install() {
    let machine = Machine::old();
    let output = machine.choose(&nobody(), &[]);
    assert_refused(&machine, &output, "could not be downloaded");
}

#[test]
fn a_platform_without_a_published_sum_downloads_nothing() {
    let machine = Machine::old();
    program(Path::new(&machine.path("bin/uname")), "plan9");
    let output = machine.choose(&server(ARCHIVE.to_vec()), &[]);
    assert_refused(&machine, &output, "none is known for plan9_plan9");
}

/// With the sum of this test's own archive, since the published one cannot be had everywhere.
#[test]
fn the_right_file_is_unpacked_and_used() {
    let machine = Machine::old();
    fs::create_dir_all(machine.path("target/tools")).expect("a new directory");
    fs::write(machine.path("archive"), ARCHIVE).expect("a writable directory");
    let script = "sum=$(sha256sum \"$ARCHIVE\")
        download_terraform 9.9.9 \"${sum%% *}\" \"$TOOLS/terraform-9.9.9\"
        TERRAFORM=$TOOLS/terraform-9.9.9 choose_terraform
        terraform_version \"$TERRAFORM\"";
    let env = [
        ("ARCHIVE", machine.path("archive")),
        ("TOOLS", machine.path("target/tools")),
    ];
    let env: Vec<_> = env
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let output = machine.run(script, &server(ARCHIVE.to_vec()), &env);
    let version = String::from_utf8_lossy(&output.stdout);
    assert_eq!(version.trim(), "9.9.9", "{}", said(&output));
    assert_eq!(machine.tools(), ["terraform-9.9.9"]);
}

/// Once downloaded, it is found again without asking anybody.
#[test]
fn what_was_downloaded_is_used_again() {
    let machine = Machine::old();
    let tools = machine.path("target/tools");
    fs::create_dir_all(&tools).expect("a new directory");
    let downloaded = machine.run(
        "echo \"$CARGO_TARGET_DIR/tools/terraform-$terraform_pinned\"",
        "",
        &[],
    );
    let downloaded = said(&downloaded).trim().to_owned();
    program(Path::new(&downloaded), "Terraform v1.11.4");
    let output = machine.choose(&nobody(), &[]);
    assert_eq!(said(&output).trim(), downloaded);
}
