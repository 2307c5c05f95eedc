//! What a client has to be told, checked before the first request.

use std::path::PathBuf;

use crate::secret::Secret;

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

/// A setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct SettingsError {
    /// The field of [`Settings`], by the name that users know: `base_url`, `organisation_id`, `token`,
    /// `ca_certificate_file` or `user_agent`.
    pub setting: &'static str,
    /// What is wrong with it: a lower-case fragment that names the setting.
    pub problem: String,
    /// What to do about it: whole sentences.
    pub advice: String,
}
