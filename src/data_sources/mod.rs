//! What a configuration can look up, one file for each kind of thing. Nothing here writes, and no password is ever shown.

mod lookup;
mod organisation;
mod project;
mod region;
mod registry;

use crate::connection::Connection;
use crate::framework::provider::DataSource;

/// Every data source.
pub static ALL: [&dyn DataSource<Connection>; 8] = [
    &registry::ONE,
    &registry::ALL,
    &project::ONE,
    &project::ALL,
    &project::ATTACHMENTS,
    &organisation::OWN,
    &region::ONE,
    &region::ALL,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::schema::{Attribute, Shape};

    fn names(attributes: &[Attribute]) -> Vec<&str> {
        attributes
            .iter()
            .flat_map(|attribute| {
                let nested = match &attribute.shape {
                    Shape::Plain(_) => Vec::new(),
                    Shape::Object(nested) | Shape::Objects(nested) => names(nested),
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
