//! The routes of the imitated API, and how its objects look on the wire.

use serde_json::{Map, Value, json};

use super::state::{
    Credentials, DEFAULT_MAXVERSIONS, Dialect, MASK, Metadata, ORGANISATION, Project, Refusal,
    Registry, State, Version, bad_request, conflict, not_found,
};

/// What is answered: a status and `data`, whether the request is refused or not.
pub type Answer = (u16, Value);

const METADATA: [&str; 5] = ["handle", "name", "server", "username", "maxversions"];
const WHOLE: [&str; 6] = [
    "handle",
    "name",
    "server",
    "username",
    "password",
    "maxversions",
];
const ROTATION: [&str; 3] = ["server", "username", "password"];
const OTHER_KINDS: [&str; 11] = [
    "secrets",
    "tlsbundles",
    "x509certs",
    "gpgkeypairs",
    "sshkeypairs",
    "encryptionkeys",
    "envfiles",
    "yamlconfigs",
    "jsonconfigs",
    "plainconfigs",
    "networkpolicies",
];

/// Answers a read.
pub fn read(state: &State, path: &str) -> Answer {
    finish(get(state, &segments(path)).map(|data| (200, data)))
}

/// Carries out a write.
pub fn write(state: &mut State, method: &str, path: &str, body: Option<&[u8]>) -> Answer {
    finish(change(
        state,
        method,
        &segments(path),
        body.unwrap_or_default(),
    ))
}

/// A body with the credentials that the registry has, if it holds any.
pub fn without_credentials(state: &State, path: &str, body: &[u8]) -> Vec<u8> {
    let registry = state.registry(segments(path).last().unwrap_or(&""));
    let mut fields: Value = serde_json::from_slice(body).unwrap_or_default();
    if let (Ok(registry), true) = (registry, fields.get("password").is_some()) {
        let current = &registry.current_version().credentials;
        fields["server"] = json!(current.server);
        fields["username"] = json!(current.username);
        fields["password"] = json!(current.password);
    }
    fields.to_string().into_bytes()
}

fn finish(result: Result<Answer, Refusal>) -> Answer {
    result.unwrap_or_else(|(status, message)| (status, Value::String(message)))
}

fn segments(path: &str) -> Vec<&str> {
    path.trim_start_matches('/').split('/').collect()
}

fn within<'a, 'b>(segments: &'a [&'b str]) -> Result<&'a [&'b str], Refusal> {
    match segments {
        ["organisations", ORGANISATION, rest @ ..] if !rest.is_empty() => Ok(rest),
        ["organisations", other, _, ..] => not_found(format!("Organisation '{other}' not found.")),
        _ => no_route(),
    }
}

fn no_route<T>() -> Result<T, Refusal> {
    not_found("Route not found.")
}

fn get(state: &State, segments: &[&str]) -> Result<Value, Refusal> {
    if segments == ["organisations"] {
        return Ok(json!({"count": 1, "organisations": [{
            "id": ORGANISATION, "name": "Acme", "handle": "acme", "email": "ops@acme.example", "role": "owner",
        }]}));
    }
    let rotates = state.shape.dialect == Dialect::Rotate;
    Ok(match within(segments)? {
        ["registries"] => {
            let mut alive: Vec<&Registry> =
                state.registries.iter().filter(|one| !one.deleted).collect();
            alive.sort_by(|one, other| one.handle.cmp(&other.handle));
            let shown: Vec<Value> = alive.iter().map(|one| registry(state, one)).collect();
            json!({"count": shown.len(), "registries": shown})
        }
        ["registries", id] => registry(state, state.registry(id)?),
        ["registries", id, "versions"] if rotates => {
            let found = state.registry(id)?;
            let shown = found.versions.iter().map(|one| version(found, one));
            let shown: Vec<Value> = shown.collect();
            json!({"count": shown.len(), "versions": shown})
        }
        ["registry", handle] => match state.by_handle(handle) {
            Some(found) => registry(state, found),
            None if state.is_burned(handle) => Value::Null,
            None => return not_found(format!("Registry '{handle}' not found.")),
        },
        ["projects"] => {
            let shown: Vec<Value> = state.projects.iter().map(project).collect();
            json!({"count": shown.len(), "projects": shown})
        }
        ["projects", id] => json!({"projects": [project(state.project(id)?)]}),
        ["project", handle] => match state.projects.iter().find(|one| one.handle == *handle) {
            Some(found) => json!({"projects": [project(found)]}),
            None => return not_found(format!("Project '{handle}' not found.")),
        },
        ["projects", id, "attachments"] => attachments(state, state.project(id)?),
        _ => return no_route(),
    })
}

fn change(
    state: &mut State,
    method: &str,
    segments: &[&str],
    body: &[u8],
) -> Result<Answer, Refusal> {
    let dialect = state.shape.dialect;
    Ok(match (method, within(segments)?) {
        ("POST", ["registries"]) => {
            let body = Body::parse("Registry", body, &WHOLE)?;
            let (metadata, credentials) = (body.metadata()?, body.credentials()?);
            (201, state.create(metadata, credentials)?.into())
        }
        ("PUT", ["registries", id]) => {
            let keys: &[&str] = if dialect == Dialect::Put {
                &WHOLE
            } else {
                &METADATA
            };
            let body = Body::parse("Registry", body, keys)?;
            let metadata = body.metadata()?;
            match dialect {
                Dialect::Rotate => {
                    let shown = (body.text("server")?, body.text("username")?);
                    let current = &state.registry(id)?.current_version().credentials;
                    if shown != (current.server.clone(), current.username.clone()) {
                        return conflict(
                            "Credentials change by rotation: server and username must be the current ones.",
                        );
                    }
                    state.update(id, &metadata)?;
                }
                Dialect::Put => {
                    let credentials = body.credentials()?;
                    state.update(id, &metadata)?;
                    if state.registry(id)?.current_version().credentials != credentials {
                        state.rotate(id, credentials)?;
                    }
                }
            }
            (200, (*id).into())
        }
        ("DELETE", ["registries", id]) => {
            state.delete(id)?;
            (200, Value::Null)
        }
        ("POST", ["registries", id, "rotate"]) if dialect == Dialect::Rotate => {
            let body = Body::parse("RegistryRotation", body, &ROTATION)?;
            let server = body.optional_text("server")?;
            let (username, password) = (body.text("username")?, body.password()?);
            let now = state
                .registry(id)?
                .current_version()
                .credentials
                .server
                .clone();
            let credentials = Credentials {
                server: server.unwrap_or(now),
                username,
                password,
            };
            (201, state.rotate(id, credentials)?.into())
        }
        ("POST", ["registries", id, "versions", number, "activate"])
            if dialect == Dialect::Rotate =>
        {
            (200, state.activate(id, number)?.into())
        }
        ("POST", ["projects", project, "attach", "registries", handle]) => {
            (201, state.attach(project, handle)?.into())
        }
        ("DELETE", ["projects", project, "attach", "registries", handle]) => {
            state.detach(project, handle)?;
            (200, Value::Null)
        }
        _ => return no_route(),
    })
}

/// Metadata only: the password is never in an answer.
fn registry(state: &State, registry: &Registry) -> Value {
    let current = registry.current_version();
    let shown = |value: Value| {
        if state.shape.versions_shown {
            value
        } else {
            Value::Null
        }
    };
    let links = state
        .attachments
        .iter()
        .filter(|one| one.registry == registry.id);
    let mut projects: Vec<&Project> = links
        .filter_map(|link| state.project(&link.project).ok())
        .collect();
    projects.sort_by(|one, other| one.handle.cmp(&other.handle));
    let projects: Vec<Value> = projects
        .iter()
        .map(|one| json!({"id": one.id, "handle": one.handle}))
        .collect();
    json!({
        "id": registry.id, "handle": registry.handle, "name": registry.name,
        "server": current.credentials.server, "username": current.credentials.username, "password": MASK,
        "maxversions": registry.maxversions, "billable": true, "projects": projects,
        "currentversionid": shown(json!(current.id)), "currentversion": shown(json!(current.number)),
        "versioncount": shown(json!(registry.versions.len())),
        "managedbyresourceid": null, "managedbyresourcetype": null,
    })
}

fn version(registry: &Registry, version: &Version) -> Value {
    json!({
        "id": version.id, "version": version.number, "server": version.credentials.server,
        "username": version.credentials.username, "current": version.number == registry.current,
        "created": "2026-11-26T00:00:00Z",
    })
}

fn project(project: &Project) -> Value {
    json!({
        "id": project.id, "handle": project.handle, "name": project.name, "regions": project.regions,
        "users": [], "organisation": ORGANISATION, "quotalimitcpu": null, "quotalimitmemory": null,
        "quotarequestcpu": null, "quotarequestmemory": null,
    })
}

fn attachments(state: &State, project: &Project) -> Value {
    let links = state
        .attachments
        .iter()
        .filter(|one| one.project == project.id);
    let mut shown: Vec<(&Registry, &str)> = links
        .filter_map(|link| Some((state.registry(&link.registry).ok()?, link.id.as_str())))
        .collect();
    shown.sort_by(|(one, _), (other, _)| one.handle.cmp(&other.handle));
    let shown: Vec<Value> = shown
        .iter()
        .map(|(registry, link)| {
            json!({
                "id": registry.id, "joinid": link, "handle": registry.handle, "name": registry.name,
                "server": registry.current_version().credentials.server,
            })
        })
        .collect();
    let mut kinds = json!({"registries": shown});
    for kind in OTHER_KINDS {
        kinds[kind] = json!([]);
    }
    kinds
}

/// A body, mapped strictly: an unknown key is a 400.
struct Body {
    kind: &'static str,
    fields: Map<String, Value>,
}

impl Body {
    fn parse(kind: &'static str, bytes: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let Ok(Value::Object(fields)) = serde_json::from_slice(bytes) else {
            return bad_request("The request body is not a JSON object.");
        };
        let body = Self { kind, fields };
        let mut keys = body.fields.keys();
        match keys.find(|key| !known.contains(&key.as_str())) {
            Some(key) => body.refuse(key, &format!("Unexpected key `{key}`.")),
            None => Ok(body),
        }
    }

    fn metadata(&self) -> Result<Metadata, Refusal> {
        Ok(Metadata {
            handle: self.handle()?,
            name: self.text("name")?,
            maxversions: self.maxversions()?,
        })
    }

    fn credentials(&self) -> Result<Credentials, Refusal> {
        Ok(Credentials {
            server: self.text("server")?,
            username: self.text("username")?,
            password: self.password()?,
        })
    }

    fn handle(&self) -> Result<String, Refusal> {
        let handle = self.text("handle")?;
        let plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if handle.len() <= 63
            && !handle.starts_with('-')
            && !handle.ends_with('-')
            && handle.bytes().all(plain)
        {
            return Ok(handle);
        }
        self.refuse(
            "handle",
            "A handle has 1 to 63 lower-case letters, digits and hyphens, and starts and ends with a letter or digit.",
        )
    }

    fn password(&self) -> Result<String, Refusal> {
        let password = self.text("password")?;
        match password == MASK {
            true => self.refuse("password", "Value is the mask of a hidden value."),
            false => Ok(password),
        }
    }

    fn text(&self, key: &str) -> Result<String, Refusal> {
        match self.optional_text(key)? {
            Some(text) => Ok(text),
            None => self.refuse(key, &format!("Missing key `{key}`.")),
        }
    }

    fn optional_text(&self, key: &str) -> Result<Option<String>, Refusal> {
        match self.fields.get(key) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => {
                self.refuse(key, "Value must not be empty.")
            }
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => self.refuse(key, "Value is not a string."),
        }
    }

    /// Left out means the default: a PUT replaces.
    fn maxversions(&self) -> Result<i64, Refusal> {
        match self.fields.get("maxversions") {
            None => Ok(DEFAULT_MAXVERSIONS),
            Some(value) => match value.as_i64() {
                Some(number @ 1..=100) => Ok(number),
                Some(_) => self.refuse("maxversions", "Value must be between 1 and 100."),
                None => self.refuse("maxversions", "Value is not a whole number."),
            },
        }
    }

    fn refuse<T>(&self, key: &str, problem: &str) -> Result<T, Refusal> {
        bad_request(format!(
            "Could not map type `Bahriya\\Contracts\\DataTransferObjects\\Console\\v1\\{}`. An error occurred at \
             path {key}: {problem}",
            self.kind
        ))
    }
}
