//! Every registry of the organisation, for a query.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{Registry, import};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::list::{Found, ListRequest, ListResource, Listed};
use crate::framework::model::object;
use crate::framework::provider::Call;
use crate::framework::schema::Schema;
use crate::resources::report;
use crate::resources::timeouts;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("Lists the registries of the organisation.", Vec::new()));

#[async_trait]
impl ListResource<Connection> for Registry {
    fn type_name(&self) -> &'static str {
        "bahriya_registry"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    async fn list(
        &self,
        call: &Call<Connection>,
        request: ListRequest,
        found: &mut Found,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let mut registries = match client.registries(&operation).await {
            Ok(registries) => registries,
            Err(error) => {
                return Err(report::failed(
                    "list",
                    "the registries",
                    &error,
                    diagnostics,
                ));
            }
        };
        registries.sort_by(|a, b| a.handle.cmp(&b.handle));
        for registry in registries {
            let whole = if request.objects {
                match import::adopt(client, &operation, &registry).await {
                    Ok(stored) => Some(stored.value),
                    Err(error) => {
                        let name = format!("registry \"{}\"", registry.handle);
                        return Err(report::failed("list", &name, &error, diagnostics));
                    }
                }
            } else {
                None
            };
            let listed = Listed {
                identity: object([
                    ("organisation_id", client.organisation().into()),
                    ("id", registry.id.as_str().into()),
                ]),
                display_name: display_name(&registry),
                object: whole,
            };
            if found.hand(listed).await.is_break() {
                return Ok(());
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
