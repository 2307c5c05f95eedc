//! `bahriya_organisation`: the organisation that the provider is configured for.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::lookup::{Lookup, attributes};
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::schema::{Attribute, Schema, computed};
use crate::resources::context::Context;

/// The data source.
pub static OWN: Lookup = Lookup {
    name: "bahriya_organisation",
    schema: LazyLock::new(|| {
        Schema::new(
            "Shows the organisation that the provider is configured for.",
            attributes(Vec::new(), shown()),
        )
    }),
    by: None,
    find: |cx, _| Box::pin(own(cx)),
};

fn shown() -> Vec<Attribute> {
    computed! {
        string id: "The UUID of the organisation.";
        string name: "Its name.";
        string handle: "Its handle.";
        string email: "Its e-mail address.";
        string role: "The role of the token's owner in it.";
    }
}

async fn own(mut cx: Context<'_>) -> Result<Json, Reported> {
    cx.object = "the organisation".to_owned();
    let listed = cx.client.organisations(&cx.operation).await;
    let listed = cx.answer(listed)?;
    let id = cx.client.organisation();
    let mut listed = listed.iter();
    let found = listed.find(|one| one.id.eq_ignore_ascii_case(id));
    let found = found.ok_or_else(|| cx.error(findings::organisation_not_found(id)))?;
    Ok(json!(found))
}
