//! `WWW-Authenticate` headers and the realms in them: nothing but https, or this machine, ever gets credentials.

#![no_main]

use libfuzzer_sys::fuzz_target;
use terraform_provider_bahriya::oci::challenge;
use terraform_provider_bahriya::oci::realm;
use terraform_provider_bahriya::oci::server::ServerName;

fuzz_target!(|header: &str| {
    let challenges = challenge::parse(header);
    assert_eq!(challenges, challenge::parse(header));
    let remote = ServerName::parse("ghcr.io").unwrap();
    let local = ServerName::parse("127.0.0.1:5000").unwrap();
    for challenge in &challenges {
        let Some(realm) = challenge.parameter("Realm") else {
            continue;
        };
        if let Ok(url) = realm::judge(&remote, false, realm) {
            assert_eq!(url.scheme(), "https");
            assert!(url.username().is_empty() && url.password().is_none());
            assert_eq!(url.host_str(), Some("ghcr.io"));
        }
        if let Ok(url) = realm::judge(&local, true, realm) {
            assert_eq!(url.host_str(), Some("127.0.0.1"));
        }
    }
});
