//! `bahriya_regions`: every region, or those of a status.

use std::sync::LazyLock;

use async_trait::async_trait;

use super::{lookup, region};
use crate::api;
use crate::connection::Connection;
use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::model::{Attr, model};
use crate::framework::provider::{Call, DataSource};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::value::Value;
use crate::resources::timeouts;

/// The data source.
pub struct Regions;

model! {
    /// The list. Its items have the attributes of a single look-up.
    pub struct Model {
        status_filter: String,
        regions: Vec<region::Model>,
    }
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let mut item = vec![lookup::shown(
        "id",
        "The id of the region, such as `helsinki-1`.",
    )];
    item.extend(region::metadata());
    Schema::new(
        "Lists the regions.",
        vec![
            Attribute::string(
                "status_filter",
                Mode::Optional,
                "Only regions of this status, such as `active`. A region without a status is always listed.",
            ),
            lookup::list_of("regions", item, "The regions, in the API's order."),
        ],
    )
});

#[async_trait]
impl DataSource<Connection> for Regions {
    fn type_name(&self) -> &'static str {
        "bahriya_regions"
    }

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn validate(&self, _: &Value, _: &mut Diagnostics) {}

    async fn read(
        &self,
        call: &Call<Connection>,
        config: Value,
        diagnostics: &mut Diagnostics,
    ) -> Result<Value, Reported> {
        let (client, operation) = timeouts::begin(call, diagnostics)?;
        let status_filter = Attr::<String>::read(&config, "status_filter");
        let listed = client.regions(&operation).await;
        let regions = lookup::found("the regions", listed, diagnostics)?;
        let regions = regions
            .into_iter()
            .filter(|region| passes(region, status_filter.known().map(String::as_str)))
            .map(region::Model::from)
            .collect();
        let model = Model {
            status_filter,
            regions: Attr::Known(regions),
        };
        Ok(model.into())
    }
}

/// An empty filter filters nothing, as with the official provider.
fn passes(region: &api::Region, filter: Option<&str>) -> bool {
    match (filter, region.status.as_deref()) {
        (None | Some(""), _) | (_, None | Some("")) => true,
        (Some(filter), Some(status)) => filter == status,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_without_a_status_passes_every_filter() {
        let region = |status: Option<&str>| api::Region {
            id: "r".to_owned(),
            name: None,
            description: None,
            class: None,
            status: status.map(str::to_owned),
            city: None,
            state: None,
            country: None,
            latitude: None,
            longitude: None,
        };
        assert!(passes(&region(Some("active")), Some("active")));
        assert!(passes(&region(None), Some("active")));
        assert!(passes(&region(Some("planned")), None));
        assert!(!passes(&region(Some("planned")), Some("active")));
    }
}
