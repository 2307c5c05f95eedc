//! A region as the API shows it.

use serde::Serialize;
use serde_json::Value;

use super::fields::Fields;

/// A region.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    pub(in crate::api) fn parse(value: &Value) -> Option<Self> {
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
