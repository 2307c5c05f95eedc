//! `make demo`: what it prints, and the picture that is drawn from it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use support::client::{self, Product};
use support::repository;

/// What the demo says while it waits, before the address of the page.
const WAITS: &str = "Enter goes on. The page: http://";

/// Runs the demo to its end, Enter by Enter; what it printed, and how often it waited with the page there.
fn played() -> (String, usize) {
    let mut demo = Command::new(repository().join("scripts/demo.sh"))
        .env("DEMO_STEP", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash");
    let mut enter = demo.stdin.take().expect("a pipe");
    let mut output = BufReader::new(demo.stdout.take().expect("a pipe"));
    let (mut text, mut waits) = (Vec::new(), 0);
    // It waits in the middle of a line, after a space.
    while output.read_until(b' ', &mut text).expect("a readable pipe") > 0 {
        let line = String::from_utf8_lossy(&text);
        let line = line.lines().next_back().unwrap_or_default();
        if let Some(address) = line.strip_prefix(WAITS) {
            assert!(answers(address.trim_end_matches(['/', ' '])), "{line}");
            waits += 1;
        } else if line != "Enter goes on. The page: not there yet " {
            continue;
        }
        enter.write_all(b"\n").expect("a demo that waits");
    }
    let mut complaints = String::new();
    let stderr = demo.stderr.take().expect("a pipe");
    BufReader::new(stderr)
        .read_to_string(&mut complaints)
        .expect("text");
    let text = String::from_utf8(text).expect("text");
    let status = demo.wait().expect("an ended demo");
    assert!(status.success(), "{text}\n{complaints}");
    (text, waits)
}

/// Whether a page is served at an address.
fn answers(address: &str) -> bool {
    let mut stream = TcpStream::connect(address).expect("the sandbox still listens");
    write!(stream, "GET / HTTP/1.0\r\nHost: {address}\r\n\r\n").expect("an open connection");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200")
}

#[test]
fn the_demo_shows_causes_before_effects() {
    let (text, waits) = played();
    assert!(waits > 10, "it waits before each step: {waits}");
    assert!(!text.contains('\u{1b}'), "escape codes are for terminals");
    assert!(!text.contains("lock file"), "{text}");
    assert!(text.lines().count() < 400, "{}", text.lines().count());
    let steps: Vec<_> = text.split("\n▸ ").collect();
    let applied: Vec<_> = steps
        .iter()
        .filter(|step| step.contains("$ terraform apply\n"))
        .collect();
    assert_eq!(applied.len(), 6, "six steps apply");
    for step in applied {
        let (cause, effect) = step.split_once("$ terraform apply\n").expect("an apply");
        assert!(cause.contains("main.tf\n"), "no cause is shown: {step}");
        assert!(effect.contains("$ terraform plan\nNo changes.\n"), "{step}");
    }
    let last = steps.last().expect("a last step");
    assert!(
        last.contains("target/demo") || last.contains("/demo\n"),
        "{last}"
    );
    for command in ["make sandbox", "make install", " apply"] {
        assert!(last.contains(command), "{last}");
    }
    match client::product() {
        Product::Terraform => assert_pictures_show(&text),
        // It shows a write-only argument in each change.
        Product::OpenTofu => assert!(text.contains("~ password_wo "), "{text}"),
    }
}

/// The pictures of the README are those that this output makes.
fn assert_pictures_show(output: &str) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("output");
    fs::write(&file, output).expect("a writable directory");
    let drawn = Command::new(repository().join("scripts/picture.sh"))
        .args([file.as_path(), directory.path()])
        .status();
    assert!(drawn.expect("bash").success());
    for name in ["demo-light.svg", "demo-dark.svg"] {
        let now = fs::read_to_string(directory.path().join(name)).expect("a picture");
        let kept =
            fs::read_to_string(repository().join("docs/images").join(name)).expect("a picture");
        assert!(
            kept == now,
            "docs/images/{name} is out of date: run `make picture`"
        );
    }
}
