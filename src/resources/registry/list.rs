//! Every registry of the organisation, for a query.

use std::sync::LazyLock;

use super::{identity_of, import};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::Reported;
use crate::framework::list::{Found, Listed};
use crate::framework::model::Attr;
use crate::framework::provider::Call;
use crate::framework::schema::Schema;
use crate::resources::context::Context;

pub static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("Lists the registries of the organisation.", Vec::new()));

/// Hands over every one of them.
pub async fn list(call: &mut Call<Connection>, found: &mut Found) -> Result<(), Reported> {
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

/// The name alone may be shared by several registries, so that the handle stands behind it.
fn display_name(registry: &api::Registry) -> String {
    match &registry.name {
        Some(name) if *name != registry.handle => format!("{name} ({})", registry.handle),
        _ => registry.handle.clone(),
    }
}
