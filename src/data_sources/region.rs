//! `bahriya_region`: one region.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::lookup;
use crate::api;
use crate::connection::Connection;
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::number::Number;
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::{checks, timeouts};

/// The data source.
pub struct Region;

model! {
    /// A region as shown.
    pub struct Model {
        id: String,
        name: String,
        description: String,
        class: String,
        status: String,
        city: String,
        state: String,
        country: String,
        latitude: Number,
        longitude: Number,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let id = Attribute::string(
        "id",
        Mode::Required,
        "The id of the region, such as `helsinki-1`.",
    )
    .checked(checks::not_blank);
    let mut attributes = vec![id];
    attributes.extend(metadata());
    Schema::new("Looks up a region.", attributes)
});

/// What the API shows of a region beside its id.
pub fn metadata() -> Vec<Attribute> {
    vec![
        lookup::shown("name", "The name to show."),
        lookup::shown("description", "A sentence about it."),
        lookup::shown("class", "Its class."),
        lookup::shown("status", "Whether it is in use, such as `active`."),
        lookup::shown("city", "The city it is in."),
        lookup::shown("state", "The state it is in, where there are states."),
        lookup::shown("country", "The country it is in."),
        Attribute::number("latitude", Mode::Computed, "Degrees north."),
        Attribute::number("longitude", Mode::Computed, "Degrees east."),
    ]
}

#[async_trait]
impl DataSource<Connection> for Region {
    fn type_name(&self) -> &'static str {
        "bahriya_region"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, _: &Value, _: &mut Diagnostics) {}

    async fn read(
        &self,
        call: &Call<Connection>,
        config: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let id = Attr::<String>::read(&config, "id");
        let id = id.known().map_or("", String::as_str);
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let what = format!("region \"{id}\"");
        let answer = client.region(&operation, id).await;
        let region = lookup::found(&what, answer, diagnostics)?
            .ok_or_else(|| diagnostics.error(findings::region_not_found(id)))?;
        Ok(Model::from(region).into())
    }
}

impl From<api::Region> for Model {
    fn from(region: api::Region) -> Self {
        let degrees = |value: Option<f64>| value.and_then(|value| Number::try_from(value).ok());
        Self {
            id: Attr::Known(region.id),
            name: region.name.into(),
            description: region.description.into(),
            class: region.class.into(),
            status: region.status.into(),
            city: region.city.into(),
            state: region.state.into(),
            country: region.country.into(),
            latitude: degrees(region.latitude).into(),
            longitude: degrees(region.longitude).into(),
        }
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
