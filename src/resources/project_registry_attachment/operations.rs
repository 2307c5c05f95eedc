//! Attaching, looking and detaching.

use serde::{Deserialize, Serialize};

use super::schema::Model;
use super::{identity_of, name_of};
use crate::connection::{Api, Connection};
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::Attr;
use crate::framework::private;
use crate::framework::provider::{Call, Looked, Stored};
use crate::resources::report;
use crate::resources::timeouts;

/// The private data of an attachment.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The organisation it belongs to.
    pub organisation: Option<String>,
}

/// Attaches. A link that exists already becomes the managed one.
pub async fn create(
    call: &Call<Connection>,
    mut model: Model,
    diagnostics: &mut Diagnostics,
) -> Result<Stored, Reported> {
    let client = call.connection.client(diagnostics)?;
    let (project, handle) = link_of(&model, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.create);
    let name = name_of(&model);
    match client.attach(&operation, project, handle).await {
        Ok(attached) => {
            if attached.adopted {
                diagnostics.warning(
                    format!("The {name} existed already"),
                    "Nothing was changed: Terraform manages the existing link from now on, and removes it on destroy.",
                );
            }
            model.id = Attr::Known(format!("{project}:{handle}"));
            model.join_id = attached.join_id.into();
            Ok(stored(client, model))
        }
        Err(error) => Err(report::failed("create", &name, &error, diagnostics)),
    }
}

/// Looks for the link in the project's list.
pub async fn read(
    call: &Call<Connection>,
    current: Stored,
    diagnostics: &mut Diagnostics,
) -> Result<Looked, Reported> {
    let client = match &call.connection.api {
        Api::Ready(client) => client,
        Api::Undecided(arguments) => {
            report::not_refreshed(arguments, diagnostics);
            return Ok(Looked::There(current));
        }
    };
    let mut model = Model::from(&current.value);
    let name = name_of(&model);
    let memory: Memory = private::decode(&current.private);
    report::same_organisation(memory.organisation.as_deref(), client, &name, diagnostics)?;
    let (project, handle) = link_of(&model, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.read);
    match client
        .refreshed_attachment(&operation, project, handle)
        .await
    {
        Ok(Some(attachment)) => {
            model.id = Attr::Known(format!("{project}:{handle}"));
            if attachment.join_id.is_some() {
                model.join_id = attachment.join_id.into();
            }
            Ok(Looked::There(stored(client, model)))
        }
        Ok(None) => {
            diagnostics.warning(
                format!("The {name} is gone"),
                "It was detached outside Terraform. The plan attaches it again while it is configured.",
            );
            Ok(Looked::Gone)
        }
        Err(error) => Err(report::failed("read", &name, &error, diagnostics)),
    }
}

/// Detaches, after waiting for containers that still reference the registry.
pub async fn delete(
    call: &Call<Connection>,
    model: &Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) -> Result<(), Reported> {
    let name = name_of(model);
    let (project, handle) = link_of(model, diagnostics)?;
    let client = call.connection.client(diagnostics)?;
    report::same_organisation(memory.organisation.as_deref(), client, &name, diagnostics)?;
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.delete);
    client
        .detach(&operation, project, handle)
        .await
        .map_err(|error| report::failed("delete", &name, &error, diagnostics))
}

/// The two ends of a link. A state without one of them was edited by hand.
fn link_of<'a>(
    model: &'a Model,
    diagnostics: &mut Diagnostics,
) -> Result<(&'a str, &'a str), Reported> {
    match (model.project_id.known(), model.handle.known()) {
        (Some(project), Some(handle)) => Ok((project, handle)),
        _ => Err(diagnostics.error(
            format!("The {} is incomplete", name_of(model)),
            "The state lacks its project_id or its handle. Remove it with terraform state rm, then import it \
             by {project_id}:{handle}.",
        )),
    }
}

/// An attachment as it is stored.
pub fn stored(client: &crate::api::Client, model: Model) -> Stored {
    Stored {
        identity: identity_of(client, &model),
        value: model.into(),
        private: private::encode(&Memory {
            organisation: Some(client.organisation().to_owned()),
        }),
    }
}
