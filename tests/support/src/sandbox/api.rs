//! What tests ask a running sandbox: requests to the imitated API, and its control routes.

use reqwest::Method;
use serde_json::{Value, json};

use crate::sandbox::{CheckedVersion, LoggedRequest, Reply, Sandbox};

/// The imitated API.
impl Sandbox {
    /// A request below the organisation, such as `GET /registries`, with the owner's token.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Reply {
        self.call_as(&self.token, method, path, body).await
    }

    /// What is there.
    pub async fn get(&self, path: &str) -> Value {
        self.call("GET", path, None).await.expect(200).data
    }

    /// Any request with another token.
    pub async fn call_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Reply {
        let path = format!("/organisations/{}{path}", self.organisation);
        self.try_call(token, method, &path, body)
            .await
            .unwrap_or_else(|error| panic!("{method} {path} got no answer: {error}"))
    }

    /// A request below the base address, which may fail without an answer.
    pub async fn try_call(
        &self,
        token: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
    ) -> Result<Reply, reqwest::Error> {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.api_url))
            .bearer_auth(token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let envelope: Value = response.json().await?;
        assert_eq!(envelope["code"], status, "the envelope repeats the status");
        Ok(Reply {
            status,
            data: envelope["data"].clone(),
        })
    }

    /// Makes a project and returns its identifier.
    pub async fn create_project(&self, handle: &str, regions: &[&str]) -> String {
        let body = json!({
            "handle": handle, "name": handle, "regions": regions, "users": [],
            "organisation": self.organisation,
        });
        let reply = self.call("POST", "/projects", Some(body)).await.expect(201);
        reply.text().to_owned()
    }

    /// Makes a registry and returns its identifier.
    pub async fn create_registry(
        &self,
        handle: &str,
        server: &str,
        username: &str,
        password: &str,
    ) -> String {
        let body = json!({
            "handle": handle, "name": handle, "server": server, "username": username,
            "password": password,
        });
        let reply = self.call("POST", "/registries", Some(body)).await;
        reply.expect(201).text().to_owned()
    }

    /// A registry of the user `bot` at ghcr.io.
    pub async fn registry(&self, handle: &str, password: &str) -> String {
        self.create_registry(handle, "ghcr.io", "bot", password)
            .await
    }

    /// Makes a new version outside Terraform, in the *rotate* dialect.
    pub async fn rotate(&self, registry: &str, username: &str, password: &str) {
        let body = json!({"username": username, "password": password});
        let path = format!("/registries/{registry}/rotate");
        self.call("POST", &path, Some(body)).await.expect(201);
    }

    /// Writes a registry as a whole outside Terraform.
    pub async fn replace(&self, registry: &str, body: Value) {
        let path = format!("/registries/{registry}");
        self.call("PUT", &path, Some(body)).await.expect(200);
    }

    /// Makes an earlier version current outside Terraform, in the *rotate* dialect.
    pub async fn activate(&self, registry: &str, version: i64) {
        let path = format!("/registries/{registry}/versions/{version}/activate");
        self.call("POST", &path, None).await.expect(200);
    }

    /// Attaches a registry and returns the identifier of the link.
    pub async fn attach(&self, project: &str, handle: &str) -> String {
        let path = format!("/projects/{project}/attach/registries/{handle}");
        let reply = self.call("POST", &path, None).await.expect(201);
        reply.text().to_owned()
    }

    pub async fn detach(&self, project: &str, handle: &str) {
        let path = format!("/projects/{project}/attach/registries/{handle}");
        self.call("DELETE", &path, None).await.expect(200);
    }
}

/// The control routes.
impl Sandbox {
    /// Lets requests fail; see `docs/sandbox.md` for the kinds of faults.
    pub async fn fault(&self, rule: Value) {
        self.control("POST", "/faults", Some(rule)).await;
    }

    /// All fault rules with `seen` and `fired`.
    pub async fn faults(&self) -> Vec<Value> {
        let answer = self.control("GET", "/faults", None).await;
        answer["faults"].as_array().expect("a list").clone()
    }

    pub async fn clear_faults(&self) {
        self.control("DELETE", "/faults", None).await;
    }

    /// The finished API requests since the start or the last [`Sandbox::clear_requests`].
    pub async fn requests(&self) -> Vec<LoggedRequest> {
        let answer = self.control("GET", "/requests", None).await;
        serde_json::from_value(answer).expect("a request log")
    }

    pub async fn clear_requests(&self) {
        self.control("DELETE", "/requests", None).await;
    }

    /// Turns switches, such as `{"dialect": "put"}`.
    pub async fn change_settings(&self, change: Value) {
        self.control("PUT", "/settings", Some(change)).await;
    }

    /// Which retained versions of a registry (identifier or handle) hold these credentials.
    pub async fn check_credentials(
        &self,
        registry: &str,
        username: &str,
        password: &str,
    ) -> Vec<CheckedVersion> {
        let body = json!({"registry": registry, "username": username, "password": password});
        let answer = self.control("POST", "/check", Some(body)).await;
        answer["versions"]
            .as_array()
            .expect("a list of versions")
            .iter()
            .map(|version| CheckedVersion {
                version: version["version"].as_i64().expect("a number"),
                current: version["current"] == true,
                matches: version["matches"] == true,
            })
            .collect()
    }

    /// Whether the current version of a registry holds these credentials.
    pub async fn current_is(&self, registry: &str, username: &str, password: &str) -> bool {
        self.check_credentials(registry, username, password)
            .await
            .iter()
            .any(|version| version.current && version.matches)
    }

    /// Counts over all organisations: `projects`, `registries`, `versions_made`, `versions_retained`,
    /// `attachments`, `containers`, `spent_handles`.
    pub async fn summary(&self) -> Value {
        self.control("GET", "/summary", None).await
    }

    async fn control(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self
            .client
            .request(method, format!("{}{path}", self.control_url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.expect("the sandbox answers");
        let status = response.status();
        let text = response.text().await.expect("the answer is complete");
        assert!(status.is_success(), "{path} was refused: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }
}
