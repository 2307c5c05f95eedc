//! The reading of answers, opened for its fuzz target. It is compiled for that alone (`--cfg fuzzing`).

use reqwest::StatusCode;

use super::http::envelope::Body;
use super::http::retry_after;
use super::model::{Registry, list};

/// Reads an answer as every caller of the API does, and checks what must hold for whatever is found.
///
/// # Panics
///
/// If it does not hold.
pub fn read_answer(status: u16, bytes: &[u8]) {
    let Ok(status) = StatusCode::from_u16(status) else {
        return;
    };
    let parse = || Body::parse(bytes, status);
    let body = parse();
    assert_eq!(body, parse());
    let _ = retry_after::parse(body.message(), Some(body.message()));
    let Body::Envelope(data) = &body else {
        return;
    };
    if let Some(registry) = Registry::parse(data) {
        assert!(!registry.id.is_empty() && !registry.handle.is_empty());
    }
    let registries = list(data, "registries", Registry::parse);
    let whole = list(data, "registries", Registry::parse_whole);
    if let (Ok(registries), Ok(whole)) = (registries, whole) {
        assert_eq!(registries, whole);
    }
}
