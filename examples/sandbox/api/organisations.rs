//! Organisations and regions.

use axum::extract::{Extension, Path, State};
use serde_json::{Value, json};

use super::access::User;
use crate::app::App;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations;

/// Identifier, city, state, country, latitude and longitude of every region, in the observed order.
const REGIONS: [(&str, &str, &str, &str, f64, f64); 4] = [
    (
        "falkenstein-1",
        "Falkenstein",
        "Saxony",
        "Germany",
        50.4777,
        12.3649,
    ),
    (
        "helsinki-1",
        "Helsinki",
        "Uusimaa",
        "Finland",
        60.1699,
        24.9384,
    ),
    (
        "virginia-1",
        "Ashburn",
        "Virginia",
        "United States",
        39.0438,
        -77.4874,
    ),
    (
        "singapore-1",
        "Singapore",
        "Singapore",
        "Singapore",
        1.3521,
        103.8198,
    ),
];

/// Whether there is a region with this identifier.
pub fn is_region(id: &str) -> bool {
    REGIONS.iter().any(|region| region.0 == id)
}

/// The organisations of the user.
pub async fn list(
    State(app): State<App>,
    Extension(User(user)): Extension<User>,
) -> Result<Answer, Refusal> {
    let found = app
        .store
        .read(move |conn| organisations::of_user(conn, &user))
        .await?;
    Ok(Answer::ok(
        json!({"count": found.len(), "organisations": found}),
    ))
}

/// All regions.
pub async fn regions() -> Answer {
    Answer::list("regions", REGIONS.iter().map(region_json))
}

/// One region.
pub async fn region(Path(region): Path<String>) -> Result<Answer, Refusal> {
    REGIONS
        .iter()
        .find(|(id, ..)| *id == region)
        .map(|region| Answer::ok(region_json(region)))
        .ok_or_else(|| Refusal::not_found(format!("Region '{region}' not found.")))
}

fn region_json(region: &(&str, &str, &str, &str, f64, f64)) -> Value {
    let (id, city, state, country, latitude, longitude) = region;
    json!({
        "id": id, "name": id, "description": format!("{city}, {country}"), "class": "standard",
        "status": "active",
        "location": {
            "city": city, "state": state, "country": country,
            "latitude": latitude, "longitude": longitude,
        },
    })
}
