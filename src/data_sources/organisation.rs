//! `bahriya_organisation`: the organisation that the provider is configured for.

use std::sync::LazyLock;

use super::lookup::{Asked, Lookup, shown};
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::object;
use crate::framework::schema::Schema;
use crate::framework::value::Value;

/// The data source.
pub static OWN: Lookup = Lookup {
    name: "bahriya_organisation",
    schema: LazyLock::new(|| {
        Schema::new(
            "Shows the organisation that the provider is configured for.",
            vec![
                shown("id", "The UUID of the organisation."),
                shown("name", "Its name."),
                shown("handle", "Its handle."),
                shown("email", "Its e-mail address."),
                shown("role", "The role of the token's owner in it."),
            ],
        )
    }),
    by: None,
    look: |asked| Box::pin(own(asked)),
};

async fn own(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let listed = asked.client.organisations(&asked.operation).await;
    let listed = asked.found("the organisation", listed)?;
    let id = asked.client.organisation();
    let mut listed = listed.into_iter();
    let found = listed.find(|one| one.id.eq_ignore_ascii_case(id));
    let one = found.ok_or_else(|| asked.error(findings::organisation_not_found(id)))?;
    Ok(object([
        ("id", one.id.into()),
        ("name", one.name.into()),
        ("handle", one.handle.into()),
        ("email", one.email.into()),
        ("role", one.role.into()),
    ]))
}
