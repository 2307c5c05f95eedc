//! Projects.

use serde_json::Value;

use super::client::Client;
use super::envelope::{Fields, list};
use super::error::{Error, Kind};
use super::operation::Operation;
use super::retry::Answer;

/// A project. Everything but `id` and `handle` may be missing from an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    /// Its UUID.
    pub id: String,
    /// Its handle.
    pub handle: String,
    /// Its display name.
    pub name: Option<String>,
    /// The regions it runs in.
    pub regions: Option<Vec<String>>,
    /// The ids of its users.
    pub users: Option<Vec<String>>,
    /// The id of its organisation.
    pub organisation: Option<String>,
}

impl Project {
    fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        Some(Self {
            id: fields.id("id")?,
            handle: fields.id("handle")?,
            name: fields.text("name"),
            regions: fields.texts("regions"),
            users: fields.texts("users"),
            organisation: fields.id("organisation"),
        })
    }
}

impl Client {
    /// Reads one project. `None` only when it is proved to be gone.
    pub async fn project(&self, op: &Operation, id: &str) -> Result<Option<Project>, Error> {
        self.one_project(op, &["projects", id]).await
    }

    /// Reads a project by its handle. `None` only when it is proved that no living project has it.
    pub async fn project_by_handle(
        &self,
        op: &Operation,
        handle: &str,
    ) -> Result<Option<Project>, Error> {
        self.one_project(op, &["project", handle]).await
    }

    /// Lists the projects of the organisation.
    pub async fn projects(&self, op: &Operation) -> Result<Vec<Project>, Error> {
        let answer = self.read(op, self.path(&["projects"])?).await?;
        list(&answer.data, "projects", Project::parse)
            .map_err(|problem| answer.unexpected(&problem))
    }

    async fn one_project(
        &self,
        op: &Operation,
        segments: &[&str],
    ) -> Result<Option<Project>, Error> {
        let gone = match self.read(op, self.path(segments)?).await {
            Ok(answer) => match parse(&answer)? {
                Some(project) => return Ok(Some(project)),
                // An empty list, or null for a spent handle, is the API's other way to say 404.
                None => answer
                    .unexpected("no project is shown")
                    .with_kind(Kind::NotFound),
            },
            Err(error) => error,
        };
        self.proved_gone(op, gone).await.map(|()| None)
    }
}

/// A single project comes in a list; a bare one is taken as well.
fn parse(answer: &Answer) -> Result<Option<Project>, Error> {
    let value = match answer.data.get("projects").and_then(Value::as_array) {
        Some(list) => match list.first() {
            Some(first) => first,
            None => return Ok(None),
        },
        None if answer.data.is_null() => return Ok(None),
        None => &answer.data,
    };
    Project::parse(value)
        .map(Some)
        .ok_or_else(|| answer.unexpected("a project with `id` and `handle` was expected"))
}
