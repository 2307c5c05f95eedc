//! Deleting a registry.

use reqwest::Method;

use crate::api::Client;
use crate::api::http::{Delays, Error, Kind, Operation, Request, Result};
use crate::api::model::ProjectReference;

impl Client {
    /// Deletes a registry. While the API says that it is still attached, this waits until the deadline,
    /// then answers [`Kind::StillAttached`]. `false`: the API knows no registry with this id.
    pub async fn delete_registry(&self, op: &Operation, id: &str) -> Result<bool> {
        let request = Request::new(Method::DELETE, self.path(&["registries", id])?);
        let gone = |op: Operation| async move { Ok(self.registry(&op, id).await?.is_none()) };
        let mut delays = Delays::default();
        loop {
            let change = self.0.http.change(op, &request, gone);
            let Err(error) = self.0.cache.registries.outdated_by(change).await else {
                return Ok(true);
            };
            if *error.kind() == Kind::NotFound {
                return self.proved_gone(op, error).await.map(|()| false);
            }
            if !says_still_attached(&error) {
                return Err(error);
            }
            if let Err(stop) = op.back_off(&mut delays).await {
                return Err(match stop.kind() {
                    Kind::Cancelled => error.with_kind(Kind::Cancelled),
                    _ => self.still_attached(op, id, error).await,
                });
            }
        }
    }

    async fn still_attached(&self, op: &Operation, id: &str, error: Error) -> Error {
        let mut projects = projects_in(error.message());
        if projects.is_empty()
            // The deadline is near; this is worth a moment more.
            && let Ok(Some(registry)) = self.registry(&op.aftermath(), id).await
        {
            let shown = registry.projects.unwrap_or_default();
            let labels = shown.iter().filter_map(ProjectReference::label);
            projects = labels.map(str::to_owned).collect();
        }
        error.with_kind(Kind::StillAttached { projects })
    }
}

/// "A registry associated with a project cannot be deleted." (400), or "Cannot delete 'h': still attached to
/// project(s): a, b. Detach from each project first." (409).
fn says_still_attached(error: &Error) -> bool {
    let text = error.message();
    matches!(error.kind(), Kind::Refused | Kind::Conflict)
        && (text.contains("associated with a project")
            || text.contains("still attached to project"))
}

fn projects_in(text: &str) -> Vec<String> {
    let (_, rest) = text.split_once("project(s): ").unwrap_or_default();
    let list = rest.split(". ").next().unwrap_or_default().split(',');
    let names = list.map(|name| name.trim().trim_end_matches('.').trim_matches('\''));
    let names = names.filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn projects_are_found_in_the_text() {
        let text = "Cannot delete 'h': still attached to project(s): shop, back-office. Detach from each project first.";
        assert_eq!(projects_in(text), ["shop", "back-office"]);
        assert_eq!(projects_in("still attached to project(s): shop."), ["shop"]);
        assert!(projects_in("A registry associated with a project cannot be deleted.").is_empty());
    }
}
