//! Server names: the canonical spelling means the same as what it came from, and sameness is mutual.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::oci::server::{ServerName, lint, normalize, same};

fuzz_target!(|text: &str| {
    let (a, b) = text.split_once('\n').unwrap_or((text, text));
    assert_eq!(same(a, b), same(b, a));
    assert!(same(a, a));
    if let Ok(name) = ServerName::parse(a) {
        let canonical = name.to_string();
        assert_eq!(ServerName::parse(&canonical), Ok(name));
        assert_eq!(normalize(&canonical).as_deref(), Ok(canonical.as_str()));
        assert!(same(a, &canonical));
        assert_eq!(same(a, b), same(&canonical, b));
        assert_eq!(
            lint(&canonical),
            None,
            "the canonical spelling is a plain one"
        );
    }
    if let Some(suggestion) = lint(a).and_then(|lint| lint.suggestion) {
        assert_eq!(lint(&suggestion), None, "advice can be followed");
    }
});
