//! What registries cost per month.

use serde_json::{Value, json};
use support::sandbox::Sandbox;

async fn cost(sandbox: &Sandbox) -> Value {
    sandbox.get("/cost").await
}

#[tokio::test]
async fn a_registry_costs_two_cents_while_it_exists() {
    let sandbox = Sandbox::start();
    assert_eq!(cost(&sandbox).await["monthly"], "0.00");
    let id = sandbox.registry("ghcr", "one").await;
    sandbox
        .create_registry("hub", "docker.io", "bot", "one")
        .await;
    assert_eq!(cost(&sandbox).await["monthly"], "0.04");
    sandbox.rotate(&id, "bot", "two").await;
    assert_eq!(
        cost(&sandbox).await["monthly"],
        "0.04",
        "versions cost nothing"
    );
    let path = format!("/registries/{id}");
    sandbox.call("DELETE", &path, None).await.expect(200);
    assert_eq!(cost(&sandbox).await["monthly"], "0.02");
}

#[tokio::test]
async fn an_attached_registry_costs_two_cents_more_per_region() {
    let sandbox = Sandbox::start();
    let shop = sandbox
        .create_project("shop", &["falkenstein-1", "helsinki-1"])
        .await;
    let lab = sandbox.create_project("lab", &["virginia-1"]).await;
    let id = sandbox.registry("ghcr", "one").await;
    sandbox.attach(&shop, "ghcr").await;
    sandbox.attach(&lab, "ghcr").await;
    let expected = json!({
        "currency": "USD", "monthly": "0.08",
        "registries": [{
            "id": id, "handle": "ghcr", "existing": "0.02", "attachedregions": 3,
            "attached": "0.06", "monthly": "0.08",
        }],
    });
    assert_eq!(cost(&sandbox).await, expected);
    sandbox.detach(&shop, "ghcr").await;
    assert_eq!(cost(&sandbox).await["monthly"], "0.04");
}
