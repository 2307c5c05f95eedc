//! Organisations, and the proof that something is gone.

use serde_json::Value;
use tokio::time::Instant;

use super::client::Client;
use super::envelope::{Fields, list};
use super::error::{Error, Kind};
use super::operation::Operation;
use super::path::path;

/// An organisation that the token sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its UUID.
    pub id: String,
    /// Its display name.
    pub name: Option<String>,
    /// Its handle.
    pub handle: Option<String>,
    /// Its e-mail address.
    pub email: Option<String>,
    /// The role that the token's owner has in it.
    pub role: Option<String>,
}

impl Organisation {
    fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id")?,
            name: fields.text("name"),
            handle: fields.text("handle"),
            email: fields.text("email"),
            role: fields.text("role"),
        })
    }
}

impl Client {
    /// Lists the organisations that the token sees.
    pub async fn organisations(&self, op: &Operation) -> Result<Vec<Organisation>, Error> {
        let answer = self.read(op, path(&["organisations"])?).await?;
        list(&answer.data, "organisations", Organisation::parse)
            .map_err(|problem| answer.unexpected(&problem))
    }

    /// Proves that a 404 below the organisation means "gone": the API itself said it, and the
    /// organisation is visible now, after that. Any other error, or a failed proof, is handed back.
    pub(super) async fn proved_gone(&self, op: &Operation, error: Error) -> Result<(), Error> {
        if *error.kind() != Kind::NotFound || !error.own_form() {
            return Err(error);
        }
        // Many things that are gone at once are proved by one list, asked for after the last 404.
        let organisations = self
            .known()
            .organisations
            .get(op, Some(Instant::now()), self.organisations(op))
            .await
            .map_err(|cause| {
                let kind = cause.kind().clone();
                let text = format!("the organisation could not be looked for: {cause}");
                error.clone().with_kind(kind).adding(&text)
            })?;
        if organisations
            .iter()
            .any(|organisation| organisation.id.eq_ignore_ascii_case(self.organisation()))
        {
            Ok(())
        } else {
            Err(error
                .with_kind(Kind::OrganisationNotVisible)
                .saying(self.organisation()))
        }
    }
}
