//! One link of a project and a registry: made, removed and remembered.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::schema::Model;
use crate::api::{Client, Detached};
use crate::findings;
use crate::fingerprint;
use crate::framework::diagnostics::Reported;
use crate::framework::model::{Attr, object};
use crate::framework::private;
use crate::framework::provider::Stored;
use crate::framework::value::Value;
use crate::resources::context::Context;
use crate::resources::home::Home;

/// The private data of an attachment.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Where it was seen last.
    #[serde(flatten)]
    pub home: Home,
    /// Tells it from another one of the same project and handle; random, made when it was attached or adopted.
    pub mark: Option<String>,
    /// Another object of the same link is to be deleted, and may take the link with it: it is made sure of.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub heir: bool,
    /// Its deletion was planned, and leaves the link to another object that has it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub stays: bool,
}

/// Whether two attachments are one link to the API, to which capitals mean nothing.
pub fn same_link(a: &Model, b: &Model) -> bool {
    let same = |a: &Attr<String>, b: &Attr<String>| match (a.known(), b.known()) {
        (Some(a), Some(b)) => a.eq_ignore_ascii_case(b),
        _ => a == b,
    };
    same(&a.project_id, &b.project_id) && same(&a.handle, &b.handle)
}

/// Makes a link, or takes one that is there; whether it was. No other object makes or removes the same one meanwhile.
pub async fn attach(cx: &mut Context<'_>, mut model: Model) -> Result<(Stored, bool), Reported> {
    (cx.verb, cx.object) = ("create", name_of(&model));
    let (project, handle) = ends(&model, cx)?;
    // Asked for before anything is written.
    let Some(mark) = fingerprint::random() else {
        return Err(cx.error(findings::no_randomness(&cx.object)));
    };
    let link = cx.connection.walk.link(project, handle);
    let mut last = link.lock().await;
    let attached = cx.client.attach(&cx.operation, project, handle).await;
    let attached = cx.answer(attached)?;
    *last = Some(mark);
    model.id = Attr::Known(format!("{project}:{handle}"));
    model.join_id = attached.join_id.into();
    Ok((stored(cx.client, model, last.clone()), attached.adopted))
}

/// Removes the link of an object, unless another object has taken it over.
pub async fn detach(
    cx: &mut Context<'_>,
    model: &Model,
    mark: Option<&str>,
) -> Result<Detached, Reported> {
    (cx.verb, cx.object) = ("delete", name_of(model));
    let (project, handle) = ends(model, cx)?;
    let link = cx.connection.walk.link(project, handle);
    let turn = || {
        let (link, mark) = (Arc::clone(&link), mark.map(str::to_owned));
        async move {
            let last = link.lock_owned().await;
            (last.is_none() || *last == mark).then_some(last)
        }
    };
    let detached = cx.client.detach(&cx.operation, project, handle, turn).await;
    cx.answer(detached)
}

/// The project and the handle. A state without one of them was edited by hand.
pub fn ends<'a>(model: &'a Model, cx: &mut Context<'_>) -> Result<(&'a str, &'a str), Reported> {
    match (model.project_id.known(), model.handle.known()) {
        (Some(project), Some(handle)) => Ok((project, handle)),
        _ => Err(cx.error(findings::attachment_incomplete(&cx.object))),
    }
}

/// An attachment as it is stored.
pub fn stored(client: &Client, model: Model, mark: Option<String>) -> Stored {
    let identity = match (model.project_id.known(), model.handle.known()) {
        (Some(project), Some(handle)) => object([
            ("organisation_id", client.organisation().into()),
            ("project_id", project.as_str().into()),
            ("handle", handle.as_str().into()),
        ]),
        _ => Value::Null,
    };
    Stored {
        identity,
        value: model.into(),
        private: private::encode(&Memory {
            home: Home::of(client),
            mark,
            ..Memory::default()
        }),
    }
}

/// What an attachment is called in messages.
pub fn name_of(model: &Model) -> String {
    let or_unknown = |part: &Attr<String>| part.known().cloned().unwrap_or_else(|| "?".to_owned());
    format!(
        "attachment of registry \"{}\" to project {}",
        or_unknown(&model.handle),
        or_unknown(&model.project_id)
    )
}
