//! What a configuration can look up, one file each. Nothing here writes, and no password is ever shown.

mod lookup;
mod organisation;
mod project;
mod project_attachments;
mod projects;
mod region;
mod regions;
mod registries;
mod registry;

use crate::connection::Connection;
use crate::framework::provider::DataSource;

/// Every data source.
pub static ALL: [&dyn DataSource<Connection>; 8] = [
    &registry::Registry,
    &registries::Registries,
    &project::Project,
    &projects::Projects,
    &project_attachments::ProjectAttachments,
    &organisation::Organisation,
    &region::Region,
    &regions::Regions,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::{Attribute, Kind};

    fn names(attributes: &[Attribute]) -> Vec<&str> {
        attributes
            .iter()
            .flat_map(|attribute| {
                let nested = match &attribute.kind {
                    Kind::Plain(_) => Vec::new(),
                    Kind::Object(nested) | Kind::Objects(nested) => names(nested),
                };
                nested.into_iter().chain([attribute.name])
            })
            .collect()
    }

    #[test]
    fn none_of_them_has_a_place_for_a_secret() {
        for source in ALL {
            let names = names(&source.schema().attributes);
            assert!(
                !names
                    .iter()
                    .any(|name| name.contains("password") || name.contains("token"))
            );
        }
    }
}
