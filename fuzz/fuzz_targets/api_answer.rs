//! Answers of the API: the envelope, registries, lists and headers. The first two bytes are the status.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::api::fuzzing;

fuzz_target!(|input: &[u8]| {
    if let Some((status, body)) = input.split_first_chunk() {
        fuzzing::read_answer(u16::from_be_bytes(*status), body);
    }
});
