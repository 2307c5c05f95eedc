//! `bahriya_registries`: every registry of the organisation.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{lookup, registry};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Registries;

model! {
    /// The list.
    pub struct Model {
        registries: Vec<Item>,
    }
}

model! {
    /// A registry in the list.
    pub struct Item {
        id: String,
        handle: String,
        name: String,
        server: String,
        username: String,
        maxversions: i64,
        current_version: i64,
        billable: bool,
        currentversionid: String,
        managedbyresourceid: String,
        managedbyresourcetype: String,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut item = vec![
        lookup::shown("id", "The UUID of the registry."),
        lookup::shown("handle", "The handle of the registry."),
    ];
    item.extend(registry::metadata());
    Schema::new(
        "Lists the registries of the organisation. Passwords are never shown.",
        vec![lookup::list_of(
            "registries",
            item,
            "The registries, by handle.",
        )],
    )
});

#[async_trait]
impl DataSource<Connection> for Registries {
    fn type_name(&self) -> &'static str {
        "bahriya_registries"
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
        let listed = client.registries(&operation).await;
        let mut registries = lookup::found("the registries", listed, diagnostics)?;
        registries.sort_by(|a, b| a.handle.cmp(&b.handle));
        let items = registries.into_iter().map(Item::from).collect();
        Ok(Model {
            registries: Attr::Known(items),
        }
        .into())
    }
}

impl From<api::Registry> for Item {
    fn from(registry: api::Registry) -> Self {
        Self {
            id: Attr::Known(registry.id),
            handle: Attr::Known(registry.handle),
            name: registry.name.into(),
            server: registry.server.into(),
            username: registry.username.into(),
            maxversions: registry.maxversions.into(),
            current_version: registry.currentversion.into(),
            billable: registry.billable.into(),
            currentversionid: registry.currentversionid.into(),
            managedbyresourceid: registry.managedbyresourceid.into(),
            managedbyresourcetype: registry.managedbyresourcetype.into(),
        }
    }
}
