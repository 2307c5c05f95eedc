//! Where an object lives, and the proof that it lives no more. Forgetting what exists costs a handle, so that an
//! absence is believed only if everything there is to ask agrees.

use serde::{Deserialize, Serialize};

use crate::api::{Client, HandleState, Operation};
use crate::findings;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::value::Value;
use crate::resources::report;

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
    pub fn same_organisation(
        &self,
        client: &Client,
        on: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        match &self.organisation {
            Some(recorded) if !recorded.eq_ignore_ascii_case(client.organisation()) => {
                let configured = client.organisation();
                Err(diagnostics.error(findings::other_organisation(on, recorded, configured)))
            }
            _ => Ok(()),
        }
    }

    /// Who has the handle of an object that was not found. An answer comes only from where the object was seen; a
    /// handle that is free contradicts that there was a registry.
    pub async fn who_has(
        &self,
        client: &Client,
        operation: &Operation,
        handle: Option<&str>,
        name: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<HandleState, Reported> {
        let mut unproved = |why: String| diagnostics.error(findings::absence_not_proved(name, why));
        if self.organisation.is_none() {
            return Err(unproved(format!(
                "Nothing in the state says to which organisation it belongs, so that it may be another one than {}.",
                client.organisation()
            )));
        }
        if let Some(base_url) = &self.base_url
            && base_url != client.base_url()
        {
            return Err(unproved(format!(
                "It was last seen at {base_url}, and the provider is configured for {}.",
                client.base_url()
            )));
        }
        let Some(handle) = handle else {
            return Err(unproved("Its handle is not in the state.".to_owned()));
        };
        match client.registry_by_handle(operation, handle).await {
            Ok(HandleState::Free) => Err(unproved(format!(
                "The API says that the handle \"{handle}\" was never used, and a handle is spent by deletion: its answers \
                 are not those of the API that has the registry, or not up to date, or the token does not see it any more."
            ))),
            Ok(found) => Ok(found),
            Err(error) => Err(report::failed("look for", name, &error, diagnostics)),
        }
    }
}
