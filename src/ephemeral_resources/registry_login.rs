//! `bahriya_registry_login`: whether a registry server takes credentials, asked on every plan and apply.

use std::sync::LazyLock;

use async_trait::async_trait;

use crate::connection::{ApiClient, Connection};
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Block, Call, DataSource};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::oci::realm::RealmError;
use crate::oci::verify::{self, DEFAULT_TIMEOUT, Outcome};
use crate::resources::credential_lint::{self, Gravity};
use crate::secret::Secret;

/// The ephemeral resource.
pub struct RegistryLogin;

model! {
    /// The question and its answer.
    pub struct Model {
        server: String,
        username: String,
        password: Secret,
        on_refused: String,
        result: String,
        message: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Asks a registry server whether it takes a username and password, on every plan and every apply, and \
         stores nothing: an expired token is seen before a container fails to pull.",
        vec![
            Attribute::string("server", Mode::Required, "The registry server, `host[:port]`."),
            Attribute::string("username", Mode::Required, "The username."),
            Attribute::string(
                "password",
                Mode::Required,
                "The password or token. It may come from an ephemeral source.",
            )
            .sensitive(),
            Attribute::string(
                "on_refused",
                Mode::Optional,
                "What a refusal is: a warning, an error that ends the command, or nothing but the `result`.",
            )
            .one_of(&["warn", "error", "off"])
            .default("`warn`"),
            Attribute::string(
                "result",
                Mode::Computed,
                "`accepted`, `refused`, `unreachable` (no answer of use), `not_a_registry` (something else \
                 answered), or `not_checked` (the credentials were not sent, or the answer proves nothing).",
            ),
            Attribute::string("message", Mode::Computed, "The result as a sentence, with its reason."),
        ],
    )
});

impl Block for RegistryLogin {
    fn type_name(&self) -> &'static str {
        "bahriya_registry_login"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        let model = Model::from(config);
        let remarks = credential_lint::lint(
            model.server.known().map(String::as_str),
            model.username.known().map(String::as_str),
            model.password.known(),
            "password",
        );
        for remark in remarks {
            // What may be right is for the registry to say.
            if remark.gravity != Gravity::Doubtful {
                diagnostics.error(remark.found);
            }
        }
    }
}

#[async_trait]
impl DataSource<Connection> for RegistryLogin {
    async fn read(&self, call: &mut Call<Connection>, config: Value) -> Result<Value, Reported> {
        let mut model = Model::from(&config);
        let (Attr::Known(server), Attr::Known(username), Attr::Known(password)) =
            (&model.server, &model.username, &model.password)
        else {
            // A client that looks at the schema never gets here.
            return Err(call.diagnostics.error(findings::login_incomplete()));
        };
        let anchors = match &call.connection.api {
            ApiClient::Ready(client) => client.trust_anchors(),
            ApiClient::NotKnownYet(_) => &[],
        };
        let check = verify::verify(server, username, password, anchors, DEFAULT_TIMEOUT);
        let outcome = tokio::select! {
            () = call.cancel.cancelled() => Outcome::NotChecked("the command was interrupted".to_owned()),
            outcome = check => outcome,
        };
        let (result, message) = answer(server, &outcome);
        if result == REFUSED {
            let on_refused = model.on_refused.known();
            refused(server, &message, on_refused, &mut call.diagnostics);
        }
        model.result = Attr::Known(result.to_owned());
        model.message = Attr::Known(message);
        Ok(model.into())
    }
}

const REFUSED: &str = "refused";

/// The result and its sentence.
fn answer(server: &str, outcome: &Outcome) -> (&'static str, String) {
    match outcome {
        Outcome::Accepted => ("accepted", format!("{server} takes the credentials.")),
        Outcome::Refused(reason) => (
            REFUSED,
            format!("{server} refuses the credentials: {reason}."),
        ),
        Outcome::Unreachable(reason) => (
            "unreachable",
            format!("{server} could not be asked: {reason}."),
        ),
        Outcome::NotARegistry(reason) => (
            "not_a_registry",
            format!("{server} does not answer as a registry: {reason}."),
        ),
        Outcome::RealmRefused(RealmError { host, reason }) => (
            "not_checked",
            format!(
                "{server} wants the credentials sent to \"{host}\", and they were not: {reason}."
            ),
        ),
        Outcome::NotChecked(reason) => (
            "not_checked",
            format!("The credentials for {server} were not checked: {reason}."),
        ),
    }
}

fn refused(
    server: &str,
    message: &str,
    on_refused: Option<&String>,
    diagnostics: &mut Diagnostics,
) {
    let found = |effect| findings::login_refused(server, message, effect).at("password");
    match on_refused.map(String::as_str) {
        Some("off") => {}
        Some("error") => {
            let effect = " This stops every plan and apply, a destroy too, until they are taken, or on_refused is \
                          \"warn\" or \"off\".";
            diagnostics.error(found(effect));
        }
        _ => diagnostics.warning(found("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::diagnostics::Severity;
    use crate::framework::plan;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        assert_eq!(
            Value::from(Model::default()),
            Value::Object(plan::empty(&SCHEMA))
        );
    }

    #[test]
    fn only_a_refusal_is_worth_a_diagnostic_and_off_silences_it() {
        for (on_refused, expected) in [
            (None, [0, 1]),
            (Some("warn"), [0, 1]),
            (Some("error"), [1, 0]),
            (Some("off"), [0, 0]),
        ] {
            let mut diagnostics = Diagnostics::new();
            let on_refused = on_refused.map(str::to_owned);
            refused("ghcr.io", "No.", on_refused.as_ref(), &mut diagnostics);
            let told = [Severity::Error, Severity::Warning].map(|severity| {
                diagnostics
                    .iter()
                    .filter(|one| one.severity == severity)
                    .count()
            });
            assert_eq!(told, expected);
        }
    }

    #[test]
    fn credentials_that_cannot_be_meant_are_refused_before_anybody_is_asked() {
        let config = Value::from(Model {
            server: Attr::Known("https://ghcr.io/".to_owned()),
            username: Attr::Unknown,
            password: Attr::Known(Secret::new("from-a-file\n")),
            ..Model::default()
        });
        let mut diagnostics = Diagnostics::new();
        RegistryLogin.validate(&config, &mut diagnostics);
        let paths: Vec<_> = diagnostics.iter().map(|one| one.path.to_string()).collect();
        assert_eq!(paths, ["server", "password"]);
    }
}
