//! Organisations, projects and regions, and the proof that something is gone.

use serde_json::Value;
use tokio::time::Instant;

use crate::api::Client;
use crate::api::http::{Error, Kind, Operation, Result, path::path};
use crate::api::model::{Organisation, Project, Region, single};

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
        let (list, now) = (&self.0.cache.organisations, Instant::now());
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

    /// Reads one project. `None` only when it is proved to be gone.
    pub async fn project(&self, op: &Operation, id: &str) -> Result<Option<Project>> {
        let is_it = |project: &Project| project.id.eq_ignore_ascii_case(id);
        self.one_project(op, &["projects", id], is_it).await
    }

    /// Reads a project by its handle. `None` only when it is proved that no living project has it.
    pub async fn project_by_handle(&self, op: &Operation, handle: &str) -> Result<Option<Project>> {
        let is_it = |project: &Project| project.handle == handle;
        self.one_project(op, &["project", handle], is_it).await
    }

    async fn one_project(
        &self,
        op: &Operation,
        segments: &[&str],
        is_it: impl Fn(&Project) -> bool,
    ) -> Result<Option<Project>> {
        let parse = |value: &Value| Project::parse(value).filter(is_it);
        match self.one(op, self.path(segments)?, "project", parse).await {
            Ok(project) => Ok(Some(project)),
            Err(error) => self.proved_gone(op, error).await.map(|()| None),
        }
    }

    /// Lists the projects of the organisation.
    pub async fn projects(&self, op: &Operation) -> Result<Vec<Project>> {
        let path = self.path(&["projects"])?;
        self.list(op, path, "projects", Project::parse).await
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>> {
        let parse = |value: &Value| {
            let nested = value.get("region").filter(|region| region.is_object());
            Region::parse(nested.unwrap_or(value)).filter(|region| region.id == id)
        };
        match self.one(op, path(&["regions", id])?, "region", parse).await {
            Err(error) if *error.kind() == Kind::NotFound && error.own_form() => Ok(None),
            found => found.map(Some),
        }
    }

    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>> {
        let path = path(&["regions"])?;
        self.list(op, path, "regions", Region::parse).await
    }

    /// Reads the one thing of a kind that was asked for. An empty list, or null for a spent handle, is the API's other
    /// way to say 404.
    async fn one<T>(
        &self,
        op: &Operation,
        path: String,
        kind: &str,
        parse: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<T> {
        let answer = self.0.http.read(op, path).await?;
        match single(&answer.data, &format!("{kind}s")) {
            Value::Null => {
                let problem = format!("no {kind} is shown");
                Err(answer.unexpected(&problem).with_kind(Kind::NotFound))
            }
            value => parse(value).ok_or_else(|| {
                answer.unexpected(&format!("the {kind} that was asked for was expected"))
            }),
        }
    }
}
