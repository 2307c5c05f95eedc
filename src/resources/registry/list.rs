//! Every registry of the organisation, for a query.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{Registry, identity_of, import};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::Reported;
use crate::framework::list::{Found, Listed};
use crate::framework::model::Attr;
use crate::framework::provider::{Block, Call, ListResource};
use crate::framework::schema::Schema;
use crate::framework::value::Value;
use crate::resources::context::Context;

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
        call: &mut Call<Connection>,
        _: Value,
        found: &mut Found,
    ) -> Result<(), Reported> {
        let what = ("list", "the registries");
        let mut cx = Context::new(call, what, &Attr::Null)?;
        let listed = cx.client.registries(&cx.operation).await;
        let mut registries = cx.answer(listed)?;
        registries.sort_by(|a, b| a.handle.cmp(&b.handle));
        for registry in registries {
            let mut object = None;
            if found.wants_objects {
                cx.object = format!("registry \"{}\"", registry.handle);
                let adopted = import::adopt(cx.client, &cx.operation, &registry).await;
                object = Some(cx.answer(adopted)?.value);
            }
            let listed = Listed {
                identity: identity_of(cx.client, &registry.id),
                display_name: display_name(&registry),
                object,
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
