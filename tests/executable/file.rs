//! The file itself.

use std::process::Command;

use support::executables::shipped;

fn readelf(option: &str) -> String {
    let output = Command::new("readelf")
        .args(["--wide", option])
        .arg(shipped())
        .output();
    let output = output.expect("readelf: install binutils");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn it_needs_no_library_and_no_loader() {
    let segments = readelf("--program-headers");
    assert!(segments.contains("LOAD"), "{segments}");
    assert!(!segments.contains("INTERP"), "{segments}");
    let dynamic = readelf("--dynamic");
    assert!(!dynamic.contains("NEEDED"), "{dynamic}");
}

#[test]
fn its_addresses_are_random_and_its_tables_read_only() {
    assert!(readelf("--file-header").contains("DYN (Position-Independent Executable file)"));
    let segments = readelf("--program-headers");
    assert!(segments.contains("GNU_RELRO"), "{segments}");
    assert!(readelf("--dynamic").contains("NOW"));
}

#[test]
fn it_is_at_most_eight_megabytes() {
    let size = shipped().metadata().expect("the file").len();
    assert!(size <= 8_000_000, "{size} bytes");
}
