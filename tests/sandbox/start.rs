//! How the sandbox is started by hand, and what it says then.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use support::executables;

/// What a sandbox prints until it is ready, on both streams; it ends with its standard input.
fn started(arguments: &[&str]) -> (String, String) {
    let mut child = Command::new(executables::example("sandbox"))
        .arg("--exit-with-stdin")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    while !printed.contains("# page: ") {
        assert_ne!(stdout.read_line(&mut printed).unwrap(), 0, "{printed}");
    }
    drop(child.stdin.take());
    let mut errors = String::new();
    let mut stderr = child.stderr.take().unwrap();
    stderr.read_to_string(&mut errors).unwrap();
    child.wait().unwrap();
    (printed, errors)
}

/// What a shell knows of the provider's environment after these lines.
fn environment_after(lines: &str) -> String {
    let Output { stdout, stderr, .. } = Command::new("sh")
        .args(["-euc", &format!("{lines}\nenv | grep '^BAHRIYA_' | sort")])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(stderr).unwrap(), "");
    String::from_utf8(stdout).unwrap()
}

#[test]
fn everything_printed_can_be_pasted_and_the_file_says_the_same() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("sandbox.env");
    fs::write(&file, "left by another").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let path = file.to_str().unwrap();
    let (printed, errors) = started(&["--listen", "127.0.0.1:0", "--env-file", path]);
    assert_eq!(errors, "");
    assert!(
        printed.contains(&format!("type there: . {path}\n")),
        "{printed}"
    );
    let pasted = environment_after(&printed);
    assert_eq!(pasted.lines().count(), 3, "{pasted}");
    assert_eq!(environment_after(&format!(". {path}")), pasted);
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "the file holds a token");
}

#[test]
fn the_usual_port_is_used_unless_it_is_taken_which_is_said() {
    let usual = "127.0.0.1:7357";
    // It may be taken by a program outside of this test.
    let _taken = TcpListener::bind(usual);
    let (printed, errors) = started(&[]);
    assert!(!printed.contains(usual), "{printed}");
    assert!(errors.contains("port 7357 is taken"), "{errors}");
    drop(_taken);
    let (printed, errors) = started(&[]);
    assert_ne!(printed.contains(usual), errors.contains("is taken"));
}

#[test]
fn a_wanted_port_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let Output { status, stderr, .. } = Command::new(executables::example("sandbox"))
        .args(["--listen", &address])
        .output()
        .unwrap();
    assert!(!status.success());
    let told = String::from_utf8(stderr).unwrap();
    assert!(
        told.contains(&format!("failed to listen on {address}")),
        "{told}"
    );
}

#[test]
fn make_says_that_building_takes_minutes_before_it_builds() {
    let Output {
        stdout,
        stderr,
        status,
    } = Command::new("make")
        .args(["--silent", "sandbox", "CARGO=echo cargo"])
        .env("CARGO_TARGET_DIR", "/elsewhere")
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .output()
        .unwrap();
    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    let told = String::from_utf8(stdout).unwrap();
    let lines: Vec<&str> = told.lines().collect();
    let [warning, build, run] = lines[..] else {
        panic!("{told}")
    };
    assert!(warning.contains("takes some minutes"), "{told}");
    assert_eq!(build, "cargo build --locked --example sandbox");
    assert!(
        run.ends_with("--database /elsewhere/sandbox.sqlite --env-file /elsewhere/sandbox.env")
    );
}
