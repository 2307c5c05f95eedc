//! `bahriya_organisation`: the organisation that the provider is configured for.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::lookup;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Organisation;

model! {
    /// The organisation as shown.
    pub struct Model {
        id: String,
        name: String,
        handle: String,
        email: String,
        role: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "Shows the organisation that the provider is configured for.",
        vec![
            lookup::shown("id", "The UUID of the organisation."),
            lookup::shown("name", "Its name."),
            lookup::shown("handle", "Its handle."),
            lookup::shown("email", "Its e-mail address."),
            lookup::shown("role", "The role of the token's owner in it."),
        ],
    )
});

#[async_trait]
impl DataSource<Connection> for Organisation {
    fn type_name(&self) -> &'static str {
        "bahriya_organisation"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, _: &Value, _: &mut Diagnostics) {}

    async fn read(
        &self,
        call: &Call<Connection>,
        _: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let listed = client.organisations(&operation).await;
        let listed = lookup::found("the organisation", listed, diagnostics)?;
        let found = listed
            .into_iter()
            .find(|one| one.id.eq_ignore_ascii_case(client.organisation()));
        let organisation = found.ok_or_else(|| {
            diagnostics.error(findings::organisation_not_found(client.organisation()))
        })?;
        let model = Model {
            id: Attr::Known(organisation.id),
            name: organisation.name.into(),
            handle: organisation.handle.into(),
            email: organisation.email.into(),
            role: organisation.role.into(),
        };
        Ok(model.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::plan;

    #[test]
    fn the_model_has_exactly_the_attributes_of_the_schema() {
        assert_eq!(
            Value::from(Model::default()),
            Value::Object(plan::empty(&SCHEMA))
        );
    }
}
