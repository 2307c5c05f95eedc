//! Registries: looking.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use serde_json::Value;

use crate::api::Client;
use crate::api::http::{Answer, Delays, Error, Kind, Operation, Result};
use crate::api::model::{Registry, single};

/// What has a handle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandleState {
    /// Nothing.
    Free,
    /// A registry that was deleted: the handle cannot be used again.
    Burned,
    /// This registry.
    Alive(Box<Registry>),
}

impl Client {
    /// Reads one registry. `None` only when it is proved to be gone: the API itself says so, and the
    /// organisation is still visible.
    pub async fn registry(&self, op: &Operation, id: &str) -> Result<Option<Registry>> {
        match self.0.http.read(op, self.path(&["registries", id])?).await {
            Ok(answer) => parse(&answer, id).map(Some),
            Err(error) => self.proved_gone(op, error).await.map(|()| None),
        }
    }

    /// Reads a registry after a write until `expected` holds for it, or until the bounds of the read-back (see
    /// [`Operation::after_write`]), and answers what was seen last. The caller judges whether that is what it wrote.
    pub async fn registry_after_write(
        &self,
        bounds: &Operation,
        id: &str,
        expected: impl Fn(&Registry) -> bool,
    ) -> Result<Registry> {
        let mut delays = Delays::default();
        let mut last = Err(Error::new(Kind::NotFound));
        loop {
            let path = self.path(&["registries", id])?;
            let read = self.0.http.read(bounds, path).await;
            match read.and_then(|answer| parse(&answer, id)) {
                Ok(registry) if expected(&registry) => return Ok(registry),
                // Not to be found yet is one of the ways to lag behind.
                Err(error) if *error.kind() != Kind::NotFound => return last.or(Err(error)),
                Err(error) => last = last.or(Err(error)),
                seen => last = seen,
            }
            if bounds.back_off(&mut delays).await.is_err() {
                return last;
            }
        }
    }

    /// Reads one registry for a refresh: all callers share one list, kept for 60 s or until a write of
    /// ours. `None` as in [`Client::registry`].
    pub async fn refreshed_registry(&self, op: &Operation, id: &str) -> Result<Option<Registry>> {
        let cache = &self.0.cache;
        if !cache.no_registry_list.load(Ordering::Relaxed) {
            let fetch = async {
                let path = self.path(&["registries"])?;
                let listed = self.list(op, path, "registries", Registry::parse_whole);
                let registries = listed.await?;
                let by_id = registries.into_iter().map(|one| (one.id.clone(), one));
                Ok(by_id.collect::<HashMap<_, _>>())
            };
            match cache.registries.get(op, None, fetch).await {
                Ok(registries) => {
                    if let Some(registry) = registries.get(id) {
                        return Ok(Some(registry.clone()));
                    }
                }
                // The list is an assumption about the API. Where it does not hold, single reads do.
                Err(error) if !list_assumed_wrongly(&error) => return Err(error),
                Err(_) => cache.no_registry_list.store(true, Ordering::Relaxed),
            }
        }
        self.registry(op, id).await
    }

    /// Finds out what has a handle.
    pub async fn registry_by_handle(&self, op: &Operation, handle: &str) -> Result<HandleState> {
        match self.look_up(op, handle).await {
            Err(error) => {
                self.proved_gone(op, error).await?;
                Ok(HandleState::Free)
            }
            found => found,
        }
    }

    /// What has a handle. That nothing has it is an error still, the API's 404.
    pub(super) async fn look_up(&self, op: &Operation, handle: &str) -> Result<HandleState> {
        let path = self.path(&["registry", handle])?;
        let answer = self.0.http.read(op, path).await?;
        let registry = match &answer.data {
            Value::Null => return Ok(HandleState::Burned),
            Value::String(id) => match self.registry(op, id).await? {
                Some(registry) => registry,
                None => return Ok(HandleState::Burned),
            },
            _ => any(&answer)?,
        };
        if registry.handle != handle {
            return Err(answer.unexpected("the registry in the answer has another handle"));
        }
        Ok(HandleState::Alive(Box::new(registry)))
    }

    /// Lists the registries of the organisation.
    pub async fn registries(&self, op: &Operation) -> Result<Vec<Registry>> {
        let path = self.path(&["registries"])?;
        self.list(op, path, "registries", Registry::parse).await
    }
}

/// A registry, flat as the API shows it, or wrapped in a list as it shows projects.
fn any(answer: &Answer) -> Result<Registry> {
    Registry::parse(single(&answer.data, "registries"))
        .ok_or_else(|| answer.unexpected("a registry with `id` and `handle` was expected"))
}

/// The registry that was asked for.
fn parse(answer: &Answer, id: &str) -> Result<Registry> {
    let registry = any(answer)?;
    if !registry.id.eq_ignore_ascii_case(id) {
        return Err(answer.unexpected("the registry in the answer is another than was asked for"));
    }
    Ok(registry)
}

/// Whether an error says that there is no such list, rather than that it cannot be had now.
fn list_assumed_wrongly(error: &Error) -> bool {
    matches!(
        error.kind(),
        Kind::UnexpectedAnswer
            | Kind::NotFound
            | Kind::Forbidden
            | Kind::Refused
            | Kind::WrongAddress
    )
}
