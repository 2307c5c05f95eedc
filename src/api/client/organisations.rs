//! Organisations, and the proof that something is gone.

use tokio::time::Instant;

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::path::path;
use crate::api::model::organisation::Organisation;

impl Client {
    /// Lists the organisations that the token sees.
    pub async fn organisations(&self, op: &Operation) -> Result<Vec<Organisation>, Error> {
        let path = path(&["organisations"])?;
        self.list(op, path, "organisations", Organisation::parse)
            .await
    }

    /// Proves that a 404 below the organisation means "gone": the API itself said it, and the
    /// organisation is visible now, after that. Any other error, or a failed proof, is handed back.
    pub(in crate::api) async fn proved_gone(
        &self,
        op: &Operation,
        error: Error,
    ) -> Result<(), Error> {
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
