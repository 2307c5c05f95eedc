//! The provider itself: its configuration, and the lists of what it offers.

use std::path::PathBuf;
use std::sync::{Arc, LazyLock};

use crate::api::{self, Client, SettingsError, Transport};
use crate::connection::{ApiClient, Connection};
use crate::data_sources;
use crate::ephemeral_resources;
use crate::findings;
use crate::fingerprint::{Cost, Hasher};
use crate::framework::diagnostics::{Diagnostic, Diagnostics, Reported};
use crate::framework::function::Function;
use crate::framework::model::Attr;
use crate::framework::provider::{DataSource, Provider, Resource};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::functions;
use crate::resources::project_registry_attachment::ProjectRegistryAttachment;
use crate::resources::registry::RegistryResource;
use crate::secret::{self, Secret};

/// Where the API is unless the configuration says otherwise.
const DEFAULT_BASE_URL: &str = "https://api.bahriya.cloud/console/v1";

/// The arguments that have a value from outside the configuration, too: each with its environment variable.
const SETTINGS: [(&str, &str); 4] = [
    ("token", "BAHRIYA_TOKEN"),
    ("organisation_id", "BAHRIYA_ORGANISATION_ID"),
    ("base_url", "BAHRIYA_API_URL"),
    ("ca_certificate_file", "BAHRIYA_CA_CERTIFICATE_FILE"),
];

/// The provider for Bahriya. The default is what is served to users.
#[derive(Default)]
pub struct Bahriya {
    /// What carries its requests, if it is not the network.
    transport: Option<Arc<dyn Transport>>,
    hasher: Arc<Hasher>,
}

impl Bahriya {
    /// The provider with an API behind another transport than the network.
    pub fn over(transport: Arc<dyn Transport>) -> Self {
        Self {
            transport: Some(transport),
            ..Self::default()
        }
    }

    /// The same with fingerprints of another cost, for tests that make many.
    #[must_use]
    pub fn hashing_at(mut self, cost: Cost) -> Self {
        self.hasher = Arc::new(Hasher::new(cost));
        self
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Manages the private image registries of a [Bahriya](https://bahriya.cloud) organisation: \
         credentials as versions that are rotated, rolled back and attached to projects.",
        vec![
            Attribute::string(
                "token",
                Mode::Optional,
                "A personal access token (`pat_…`). It acts with the permissions of the member who made it.",
            )
            .default("the environment variable `BAHRIYA_TOKEN`")
            .sensitive(),
            Attribute::string(
                "organisation_id",
                Mode::Optional,
                "The UUID of the organisation whose objects are managed.",
            )
            .default("the environment variable `BAHRIYA_ORGANISATION_ID`"),
            Attribute::string(
                "base_url",
                Mode::Optional,
                "The address of the console API. It has to use `https`, or `http` to this machine.",
            )
            .default("the environment variable `BAHRIYA_API_URL`, else `https://api.bahriya.cloud/console/v1`"),
            Attribute::string(
                "ca_certificate_file",
                Mode::Optional,
                "A PEM file with certificates to trust beside those of the system, for a network that inspects TLS. \
                 `verify` trusts them too.",
            )
            .default("the environment variable `BAHRIYA_CA_CERTIFICATE_FILE`"),
        ],
    )
});

static RESOURCES: [&dyn Resource<Connection>; 2] = [&RegistryResource, &ProjectRegistryAttachment];

impl Provider for Bahriya {
    type Connection = Connection;

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn resources(&self) -> &[&'static dyn Resource<Connection>] {
        &RESOURCES
    }

    fn data_sources(&self) -> &[&'static dyn DataSource<Connection>] {
        &data_sources::ALL
    }

    fn ephemeral_resources(&self) -> &[&'static dyn DataSource<Connection>] {
        &ephemeral_resources::ALL
    }

    fn functions(&self) -> &[Function] {
        &*functions::ALL
    }

    fn applied(&self, connection: &Connection) {
        connection.walk.applied();
    }

    fn configure(
        &self,
        config: &Value,
        terraform_version: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Connection, Reported> {
        let connect = |api| Connection::new(api, Arc::clone(&self.hasher));
        let names = SETTINGS.map(|(name, _)| name).into_iter();
        let unknown = names.filter(|name| Attr::<String>::read(config, name).is_unknown());
        let unknown: Vec<_> = unknown.collect();
        if !unknown.is_empty() {
            return Ok(connect(ApiClient::NotKnownYet(unknown)));
        }
        let [token, organisation, base_url, ca_file] = SETTINGS.map(|(name, variable)| {
            let inherited = || std::env::var(variable).ok().filter(|text| !text.is_empty());
            argument(config, name).or_else(inherited)
        });
        let mut required = |value: Option<String>, (name, variable), what| {
            let missing = || findings::setting_missing(name, what, variable).at(name);
            value.ok_or_else(|| diagnostics.error(missing()))
        };
        let token = required(token, SETTINGS[0], "a personal access token");
        let organisation = required(organisation, SETTINGS[1], "the UUID of an organisation");
        let token = Secret::new(token?);
        // A token from the environment was not registered with the block.
        secret::register(&token);
        let settings = api::Settings {
            base_url: base_url.unwrap_or_else(|| DEFAULT_BASE_URL.to_owned()),
            organisation_id: organisation?,
            token,
            ca_certificate_file: ca_file.map(PathBuf::from),
            user_agent: user_agent(terraform_version),
        };
        let client = match &self.transport {
            None => Client::new(settings),
            Some(transport) => Client::over(settings, Arc::clone(transport)),
        };
        match client {
            Ok(client) => Ok(connect(ApiClient::Ready(client))),
            Err(error) => Err(diagnostics.error(unusable(config, &error))),
        }
    }
}

/// An argument of the provider block. An empty text counts as absent.
fn argument(config: &Value, name: &str) -> Option<String> {
    let argument = Attr::<String>::read(config, name);
    argument.known().filter(|text| !text.is_empty()).cloned()
}

/// What is wrong with a setting, and where its value comes from.
fn unusable(config: &Value, error: &SettingsError) -> Diagnostic {
    let setting = SETTINGS.iter().find(|(name, _)| *name == error.setting);
    let source = match setting {
        Some((name, variable)) if argument(config, name).is_none() => {
            format!(" The value comes from the environment variable {variable}.")
        }
        _ => String::new(),
    };
    let (problem, at) = (&error.problem, error.setting);
    match at {
        "token" => findings::token_unusable(problem, source).at(at),
        "organisation_id" => findings::organisation_id_unusable(problem, source).at(at),
        "base_url" => findings::base_url_unusable(problem, source).at(at),
        "ca_certificate_file" => findings::ca_certificate_file_unusable(problem, source).at(at),
        "proxy" => findings::proxy_unusable(problem),
        _ => findings::trust_anchors_unusable(problem),
    }
}

/// How the provider introduces itself to the API. Clients say of their version what they like, so that
/// nothing depends on it, and what does not fit into a header is left out.
fn user_agent(terraform_version: &str) -> String {
    let version: String = terraform_version
        .chars()
        .filter(char::is_ascii_graphic)
        .take(64)
        .collect();
    let own = concat!("terraform-provider-bahriya/", env!("CARGO_PKG_VERSION"));
    match version.as_str() {
        "" => own.to_owned(),
        version => format!("{own} (Terraform {version})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_version_of_a_client_fits_into_a_header() {
        let own = concat!("terraform-provider-bahriya/", env!("CARGO_PKG_VERSION"));
        for (version, expected) in [
            ("1.11.4", format!("{own} (Terraform 1.11.4)")),
            ("", own.to_owned()),
            ("\r\nX: y\u{e9}", format!("{own} (Terraform X:y)")),
        ] {
            assert_eq!(user_agent(version), expected);
        }
    }
}
