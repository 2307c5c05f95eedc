//! Organisations, and the proof that something is gone.

use tokio::time::Instant;

use crate::api::Client;
use crate::api::http::{Error, Kind, Operation, Result, path::path};
use crate::api::model::Organisation;

impl Client {
    /// Lists the organisations that the token sees.
    pub async fn organisations(&self, op: &Operation) -> Result<Vec<Organisation>> {
        let path = path(&["organisations"])?;
        self.list(op, path, "organisations", Organisation::parse)
            .await
    }

    /// Proves that a 404 below the organisation means "gone": the API itself said it, and the
    /// organisation is visible now, after that. Any other error, or a failed proof, is handed back.
    pub(in crate::api) async fn proved_gone(&self, op: &Operation, error: Error) -> Result<()> {
        if *error.kind() != Kind::NotFound || !error.own_form() {
            return Err(error);
        }
        // Many things that are gone at once are proved by one list, asked for after the last 404.
        let (list, now) = (&self.cache().organisations, Instant::now());
        let organisations = list.get(op, Some(now), self.organisations(op)).await;
        let organisations = organisations.map_err(|cause| {
            let text = format!("the organisation could not be looked for: {cause}");
            error.clone().with_kind(cause.kind().clone()).adding(&text)
        })?;
        let is_ours = |one: &Organisation| one.id.eq_ignore_ascii_case(self.organisation());
        if organisations.iter().any(is_ours) {
            return Ok(());
        }
        Err(error
            .with_kind(Kind::OrganisationNotVisible)
            .saying(self.organisation()))
    }
}
