//! `bahriya_region`, one region, and `bahriya_regions`, every region or those of a status.

use std::sync::LazyLock;

use super::lookup::{Asked, Lookup, list, list_of, shown};
use crate::api::Region;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::model::object;
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::checks;

const ID: &str = "The id of the region, such as `helsinki-1`.";

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_region",
    schema: LazyLock::new(|| {
        let id = Attribute::string("id", Mode::Required, ID).checked(checks::not_blank);
        Schema::new("Looks up a region.", attributes(id))
    }),
    by: None,
    look: |asked| Box::pin(one(asked)),
};

/// The data source of all.
pub static ALL: Lookup = Lookup {
    name: "bahriya_regions",
    schema: LazyLock::new(|| {
        Schema::new(
            "Lists the regions.",
            vec![
                Attribute::string(
                    "status_filter",
                    Mode::Optional,
                    "Only regions of this status, such as `active`. A region without a status is always listed.",
                ),
                list_of(
                    "regions",
                    attributes(shown("id", ID)),
                    "The regions, in the API's order.",
                ),
            ],
        )
    }),
    by: None,
    look: |asked| Box::pin(all(asked)),
};

fn attributes(id: Attribute) -> Vec<Attribute> {
    vec![
        id,
        shown("name", "The name to show."),
        shown("description", "A sentence about it."),
        shown("class", "Its class."),
        shown("status", "Whether it is in use, such as `active`."),
        shown("city", "The city it is in."),
        shown("state", "The state it is in, where there are states."),
        shown("country", "The country it is in."),
        Attribute::number("latitude", Mode::Computed, "Degrees north."),
        Attribute::number("longitude", Mode::Computed, "Degrees east."),
    ]
}

fn show(region: Region) -> Value {
    let degrees = |value: Option<f64>| {
        let number = value.and_then(|value| Value::number(&value.to_string()));
        number.unwrap_or(Value::Null)
    };
    object([
        ("id", region.id.into()),
        ("name", region.name.into()),
        ("description", region.description.into()),
        ("class", region.class.into()),
        ("status", region.status.into()),
        ("city", region.city.into()),
        ("state", region.state.into()),
        ("country", region.country.into()),
        ("latitude", degrees(region.latitude)),
        ("longitude", degrees(region.longitude)),
    ])
}

async fn one(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let id = asked.argument("id").unwrap_or_default().to_owned();
    let what = format!("region \"{id}\"");
    let answer = asked.client.region(&asked.operation, &id).await;
    let found = asked.found(&what, answer)?;
    let region = found.ok_or_else(|| asked.error(findings::region_not_found(&id)))?;
    Ok(show(region))
}

async fn all(mut asked: Asked<'_>) -> Result<Value, Reported> {
    let listed = asked.client.regions(&asked.operation).await;
    let mut regions = asked.found("the regions", listed)?;
    let filter = asked.argument("status_filter");
    regions.retain(|region| passes(region, filter));
    Ok(object([
        ("status_filter", Value::Null),
        ("regions", list(regions, show)),
    ]))
}

/// An empty filter filters nothing, as with the official provider.
fn passes(region: &Region, filter: Option<&str>) -> bool {
    match (filter, region.status.as_deref()) {
        (None | Some(""), _) | (_, None | Some("")) => true,
        (Some(filter), Some(status)) => filter == status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data_sources::lookup::tests::assert_fits;

    fn region(status: Option<&str>) -> Region {
        Region {
            id: "r".to_owned(),
            name: None,
            description: None,
            class: None,
            status: status.map(str::to_owned),
            city: None,
            state: None,
            country: None,
            latitude: Some(60.17),
            longitude: None,
        }
    }

    #[test]
    fn what_is_shown_has_exactly_the_attributes_of_the_schema() {
        assert_fits(&show(region(None)), &attributes(shown("id", ID)));
    }

    #[test]
    fn a_region_without_a_status_passes_every_filter() {
        assert!(passes(&region(Some("active")), Some("active")));
        assert!(passes(&region(None), Some("active")));
        assert!(passes(&region(Some("planned")), None));
        assert!(!passes(&region(Some("planned")), Some("active")));
    }
}
