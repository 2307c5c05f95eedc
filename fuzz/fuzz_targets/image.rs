//! Image references: written out in full they are read as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::oci::image;
use terraform_provider_bahriya::oci::server::ServerName;

fuzz_target!(|text: &str| {
    if let Ok(reference) = image::parse(text) {
        let full = reference.to_string();
        assert_eq!(image::parse(&full), Ok(reference.clone()), "{full}");
        assert!(ServerName::parse(&reference.host).is_ok(), "{full}");
    }
});
