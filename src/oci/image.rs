//! Image references, by the reference grammar of the distribution project with Docker's defaults.
//!
//! `nginx` is `docker.io/library/nginx`. No tag is invented: a reference without one has none, since
//! `latest` is a default of the tool that pulls, not a part of the name.
//!
//! Like the tools that pull, we ask more of a digest than the grammar does: a registered algorithm and its
//! number of digits. Where we are stricter than they: a host has to be one that can exist (its port, its
//! address, no underscores), and a first component that is told apart from a repository by its upper-case
//! letters alone (`MyOrg/app`) is an error, not a host called `MyOrg`.

use std::fmt;

use super::known;
use super::server::{ServerError, ServerName};

const DOCKER_HUB: &str = "docker.io";
const MAX_REPOSITORY_BYTES: usize = 255;
const MAX_TAG_BYTES: usize = 128;
/// Registered digest algorithms and the number of their hexadecimal digits.
const ALGORITHMS: &[(&str, usize)] = &[
    ("sha256", 64),
    ("sha384", 96),
    ("sha512", 128),
    ("blake3", 64),
];

/// An image reference in full. `Display` writes it out so that [`parse`] gives the same again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageReference {
    /// `host[:port]` as written, or `docker.io`.
    pub host: String,
    /// The path within the registry, such as `library/nginx`.
    pub repository: String,
    /// The tag, if the reference has one.
    pub tag: Option<String>,
    /// The digest (`sha256:…`), if the reference has one.
    pub digest: Option<String>,
}

/// Why a text is no image reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the texts say it")]
pub enum ImageError {
    #[error("the image reference is empty")]
    Empty,
    #[error("an image reference has no scheme; leave out everything up to `://`")]
    Scheme,
    #[error("64 hexadecimal digits are an image identifier, not a repository")]
    Identifier,
    #[error("the registry host of the image cannot be used: {0}")]
    Host(ServerError),
    #[error("the image reference names no repository")]
    NoRepository,
    #[error("the repository `{0}` has upper-case letters, which are not allowed; write `{lower}`", lower = .0.to_lowercase())]
    UpperCase(String),
    #[error(
        "the repository is not valid: between slashes it takes lower-case letters and digits, joined by \
         `.`, `_`, `__` or hyphens"
    )]
    Repository,
    #[error("the repository is longer than {MAX_REPOSITORY_BYTES} characters")]
    RepositoryTooLong,
    #[error(
        "the tag is not valid: it takes up to {MAX_TAG_BYTES} letters, digits, `_`, `.` and `-`, and starts \
         with neither `.` nor `-`"
    )]
    Tag,
    #[error("the digest is not of the form `algorithm:hexadecimal digits`")]
    Digest,
    #[error("the digest algorithm is not one of sha256, sha384, sha512 and blake3")]
    DigestAlgorithm,
    #[error("a digest by {algorithm} has {digits} lower-case hexadecimal digits")]
    DigestLength {
        algorithm: &'static str,
        digits: usize,
    },
}

/// Reads an image reference.
pub fn parse(text: &str) -> Result<ImageReference, ImageError> {
    if text.is_empty() {
        return Err(ImageError::Empty);
    }
    if text.contains("://") {
        return Err(ImageError::Scheme);
    }
    let (rest, digest) = match text.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (text, None),
    };
    let last_component = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest[last_component..].find(':') {
        // An IPv6 address that no repository follows is full of colons, but has no tag.
        Some(at) if !rest.starts_with('[') || last_component > 0 => {
            let (name, tag) = rest.split_at(last_component + at);
            (name, Some(&tag[1..]))
        }
        _ => (rest, None),
    };
    let (host, repository) = split_host(name)?;
    if host == DOCKER_HUB && tag.is_none() && digest.is_none() && is_identifier(name) {
        return Err(ImageError::Identifier);
    }
    check_repository(&repository)?;
    if tag.is_some_and(|tag| !is_tag(tag)) {
        return Err(ImageError::Tag);
    }
    if let Some(digest) = digest {
        check_digest(digest)?;
    }
    Ok(ImageReference {
        host,
        repository,
        tag: tag.map(str::to_owned),
        digest: digest.map(str::to_owned),
    })
}

impl fmt::Display for ImageReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.host, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

/// The first component is a host if it has a dot or a colon, or is `localhost`; else Docker Hub is meant.
fn split_host(name: &str) -> Result<(String, String), ImageError> {
    let (host, path) = match name.split_once('/') {
        Some((first, path)) if first.contains(['.', ':']) || first == "localhost" => (first, path),
        _ if name.starts_with('[') => return Err(ImageError::NoRepository),
        _ => (DOCKER_HUB, name),
    };
    ServerName::from_authority(host).map_err(ImageError::Host)?;
    let lower = host.to_ascii_lowercase();
    let host = match known::canonical_of_alias(&lower) {
        Some(canonical) => canonical,
        None if lower == DOCKER_HUB => DOCKER_HUB,
        None => host,
    };
    let repository = if host == DOCKER_HUB && !path.is_empty() && !path.contains('/') {
        format!("library/{path}")
    } else {
        path.to_owned()
    };
    Ok((host.to_owned(), repository))
}

fn is_identifier(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn check_repository(repository: &str) -> Result<(), ImageError> {
    if repository.is_empty() {
        return Err(ImageError::NoRepository);
    }
    if repository.len() > MAX_REPOSITORY_BYTES {
        return Err(ImageError::RepositoryTooLong);
    }
    if repository.split('/').all(is_path_component) {
        return Ok(());
    }
    if repository.to_lowercase().split('/').all(is_path_component) {
        let shown = repository.strip_prefix("library/").unwrap_or(repository);
        return Err(ImageError::UpperCase(shown.to_owned()));
    }
    Err(ImageError::Repository)
}

/// Runs of letters and digits, joined by one dot, one or two underscores, or any number of hyphens.
fn is_path_component(component: &str) -> bool {
    let is_joint =
        |joint: &str| matches!(joint, "" | "." | "_" | "__") || joint.bytes().all(|b| b == b'-');
    component.starts_with(is_alphanumeric)
        && component.ends_with(is_alphanumeric)
        && component.split(is_alphanumeric).all(is_joint)
}

fn is_alphanumeric(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

fn is_tag(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    tag.len() <= MAX_TAG_BYTES
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

fn check_digest(digest: &str) -> Result<(), ImageError> {
    let (algorithm, digits) = digest.split_once(':').ok_or(ImageError::Digest)?;
    let is_algorithm_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase()) && part.chars().all(is_alphanumeric)
    };
    if !algorithm.split(['-', '_', '+', '.']).all(is_algorithm_part)
        || !digits.bytes().all(|b| b.is_ascii_hexdigit())
    {
        return Err(ImageError::Digest);
    }
    match ALGORITHMS.iter().find(|(name, _)| *name == algorithm) {
        Some((_, length)) if digits.len() == *length && !digits.contains(char::is_uppercase) => {
            Ok(())
        }
        Some((algorithm, digits)) => Err(ImageError::DigestLength {
            algorithm,
            digits: *digits,
        }),
        None => Err(ImageError::DigestAlgorithm),
    }
}

#[cfg(test)]
mod tests;
