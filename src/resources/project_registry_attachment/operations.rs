//! Attaching, looking and detaching.

use serde::{Deserialize, Serialize};

use super::schema::Model;
use super::{identity_of, name_of};
use crate::connection::Connection;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::model::Attr;
use crate::framework::private;
use crate::framework::provider::{Call, Stored};
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
) -> Option<Stored> {
    let client = call.connection.client(diagnostics)?;
    let (project, handle) = model.project_id.known().zip(model.handle.known())?;
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
            Some(stored(client, model))
        }
        Err(error) => {
            report::failed("create", &name, &error, diagnostics);
            None
        }
    }
}

/// Looks for the link in the project's list. `None` without an error means that it is proved to be gone.
pub async fn read(
    call: &Call<Connection>,
    current: Stored,
    diagnostics: &mut Diagnostics,
) -> Option<Stored> {
    let client = match &*call.connection {
        Connection::Ready(client) => client,
        Connection::Undecided(arguments) => {
            report::not_refreshed(arguments, diagnostics);
            return Some(current);
        }
    };
    let mut model = Model::from(&current.value);
    let name = name_of(&model);
    let memory: Memory = private::decode(&current.private);
    if !report::same_organisation(memory.organisation.as_deref(), client, &name, diagnostics) {
        return Some(current);
    }
    let (Some(project), Some(handle)) = (model.project_id.known(), model.handle.known()) else {
        return Some(current);
    };
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
            Some(stored(client, model))
        }
        Ok(None) => {
            diagnostics.warning(
                format!("The {name} is gone"),
                "It was detached outside Terraform. The plan attaches it again while it is configured.",
            );
            None
        }
        Err(error) => {
            report::failed("read", &name, &error, diagnostics);
            Some(current)
        }
    }
}

/// Detaches, after waiting for containers that still reference the registry.
pub async fn delete(
    call: &Call<Connection>,
    model: &Model,
    memory: &Memory,
    diagnostics: &mut Diagnostics,
) {
    let name = name_of(model);
    let (Some(project), Some(handle)) = (model.project_id.known(), model.handle.known()) else {
        return;
    };
    let Some(client) = call.connection.client(diagnostics) else {
        return;
    };
    if !report::same_organisation(memory.organisation.as_deref(), client, &name, diagnostics) {
        return;
    }
    let operation = timeouts::operation(call, &model.timeouts, |timeouts| &timeouts.delete);
    if let Err(error) = client.detach(&operation, project, handle).await {
        report::failed("delete", &name, &error, diagnostics);
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
