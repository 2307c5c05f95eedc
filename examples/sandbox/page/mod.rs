//! The page at `/`: everything there is, for someone who watches. It updates itself.

mod requests;
mod tables;
mod timeline;

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;

use axum::extract::{Query, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rusqlite::Connection;
use serde::Deserialize;

use crate::announce::exports;
use crate::app::App;
use crate::refusal::Refusal;
use crate::store::containers::{self, Container};
use crate::store::cost::{self, Cost};
use crate::store::deployments::{self, Deployment, Use};
use crate::store::projects::{self, Project};
use crate::store::registries::{self, Registry};
use crate::store::turns::{self, Turn};
use crate::store::versions::{self, Version};
use crate::store::{self, organisations};

/// The page needs nothing from elsewhere, and nothing else may use it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; frame-ancestors 'none'";

/// What the page shows. It holds sealed versions and no plaintext.
struct View {
    organisation: String,
    projects: Vec<Project>,
    registries: Vec<(Registry, Cost, History)>,
    /// Those that are not terminated, with their last deployment.
    containers: Vec<(Container, Option<Deployment>)>,
    terminated: Vec<String>,
    spent: Vec<String>,
    /// Handles by identifier.
    handles: HashMap<String, String>,
}

/// What became of one registry's versions.
struct History {
    retained: Vec<Version>,
    turns: Vec<Turn>,
    uses: Vec<Use>,
}

impl View {
    fn of(conn: &Connection, organisation: String) -> Result<Self, Refusal> {
        let costs = cost::of_registries(conn, &organisation)?;
        let mut turns = turns::by_registry(conn)?;
        let mut uses = deployments::uses(conn, &organisation)?;
        let registries = registries::all(conn, &organisation)?
            .into_iter()
            .zip(costs)
            .map(|(registry, cost)| {
                let history = History {
                    retained: versions::all(conn, &registry)?,
                    turns: turns.remove(&registry.id).unwrap_or_default(),
                    uses: uses.remove(&registry.handle).unwrap_or_default(),
                };
                Ok((registry, cost, history))
            })
            .collect::<Result<_, Refusal>>()?;
        let (terminated, alive): (Vec<_>, Vec<_>) = containers::all(conn, &organisation)?
            .into_iter()
            .partition(|container| container.terminated);
        let containers = alive
            .into_iter()
            .map(|container| Ok((deployments::last(conn, &container.id)?, container)))
            .map(|row| row.map(|(last, container)| (container, last)))
            .collect::<Result<_, Refusal>>()?;
        Ok(Self {
            projects: projects::all(conn, &organisation)?,
            registries,
            containers,
            terminated: terminated.into_iter().map(|it| it.handle).collect(),
            spent: registries::spent(conn, &organisation)?,
            handles: store::handles(conn)?,
            organisation,
        })
    }
}

/// What of the page a reader chooses.
#[derive(Deserialize)]
pub struct Choice {
    #[serde(default)]
    requests: requests::Kind,
}

/// The page of the first organisation; 304 to a browser that shows the newest already.
pub async fn show(
    State(app): State<App>,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let sent = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let host = sent(header::HOST).unwrap_or_default();
    if !is_loopback(host) {
        // A web page elsewhere may point a name of its own at this machine; it learns nothing.
        return Err(Refusal::forbidden(
            "This page is shown at a loopback address only.",
        ));
    }
    let view = app
        .store
        .read(|conn| View::of(conn, organisations::id_of(conn, "acme")?))
        .await?;
    let page = document(&app, host, &view, choice.requests).into_string();
    let mut hasher = DefaultHasher::new();
    page.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    if sent(header::IF_NONE_MATCH) == Some(&tag) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::ETAG, &tag),
    ];
    Ok((headers, Html(page)).into_response())
}

fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host().trim_matches(['[', ']']);
    name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// An element with `data-live` is kept up to date by `page.js`; one with `data-key` lights up when it is new.
fn document(app: &App, host: &str, view: &View, kind: requests::Kind) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Bahriya sandbox" }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { "Bahriya sandbox" }
                    span.soft { "organisation acme, a local stand-in that runs nothing and bills nobody" }
                    p.soft { "API: " code { (tables::breakable(&format!("http://{host}/console/v1"))) } }
                }
                main {
                    p #ended role="alert" hidden {
                        b { "The sandbox has ended." } " This is what it last showed. Start it again with "
                        code { "make sandbox" } ": at the same address, this page goes on by itself."
                    }
                    nav #figures .figures data-live { (figures(view)) }
                    div #start data-live { @if view.registries.is_empty() { (start(app, host, view)) } }
                    (tables::registries(view))
                    (tables::projects(view))
                    (tables::containers(view))
                    (app.log.read(|entries| requests::section(entries, kind, &view.handles)))
                }
                p #news role="status" {}
                footer {
                    "Updates itself. Times are UTC. Passwords are sealed and never shown. "
                    a href="/openapi.json" { "OpenAPI document" }
                }
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    }
}

fn figures(view: &View) -> Markup {
    let cents = view
        .registries
        .iter()
        .map(|(_, cost, _)| cost.cents())
        .sum();
    let figure = |id: &str, count: usize, one: &str, many: &str| {
        html! {
            a.figure href={ "#" (id) } { b { (count) } @if count == 1 { (one) } @else { (many) } }
        }
    };
    html! {
        (figure("registries", view.registries.len(), "registry", "registries"))
        (figure("projects", view.projects.len(), "project", "projects"))
        (figure("containers", view.containers.len(), "container", "containers"))
        div.figure { b #cost { "$" (cost::dollars(cents)) } "per month" }
    }
}

/// What to type while there is nothing to look at.
fn start(app: &App, host: &str, view: &View) -> Markup {
    html! {
        div.card {
            h2 { "No registry yet" }
            p { "Paste this into a shell:" }
            pre #exports { (exports(app, host, &view.organisation)) }
            @if view.projects.is_empty() {
                p { "Make a project, which the console would do:" }
                pre #project { (PROJECT) }
            }
            p { "Then, in the source, after " code { "make install" } ", make a registry with Terraform:" }
            pre #terraform { (TERRAFORM) }
        }
    }
}

const PROJECT: &str = r#"curl -sS "$BAHRIYA_API_URL/organisations/$BAHRIYA_ORGANISATION_ID/projects" \
  -H "Authorization: Bearer $BAHRIYA_TOKEN" -H "Content-Type: application/json" \
  -d '{"handle": "shop", "name": "Shop", "regions": ["falkenstein-1"], "users": [],
       "organisation": "'$BAHRIYA_ORGANISATION_ID'"}'
"#;

const TERRAFORM: &str = "\
terraform -chdir=examples/quickstart init
TF_VAR_password=any-password terraform -chdir=examples/quickstart apply
";
