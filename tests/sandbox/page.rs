//! The page at `/`, in a real browser.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::json;
use support::sandbox::Sandbox;

use crate::browser::Browser;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_shows_everything_and_updates_itself() {
    let sandbox = Sandbox::start();
    let mut browser = Browser::open(&sandbox.page_url);
    browser.wait_for("document.body.innerText.includes('None yet.')");
    // A page that is loaded anew loses this mark.
    browser.evaluate("window.sameDocument = true");

    let project = sandbox
        .create_project("shop", &["falkenstein-1", "helsinki-1"])
        .await;
    let id = sandbox
        .create_registry(
            "ghcr-deploy",
            "127.0.0.1:1",
            "acme-bot",
            "page-canary-secret",
        )
        .await;
    sandbox.attach(&project, "ghcr-deploy").await;
    browser.wait_for("document.querySelector('#cost').innerText == '$0.06'");
    browser.wait_for("document.querySelector('.current').innerText == 'v1'");

    sandbox
        .rotate(&id, "acme-bot", "page-canary-secret-2")
        .await;
    browser.wait_for("document.querySelector('.current').innerText == 'v2'");
    sandbox.activate(&id, 1).await;
    browser.wait_for("document.querySelector('.current').innerText == 'v1'");

    let hostile = "<img src=x onerror=alert(1)>";
    let body = json!({
        "handle": "hub", "name": hostile, "server": "docker.io", "username": "acme",
        "password": "page-canary-secret-3",
    });
    let hub = sandbox
        .call("POST", "/registries", Some(body))
        .await
        .expect(201);
    browser.wait_for(&format!("document.body.innerText.includes('{hostile}')"));
    assert_eq!(browser.evaluate("document.images.length"), 0);
    let path = format!("/registries/{}", hub.text());
    sandbox.call("DELETE", &path, None).await.expect(200);
    browser.wait_for("document.body.innerText.includes('Burned handles: hub')");

    let container = json!({
        "handle": "api", "project": "shop", "registry": "ghcr-deploy",
        "image": "127.0.0.1:1/acme/api:1.4.0", "regions": ["falkenstein-1", "helsinki-1"],
    });
    let container = sandbox
        .call("POST", "/containers", Some(container))
        .await
        .expect(201);
    let path = format!("/containers/{}/deploy", container.text());
    sandbox.call("POST", &path, None).await.expect(201);
    browser.wait_for("document.body.innerText.includes('127.0.0.1:1 could not be reached')");

    assert_eq!(browser.evaluate("window.sameDocument"), true);
    let page = browser.evaluate("document.documentElement.outerHTML");
    assert!(!page.as_str().unwrap().contains("page-canary"));
    assert_eq!(browser.complaints, Vec::<String>::new());
    if let Ok(file) = std::env::var("SANDBOX_SCREENSHOT") {
        let picture = BASE64_STANDARD.decode(browser.screenshot()).unwrap();
        std::fs::write(file, picture).unwrap();
    }
}
