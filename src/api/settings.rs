//! What a client has to be told, checked before the first request.

use std::path::PathBuf;

use reqwest::header::HeaderValue;
use reqwest::{Certificate, Url};

use crate::secret::Secret;

/// The largest file of trust anchors, in bytes. Those of a whole system have a quarter of it.
const LARGEST_FILE: u64 = 1 << 20;

/// Where the API lives on its host.
const SUFFIX: &str = "/console/v1";

/// The settings of a [`super::Client`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is: `https://…/console/v1`, or `http` to a loopback address. A trailing slash is tolerated.
    pub base_url: String,
    /// The UUID of the organisation that every call is about.
    pub organisation_id: String,
    /// The personal access token.
    pub token: Secret,
    /// A PEM file with trust anchors to add to those of the system.
    pub ca_certificate_file: Option<PathBuf>,
    /// The value of the `User-Agent` header.
    pub user_agent: String,
}

impl Settings {
    /// The certificates in `ca_certificate_file`.
    pub(in crate::api) fn trust_anchors(&self) -> Result<Vec<Certificate>, SettingsError> {
        let Some(file) = &self.ca_certificate_file else {
            return Ok(Vec::new());
        };
        let name = file.display();
        let wrong =
            |problem: &str| SettingsError::of("ca_certificate_file", &format!("{name} {problem}"));
        let unreadable = |error: std::io::Error| wrong(&format!("cannot be read: {error}"));
        // Asked before it is opened: a named pipe would wait for a writer, a device could go on forever.
        let about = std::fs::metadata(file).map_err(unreadable)?;
        if !about.is_file() || about.len() > LARGEST_FILE {
            let most = LARGEST_FILE >> 20;
            return Err(wrong(&format!("is not a file of at most {most} MiB")));
        }
        let pem = std::fs::read(file).map_err(unreadable)?;
        let anchors = Certificate::from_pem_bundle(&pem);
        let anchors = anchors.map_err(|_| wrong("holds a damaged certificate"))?;
        if anchors.is_empty() {
            return Err(wrong("holds no certificate"));
        }
        Ok(anchors)
    }
}

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SettingsError {
    /// The field of [`Settings`], or what else the machine sets: `proxy` or `trust_anchors`.
    pub setting: &'static str,
    /// What is wrong with it: a lower-case fragment that names the setting.
    pub problem: String,
}

impl SettingsError {
    /// Of a setting by whose name the problem is a sentence.
    pub(in crate::api) fn of(setting: &'static str, problem: &str) -> Self {
        let problem = format!("{setting} {problem}");
        Self { setting, problem }
    }
}

/// A base address, checked.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::api) struct Base {
    /// Without a trailing slash.
    pub(in crate::api) address: String,
    pub(in crate::api) host: String,
    pub(in crate::api) port: u16,
    /// Plain `http` to this machine.
    pub(in crate::api) loopback: bool,
}

pub(in crate::api) fn base(given: &str) -> Result<Base, SettingsError> {
    let wrong = |problem: &str| SettingsError::of("base_url", problem);
    let mut url =
        Url::parse(given.trim()).map_err(|error| wrong(&format!("is not an address: {error}")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong(
            "contains a user name or a password before `@`: the provider signs in with `token` alone",
        ));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong("has a `?` or `#` part"));
    }
    let Some(host) = url.host_str().map(str::to_owned) else {
        return Err(wrong("names no host"));
    };
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    let loopback = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        "http" => {
            return Err(wrong("uses http, which would send the token unencrypted"));
        }
        scheme => return Err(wrong(&format!("uses the scheme {scheme:?}"))),
    }
    let path = url.path().trim_end_matches('/').to_owned();
    if !path.ends_with(SUFFIX) {
        let mut meant = url.clone();
        meant.set_path(&format!("{path}{SUFFIX}"));
        return Err(wrong(&format!(
            "does not end with {SUFFIX} (did you mean {meant}?)"
        )));
    }
    url.set_path(&path);
    Ok(Base {
        host,
        port: url.port_or_known_default().unwrap_or_default(),
        loopback: loopback && url.scheme() == "http",
        address: url.into(),
    })
}

/// The organisation's UUID in lower case, as the API writes it.
pub(in crate::api) fn organisation(given: &str) -> Result<String, SettingsError> {
    let wrong = |problem| Err(SettingsError::of("organisation_id", problem));
    match uuid::Uuid::try_parse(given) {
        Ok(id) if given.len() == 36 => Ok(id.to_string()),
        _ if given.trim() != given => wrong("has a blank or a line break around it"),
        _ => wrong("is not a UUID"),
    }
}

/// The value of the `Authorization` header.
pub(in crate::api) fn authorisation(token: &Secret) -> Result<HeaderValue, SettingsError> {
    let wrong = |problem: &str| SettingsError::of("token", problem);
    if token.is_empty() {
        return Err(wrong("is empty"));
    }
    let start = token.expose().get(..7).unwrap_or_default();
    if start.eq_ignore_ascii_case("bearer ") {
        return Err(wrong(
            "begins with the word Bearer, which is a part of the header and not of the token",
        ));
    }
    if !token.expose().bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(wrong(
            "contains a character that a token cannot have, such as a blank or a line break",
        ));
    }
    let header = zeroize::Zeroizing::new(format!("Bearer {}", token.expose()));
    let mut value =
        HeaderValue::from_str(&header).map_err(|_| wrong("cannot be sent in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(given: &str) -> Result<String, String> {
        base(given)
            .map(|base| base.address)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn good_addresses() {
        for (given, normal) in [
            (
                "https://api.bahriya.cloud/console/v1",
                "https://api.bahriya.cloud/console/v1",
            ),
            (
                "https://api.bahriya.cloud/console/v1//",
                "https://api.bahriya.cloud/console/v1",
            ),
            (
                "HTTPS://API.bahriya.cloud/gate/console/v1/",
                "https://api.bahriya.cloud/gate/console/v1",
            ),
            (
                "http://127.0.0.1:8080/console/v1",
                "http://127.0.0.1:8080/console/v1",
            ),
            ("http://localhost/console/v1", "http://localhost/console/v1"),
            ("http://[::1]:9/console/v1", "http://[::1]:9/console/v1"),
        ] {
            assert_eq!(address(given).as_deref(), Ok(normal), "{given}");
        }
    }

    #[test]
    fn bad_addresses_are_explained() {
        for (given, part) in [
            ("", "not an address"),
            ("api.bahriya.cloud", "not an address"),
            ("ftp://api.bahriya.cloud/console/v1", "scheme"),
            ("http://api.bahriya.cloud/console/v1", "unencrypted"),
            ("http://127.0.0.1.evil.example/console/v1", "unencrypted"),
            ("http://localhost.evil.example/console/v1", "unencrypted"),
            ("https://user:pw@api.bahriya.cloud/console/v1", "before `@`"),
            ("https://api.bahriya.cloud/console/v1?x=1", "`?`"),
            (
                "https://api.bahriya.cloud",
                "(did you mean https://api.bahriya.cloud/console/v1?)",
            ),
            (
                "https://api.bahriya.cloud/",
                "(did you mean https://api.bahriya.cloud/console/v1?)",
            ),
            (
                "https://api.bahriya.cloud/v1",
                "does not end with /console/v1",
            ),
        ] {
            let error = address(given).expect_err(given);
            assert!(error.contains(part), "{given}: {error}");
        }
    }

    #[test]
    fn a_password_in_the_address_is_not_repeated() {
        let error = address("https://u:hunter2@h/console/v1").expect_err("refused");
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn organisations_are_uuids() {
        let id = "0F8FAD5B-D9CB-469F-A165-70867728950E";
        assert_eq!(organisation(id).as_deref(), Ok(id.to_lowercase().as_str()));
        for bad in [
            "",
            "acme",
            "0f8fad5bd9cb469fa16570867728950e",
            "{0f8fad5b-d9cb-469f-a165-70867728950e}",
        ] {
            assert!(organisation(bad).is_err(), "{bad}");
        }
    }

    /// None of these is ever opened.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_of_certificates_is_refused_at_once() {
        let directory = tempfile::tempdir().expect("a directory");
        let pipe = directory.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo").success());
        let large = directory.path().join("large");
        std::fs::write(&large, vec![b'x'; (1 << 20) + 1]).expect("a file");
        for file in [pipe, "/dev/zero".into(), large, directory.path().to_owned()] {
            let settings = Settings {
                base_url: String::new(),
                organisation_id: String::new(),
                token: Secret::new(""),
                ca_certificate_file: Some(file),
                user_agent: String::new(),
            };
            let error = settings.trust_anchors().expect_err("refused");
            assert!(
                error.to_string().contains("not a file of at most 1 MiB"),
                "{error}"
            );
        }
    }

    #[test]
    fn what_was_copied_with_too_much_is_named() {
        let error = authorisation(&Secret::new("Bearer pat_abc")).expect_err("refused");
        assert!(error.to_string().contains("the word Bearer"), "{error}");
        let id = organisation("0f8fad5b-d9cb-469f-a165-70867728950e\n").expect_err("refused");
        assert!(id.to_string().contains("line break"), "{id}");
    }

    #[test]
    fn tokens_fit_in_a_header_and_stay_hidden() {
        let value = authorisation(&Secret::new("pat_abc")).expect("a good token");
        assert!(value.is_sensitive());
        for bad in ["", "pat_abc\n", "pat abc", "pat_ä", "pat_\u{0}"] {
            let error = authorisation(&Secret::new(bad)).expect_err("refused");
            assert!(
                bad.is_empty() || !error.to_string().contains(bad),
                "{error}"
            );
        }
    }
}
