//! Registries attached to projects.

use std::sync::Arc;

use reqwest::Method;
use tokio::time::Instant;

use crate::api::Client;
use crate::api::http::{Delays, Error, Kind, Look, Operation, Repeat, Request, Result, Write};
use crate::api::model::{Attachment, Project, id};

/// What [`Client::attach`] found or made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// The id of the link, where shown.
    pub join_id: Option<String>,
    /// The link existed before.
    pub adopted: bool,
}

/// What [`Client::detach`] came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detached {
    /// There was a link, and there is none any more.
    Done,
    /// There was none.
    Absent,
    /// Another object has taken the link over, so it was kept.
    Kept,
}

impl Client {
    /// Attaches a registry to a project, or takes the link that is there. After a lost
    /// answer the list tells whether the link was made.
    pub async fn attach(&self, op: &Operation, project: &str, handle: &str) -> Result<Attached> {
        let request = Request::new(Method::POST, self.link(project, handle)?);
        let write = Write {
            request: &request,
            repeat: Repeat::UniqueKey,
            told: |answer| Some(id(&answer.data)),
            find: |op: Operation| async move {
                Ok(match self.attachment(&op, project, handle).await? {
                    Some(found) => Look::Found(found.join_id),
                    None => Look::Absent,
                })
            },
        };
        let written = self.0.http.write(op, write);
        let error = match self.0.cache.attachments(project).outdated_by(written).await {
            Ok((join_id, _)) => {
                return Ok(Attached {
                    join_id,
                    adopted: false,
                });
            }
            Err(error) => error,
        };
        match error.kind() {
            Kind::NotFound => Err(self.missing(op, project, handle, error).await),
            // How the API answers for a link that is there already is not known. The list tells.
            Kind::Conflict | Kind::Refused => match self.attachment(op, project, handle).await {
                Ok(Some(found)) => Ok(Attached {
                    join_id: found.join_id,
                    adopted: true,
                }),
                _ => Err(error),
            },
            _ => Err(error),
        }
    }

    /// Detaches a registry. While a container still references it, this waits until the deadline, then
    /// answers [`Kind::StillReferenced`]. Each attempt has a turn of its own; without one the link is kept.
    pub async fn detach<Turn, T>(
        &self,
        op: &Operation,
        project: &str,
        handle: &str,
        turn: impl Fn() -> Turn,
    ) -> Result<Detached>
    where
        Turn: Future<Output = Option<T>>,
    {
        let request = Request::new(Method::DELETE, self.link(project, handle)?);
        let gone = |op: Operation| async move {
            let found = self.attachment(&op, project, handle).await?;
            Ok(found.is_none())
        };
        let mut delays = Delays::default();
        loop {
            let Some(turn) = turn().await else {
                return Ok(Detached::Kept);
            };
            let change = self.0.http.change(op, &request, gone);
            let detached = self.0.cache.attachments(project).outdated_by(change).await;
            let Err(error) = detached else {
                return Ok(Detached::Done);
            };
            if !matches!(
                error.kind(),
                Kind::Conflict | Kind::NotFound | Kind::Refused
            ) {
                return Err(error);
            }
            if !error.message().contains("still references") {
                return match self.attachment(op, project, handle).await {
                    Ok(None) => Ok(Detached::Absent),
                    _ => Err(error),
                };
            }
            drop(turn);
            if let Err(stop) = op.back_off(&mut delays).await {
                let container = container_in(error.message());
                return Err(error.with_kind(match stop.kind() {
                    Kind::Cancelled => Kind::Cancelled,
                    _ => Kind::StillReferenced { container },
                }));
            }
        }
    }

    /// The registries of a project; `None` when the project is proved to be gone.
    pub async fn attachments(
        &self,
        op: &Operation,
        project: &str,
    ) -> Result<Option<Vec<Attachment>>> {
        let path = self.path(&["projects", project, "attachments"])?;
        match self.list(op, path, "registries", Attachment::parse).await {
            Err(error) if *error.kind() == Kind::NotFound => match self.project(op, project).await?
            {
                None => Ok(None),
                Some(_) => {
                    Err(error.adding("the project is there, but its list of attachments is not"))
                }
            },
            listed => listed.map(Some),
        }
    }

    /// The projects that have a registry, by the kept lists of all projects.
    pub async fn projects_with(&self, op: &Operation, handle: &str) -> Result<Vec<Project>> {
        let mut with = Vec::new();
        for project in self.projects(op).await? {
            let kept = self.kept_attachments(op, &project.id, None).await?;
            if kept.iter().flatten().any(|one| one.is_of(handle)) {
                with.push(project);
            }
        }
        Ok(with)
    }

    /// One attachment, for a refresh: all callers share one list per project, kept for 60 s or until a
    /// write of ours in that project. `None` only after a fresh list (or when the project is proved to be gone).
    pub async fn refreshed_attachment(
        &self,
        op: &Operation,
        project: &str,
        handle: &str,
    ) -> Result<Option<Attachment>> {
        let asked = Instant::now();
        for since in [None, Some(asked)] {
            let list = self.kept_attachments(op, project, since).await?;
            let found = list.iter().flatten().find(|item| item.is_of(handle));
            if let Some(found) = found {
                return Ok(Some(found.clone()));
            }
        }
        Ok(None)
    }

    /// The list that refreshes share, asked for since `since` if that is given.
    async fn kept_attachments(
        &self,
        op: &Operation,
        project: &str,
        since: Option<Instant>,
    ) -> Result<Arc<Option<Vec<Attachment>>>> {
        let kept = self.0.cache.attachments(project);
        kept.get(op, since, self.attachments(op, project)).await
    }

    /// One attachment, from a list of its own.
    async fn attachment(
        &self,
        op: &Operation,
        project: &str,
        handle: &str,
    ) -> Result<Option<Attachment>> {
        let list = self.attachments(op, project).await?.unwrap_or_default();
        Ok(list.into_iter().find(|item| item.is_of(handle)))
    }

    fn link(&self, project: &str, handle: &str) -> Result<String> {
        self.path(&["projects", project, "attach", "registries", handle])
    }

    /// Says which of the two that an attachment needs is missing.
    async fn missing(&self, op: &Operation, project: &str, handle: &str, error: Error) -> Error {
        let what = match self.project(op, project).await {
            Ok(None) => format!("there is no project {project}"),
            Ok(Some(_)) => format!("there is no registry with the handle {handle:?}"),
            Err(_) => return error,
        };
        error.adding(&what).with_unknown(false)
    }
}

/// "… from project: container 'web' still references it. …"
fn container_in(text: &str) -> Option<String> {
    let (before, _) = text.split_once("' still references")?;
    let (_, name) = before.rsplit_once("container '")?;
    Some(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_container_is_found_in_the_text() {
        let text = "Cannot detach registry 'h' from project: container 'web' still references it. Detach from the \
                    container first or update the container to remove the reference.";
        assert_eq!(container_in(text).as_deref(), Some("web"));
        assert_eq!(container_in("a container still references it"), None);
    }
}
