//! Regions.

use serde_json::Value;

use super::client::Client;
use super::envelope::{Fields, list};
use super::error::{Error, Kind};
use super::operation::Operation;
use super::path::path;

/// A region.
#[derive(Clone, Debug, PartialEq)]
pub struct Region {
    /// Its id, such as `helsinki-1`.
    pub id: String,
    /// Its display name.
    pub name: Option<String>,
    /// A sentence about it.
    pub description: Option<String>,
    /// Its class.
    pub class: Option<String>,
    /// Whether it is in use, such as `active`.
    pub status: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// The state, where there are states.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

impl Region {
    fn parse(value: &Value) -> Option<Self> {
        let fields = Fields::of(value)?;
        let place = fields
            .value("location")
            .and_then(Fields::of)
            .unwrap_or(fields);
        Some(Self {
            id: fields.id("id")?,
            name: fields.text("name"),
            description: fields.text("description"),
            class: fields.text("class"),
            status: fields.text("status"),
            city: place.text("city"),
            state: place.text("state"),
            country: place.text("country"),
            latitude: place.number("latitude"),
            longitude: place.number("longitude"),
        })
    }
}

impl Client {
    /// Lists the regions.
    pub async fn regions(&self, op: &Operation) -> Result<Vec<Region>, Error> {
        let answer = self.read(op, path(&["regions"])?).await?;
        list(&answer.data, "regions", Region::parse).map_err(|problem| answer.unexpected(&problem))
    }

    /// Reads one region; `None` when the API says that there is none.
    pub async fn region(&self, op: &Operation, id: &str) -> Result<Option<Region>, Error> {
        let answer = match self.read(op, path(&["regions", id])?).await {
            Ok(answer) => answer,
            Err(error) if *error.kind() == Kind::NotFound && error.own_form() => return Ok(None),
            Err(error) => return Err(error),
        };
        let value = match answer.data.get("regions").and_then(Value::as_array) {
            Some(list) => match list.first() {
                Some(first) => first,
                None => return Ok(None),
            },
            None => answer.data.get("region").unwrap_or(&answer.data),
        };
        match Region::parse(value) {
            Some(region) if region.id == id => Ok(Some(region)),
            _ => Err(answer.unexpected("a region with the id asked for was expected")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_place_may_be_nested_or_flat() {
        let nested = json!({"id": "helsinki-1", "status": "active",
            "location": {"city": "Helsinki", "country": "FI", "latitude": 60.17, "longitude": 25}});
        let region = Region::parse(&nested).expect("a region");
        assert_eq!(
            (region.city.as_deref(), region.latitude, region.longitude),
            (Some("Helsinki"), Some(60.17), Some(25.0))
        );
        let region =
            Region::parse(&json!({"id": "x", "city": "Y", "location": null})).expect("a region");
        assert_eq!(region.city.as_deref(), Some("Y"));
    }
}
