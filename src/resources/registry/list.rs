//! Every registry of the organisation, for a query.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{Registry, import};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::list::{Found, ListRequest, ListResource, Listed};
use crate::framework::model::object;
use crate::framework::provider::{Block, Call};
use crate::framework::schema::Schema;
use crate::resources::report;
use crate::resources::timeouts;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("Lists the registries of the organisation.", Vec::new()));

/// The list.
pub struct Registries;

impl Block for Registries {
    fn type_name(&self) -> &'static str {
        Registry.type_name()
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl ListResource<Connection> for Registries {
    async fn list(
        &self,
        call: &Call<Connection>,
        request: ListRequest,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let listed = client.registries(&operation).await;
        let mut registries = listed
            .map_err(|error| report::failed("list", "the registries", &error, diagnostics))?;
        registries.sort_by(|a, b| a.handle.cmp(&b.handle));
        for registry in registries {
            let mut whole = None;
            if request.objects {
                let adopted = import::adopt(client, &operation, &registry).await;
                let stored = adopted.map_err(|error| {
                    let name = format!("registry \"{}\"", registry.handle);
                    report::failed("list", &name, &error, diagnostics)
                })?;
                whole = Some(stored.value);
            }
            let listed = Listed {
                identity: object([
                    ("organisation_id", client.organisation().into()),
                    ("id", registry.id.as_str().into()),
                ]),
                display_name: display_name(&registry),
                object: whole,
            };
            if found.hand(listed).await.is_break() {
                break;
            }
        }
        Ok(())
    }
}

/// The name alone may be shared by several registries, so that the handle stands behind it.
fn display_name(registry: &api::Registry) -> String {
    match &registry.name {
        Some(name) if *name != registry.handle => format!("{name} ({})", registry.handle),
        _ => registry.handle.clone(),
    }
}
