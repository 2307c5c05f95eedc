//! Projects.

use crate::api::Client;
use crate::api::http::error::{Error, Kind};
use crate::api::http::operation::Operation;
use crate::api::http::retry::Answer;
use crate::api::model::fields::single;
use crate::api::model::project::Project;

impl Client {
    /// Reads one project. `None` only when it is proved to be gone.
    pub async fn project(&self, op: &Operation, id: &str) -> Result<Option<Project>, Error> {
        self.one_project(op, &["projects", id], |project| {
            project.id.eq_ignore_ascii_case(id)
        })
        .await
    }

    /// Reads a project by its handle. `None` only when it is proved that no living project has it.
    pub async fn project_by_handle(
        &self,
        op: &Operation,
        handle: &str,
    ) -> Result<Option<Project>, Error> {
        self.one_project(op, &["project", handle], |project| project.handle == handle)
            .await
    }

    /// Lists the projects of the organisation.
    pub async fn projects(&self, op: &Operation) -> Result<Vec<Project>, Error> {
        let path = self.path(&["projects"])?;
        self.list(op, path, "projects", Project::parse).await
    }

    async fn one_project(
        &self,
        op: &Operation,
        segments: &[&str],
        is_asked_for: impl Fn(&Project) -> bool,
    ) -> Result<Option<Project>, Error> {
        let gone = match self.http().read(op, self.path(segments)?).await {
            Ok(answer) => match parse(&answer)? {
                Some(project) if is_asked_for(&project) => return Ok(Some(project)),
                Some(_) => {
                    return Err(answer
                        .unexpected("the project in the answer is another than was asked for"));
                }
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

/// The project in an answer.
fn parse(answer: &Answer) -> Result<Option<Project>, Error> {
    let value = single(&answer.data, "projects");
    if value.is_null() {
        return Ok(None);
    }
    let project = Project::parse(value);
    project
        .map(Some)
        .ok_or_else(|| answer.unexpected("a project with `id` and `handle` was expected"))
}
