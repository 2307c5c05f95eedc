//! `bahriya_region`, one region, and `bahriya_regions`, every region or those of a status.

use std::sync::LazyLock;

use serde_json::{Value as Json, json};

use super::lookup::{Lookup, attributes, list_of};
use crate::api::Region;
use crate::findings;
use crate::framework::diagnostics::Reported;
use crate::framework::schema::{Attribute, Mode, Schema, computed};
use crate::framework::value::Value;
use crate::resources::checks;
use crate::resources::context::Context;

/// The data source of one.
pub static ONE: Lookup = Lookup {
    name: "bahriya_region",
    schema: LazyLock::new(|| {
        let id = Attribute::string(
            "id",
            Mode::Required,
            "The id of the region, such as `helsinki-1`.",
        )
        .checked(checks::not_blank);
        Schema::new("Looks up a region.", attributes(vec![id], shown()))
    }),
    by: None,
    find: |cx, config| Box::pin(one(cx, config)),
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
                list_of("regions", shown(), "The regions, in the API's order."),
            ],
        )
    }),
    by: None,
    find: |cx, config| Box::pin(all(cx, config)),
};

fn shown() -> Vec<Attribute> {
    computed! {
        string id: "The id of the region, such as `helsinki-1`.";
        string name: "The name to show.";
        string description: "A sentence about it.";
        string class: "Its class.";
        string status: "Whether it is in use, such as `active`.";
        string city: "The city it is in.";
        string state: "The state it is in, where there are states.";
        string country: "The country it is in.";
        number latitude: "Degrees north.";
        number longitude: "Degrees east.";
    }
}

async fn one(mut cx: Context<'_>, config: &Value) -> Result<Json, Reported> {
    let id = text_of(config, "id").unwrap_or_default();
    cx.object = format!("region \"{id}\"");
    let found = cx.client.region(&cx.operation, id).await;
    let region = cx.answer(found)?;
    let region = region.ok_or_else(|| cx.error(findings::region_not_found(id)))?;
    Ok(json!(region))
}

async fn all(mut cx: Context<'_>, config: &Value) -> Result<Json, Reported> {
    cx.object = "the regions".to_owned();
    let listed = cx.client.regions(&cx.operation).await;
    let mut regions = cx.answer(listed)?;
    let filter = text_of(config, "status_filter");
    regions.retain(|region| passes(region, filter));
    Ok(json!({ "regions": regions }))
}

fn text_of<'a>(config: &'a Value, argument: &str) -> Option<&'a str> {
    config.attribute(argument).and_then(Value::as_str)
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
    fn a_region_without_a_status_passes_every_filter() {
        assert!(passes(&region(Some("active")), Some("active")));
        assert!(passes(&region(None), Some("active")));
        assert!(passes(&region(Some("planned")), None));
        assert!(!passes(&region(Some("planned")), Some("active")));
    }
}
