//! Projects.

use serde_json::Value;

use crate::api::Client;
use crate::api::http::{Kind, Operation, Result};
use crate::api::model::{Project, single};

impl Client {
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

    /// Lists the projects of the organisation.
    pub async fn projects(&self, op: &Operation) -> Result<Vec<Project>> {
        let path = self.path(&["projects"])?;
        self.list(op, path, "projects", Project::parse).await
    }

    async fn one_project(
        &self,
        op: &Operation,
        segments: &[&str],
        is_it: impl Fn(&Project) -> bool,
    ) -> Result<Option<Project>> {
        let gone = match self.http().read(op, self.path(segments)?).await {
            Ok(answer) => match single(&answer.data, "projects") {
                // An empty list, or null for a spent handle, is the API's other way to say 404.
                Value::Null => {
                    let problem = "no project is shown";
                    answer.unexpected(problem).with_kind(Kind::NotFound)
                }
                value => {
                    let project = Project::parse(value).filter(is_it);
                    let problem = "the project that was asked for was expected";
                    return project.map(Some).ok_or_else(|| answer.unexpected(problem));
                }
            },
            Err(error) => error,
        };
        self.proved_gone(op, gone).await.map(|()| None)
    }
}
