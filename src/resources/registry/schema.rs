//! The attributes of `bahriya_registry`: the one table behind its wire schema, validation and reference page.

use std::sync::LazyLock;

use crate::api::Credentials;
use crate::framework::model::model;
use crate::framework::schema::{Attribute, Mode, Schema, computed};
use crate::resources::checks;
use crate::resources::home;
use crate::resources::timeouts::{self, Timeouts};
use crate::secret::Secret;

model! {
    /// A registry as configured, planned or stored.
    pub struct Model {
        handle: String,
        name: String,
        server: String,
        username: String,
        password: Secret,
        password_wo: Secret,
        password_wo_version: String,
        active_version: i64,
        on_drift: String,
        verify: String,
        maxversions: i64,
        timeouts: Timeouts,
        current_version: i64,
        id: String,
        billable: bool,
        currentversionid: String,
        managedbyresourceid: String,
        managedbyresourcetype: String,
    }
}

impl Model {
    /// Whether anything changes that is no credential and is sent to the API.
    pub fn metadata_differs(&self, other: &Self) -> bool {
        self.name != other.name || self.maxversions != other.maxversions
    }

    /// The argument whose change asks for another password.
    pub fn password_argument(&self) -> &'static str {
        if self.password.is_null() {
            "password_wo_version"
        } else {
            "password"
        }
    }

    /// Its credentials with this password, if they are known.
    pub fn credentials<'a>(&'a self, password: Option<&'a Secret>) -> Option<Credentials<'a>> {
        Some(Credentials {
            server: self.server.known()?,
            username: self.username.known()?,
            password: password?,
        })
    }

    /// The password for the apply of this plan. Values are those of the plan. A write-only one is in the configuration
    /// alone, where nothing is ignored: it is used if the plan `saw` it.
    pub fn password_to_apply<'a>(&'a self, config: &'a Self, saw: bool) -> Option<&'a Secret> {
        let write_only = config.password_wo.known().filter(|_| saw);
        self.password.known().or(write_only)
    }
}

pub static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new(DESCRIPTION, [arguments(), shown()].concat()));

pub static IDENTITY: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "",
        vec![
            home::identity_attribute(),
            Attribute::string("id", Mode::Required, "The UUID of the registry."),
        ],
    )
});

const DESCRIPTION: &str = "A stored set of credentials for a private image registry. Credentials are \
    versions: changing them makes a new version and keeps the earlier ones, and an earlier one can be \
    made current again.";

fn arguments() -> Vec<Attribute> {
    vec![
        Attribute::string(
            "handle",
            Mode::Required,
            "The name by which projects and containers refer to the registry: lower-case letters, digits \
             and hyphens, unique in the organisation. **It can never be used again**, not even after the \
             registry is deleted.",
        )
        .replaces()
        .checked(checks::handle),
        Attribute::string("name", Mode::Required, "The name to show.")
            .effect("updates in place and never touches credentials")
            .checked(checks::not_blank),
        Attribute::string(
            "server",
            Mode::Required,
            "The registry's host, with a port if it is not 443: `ghcr.io`, `docker.io`, `harbor.example.com:8443`.",
        )
        .effect("rotates: makes a new version"),
        Attribute::string(
            "username",
            Mode::Required,
            "The user name, or the name of the access token.",
        )
        .effect("rotates: makes a new version")
        .checked(checks::not_blank),
        Attribute::string(
            "password",
            Mode::Optional,
            "The password or token. It is kept in the state in clear text; `password_wo` is not. At most \
             one of the two may be set, and one is needed to create or to rotate.",
        )
        .sensitive()
        .effect("rotates: makes a new version, or activates a retained one that holds the same credentials")
        .checked(checks::password),
        Attribute::string(
            "password_wo",
            Mode::Optional,
            "The password or token, never stored in state or plan. Needs Terraform or OpenTofu 1.11. A new \
             value is noticed only together with a new `password_wo_version`.",
        )
        .write_only()
        .effect("nothing by itself")
        .checked(checks::password),
        Attribute::string(
            "password_wo_version",
            Mode::Optional,
            "Any text that changes when `password_wo` has a new value: a number, a date, the version of the \
             secret where the password comes from.",
        )
        .effect("rotates if the credentials are new, activates if a retained version holds them, else calls nothing"),
        Attribute::number(
            "active_version",
            Mode::Optional,
            "Pins the version that should be current, for a rollback. Remove the line to roll forward again.",
        )
        .effect("activates the version")
        .checked(checks::positive),
        Attribute::string(
            "on_drift",
            Mode::Optional,
            "What to do when another version became current outside Terraform: `warn` in every plan, or \
             `restore` the configured one.",
        )
        .one_of(&["warn", "restore"])
        .default("`warn`")
        .effect("calls nothing"),
        Attribute::string(
            "verify",
            Mode::Optional,
            "Whether to try new credentials at the registry server before they are stored: `off`, `warn` or \
             `error` if the server refuses them.",
        )
        .one_of(&["off", "warn", "error"])
        .default("`off`")
        .effect("calls nothing"),
        Attribute::number(
            "maxversions",
            Mode::OptionalComputed,
            "How many versions are retained.",
        )
        .default("the API's own, 5")
        .effect("updates in place and never touches credentials")
        .checked(checks::positive),
        timeouts::attribute(),
    ]
}

/// What the API alone says of a registry: of a managed one, and of one that is looked up.
pub fn shown() -> Vec<Attribute> {
    computed! {
        number current_version:
            "The number of the version that is current; null where the API does not show it.";
        string id: "The UUID of the registry.";
        bool billable: "Whether the registry is billed.";
        string currentversionid: "The identifier of the current version; may be null.";
        string managedbyresourceid:
            "The object that manages the registry, if the platform does; may be null.";
        string managedbyresourcetype: "The type of that object; may be null.";
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::plan;
    use crate::framework::value::Value;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        let Value::Object(fields) = Value::from(Model::default()) else {
            panic!("an object");
        };
        assert_eq!(fields, plan::empty(&SCHEMA));
    }
}
