//! Where an object lives, and the proof that it lives no more. Forgetting what exists costs a handle, so that an
//! absence is believed only if everything there is to ask agrees.

use serde::{Deserialize, Serialize};

use super::api_errors;
use super::context::Context;
use crate::api::{Client, HandleState};
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::Attr;
use crate::framework::schema::{Attribute, Mode};
use crate::framework::value::Value;

/// The part of every identity that says where the object lives.
pub fn identity_attribute() -> Attribute {
    Attribute::string(
        "organisation_id",
        Mode::Optional,
        "The UUID of the organisation; the provider's own if left out.",
    )
}

/// Where an object was seen last.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Home {
    /// The organisation it belongs to.
    pub organisation: Option<String>,
    /// The address of the API that showed it.
    pub base_url: Option<String>,
}

impl Home {
    /// Where a client sees things.
    pub fn of(client: &Client) -> Self {
        Self {
            organisation: Some(client.organisation().to_owned()),
            base_url: Some(client.base_url().to_owned()),
        }
    }

    /// Where the official provider's early versions say that an object is, which they stored as this JSON.
    pub fn official(stored: &[u8]) -> Option<Self> {
        let stored: serde_json::Value = serde_json::from_slice(stored).ok()?;
        Some(Self {
            organisation: Some(stored["organisation"].as_str()?.to_owned()),
            base_url: None,
        })
    }

    /// The same, with the organisation that an identity names where nothing else is remembered.
    #[must_use]
    pub fn or_of(mut self, identity: &Value) -> Self {
        let named = || Attr::read(identity, "organisation_id").known().cloned();
        self.organisation = self.organisation.or_else(named);
        self
    }

    /// Makes sure that the object belongs to the configured organisation. Looked for in another one, every object
    /// would seem to be gone, and be created again there.
    pub fn same_organisation(&self, cx: &mut Context<'_>) -> Result<(), Reported> {
        match &self.organisation {
            Some(recorded) if !recorded.eq_ignore_ascii_case(cx.client.organisation()) => {
                let configured = cx.client.organisation();
                let found = findings::other_organisation(&cx.object, recorded, configured);
                Err(cx.error(found))
            }
            _ => Ok(()),
        }
    }

    /// Who has the handle of an object that was not found. An answer comes only from where the object was seen; a
    /// handle that is free contradicts that there was a registry.
    pub async fn who_has(
        &self,
        handle: Option<&str>,
        cx: &mut Context<'_>,
    ) -> Result<HandleState, Reported> {
        let client = cx.client;
        let why = match (&self.organisation, &self.base_url, handle) {
            (None, ..) => format!(
                "Nothing in the state says to which organisation it belongs, so that it may be another one than {}.",
                client.organisation()
            ),
            (_, Some(base_url), _) if base_url != client.base_url() => format!(
                "It was last seen at {base_url}, and the provider is configured for {}.",
                client.base_url()
            ),
            (.., None) => "Its handle is not in the state.".to_owned(),
            (.., Some(handle)) => match client.registry_by_handle(&cx.operation, handle).await {
                Ok(HandleState::Free) => format!(
                    "The API says that the handle \"{handle}\" was never used, and a handle is spent by deletion: its \
                     answers are not those of the API that has the registry, or not up to date, or the token does not \
                     see it any more."
                ),
                Ok(found) => return Ok(found),
                Err(error) => {
                    return Err(cx.error(api_errors::failure("look for", &cx.object, &error, "")));
                }
            },
        };
        Err(cx.error(findings::absence_not_proved(&cx.object, why)))
    }
}
