//! The page at `/`: everything there is, for someone who watches. It updates itself.

use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use rusqlite::Connection;

use crate::app::App;
use crate::refusal::Refusal;
use crate::request_log::Entry;
use crate::store::containers::{self, Container};
use crate::store::cost::{self, Cost};
use crate::store::deployments::{self, Deployment};
use crate::store::organisations;
use crate::store::projects::{self, Project};
use crate::store::registries::{self, Registry};
use crate::store::versions::{self, Version};

/// Requests shown, newest first.
const RECENT_REQUESTS: usize = 8;
/// The page needs nothing from elsewhere, and nothing else may use it.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      connect-src 'self'; frame-ancestors 'none'";

/// What the page shows. It holds sealed versions and no plaintext.
struct View {
    projects: Vec<Project>,
    registries: Vec<(Registry, Vec<Version>, Cost)>,
    containers: Vec<(Container, Option<Deployment>)>,
    burned: Vec<String>,
}

impl View {
    fn of(conn: &Connection, organisation: &str) -> Result<Self, Refusal> {
        let costs = cost::of_registries(conn, organisation)?;
        let registries = registries::all(conn, organisation)?
            .into_iter()
            .zip(costs)
            .map(|(registry, cost)| Ok((versions::all(conn, &registry)?, registry, cost)))
            .map(|row| row.map(|(versions, registry, cost)| (registry, versions, cost)))
            .collect::<Result<_, Refusal>>()?;
        let containers = containers::all(conn, organisation)?
            .into_iter()
            .map(|container| {
                let last = deployments::last(conn, &container.id)?;
                Ok((container, last))
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(Self {
            projects: projects::all(conn, organisation)?,
            registries,
            containers,
            burned: registries::burned(conn, organisation)?,
        })
    }
}

/// The page of the first organisation.
pub async fn show(State(app): State<App>) -> Result<impl IntoResponse, Refusal> {
    let view = app
        .store
        .read(|conn| View::of(conn, &organisations::id_of(conn, "acme")?))
        .await?;
    let mut requests = app.log.entries();
    requests.reverse();
    requests.truncate(RECENT_REQUESTS);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, Html(document(&view, &requests).into_string())))
}

fn document(view: &View, requests: &[Entry]) -> Markup {
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
                }
                main {
                    (figures(view))
                    (registries_table(view))
                    (projects_table(view))
                    (containers_table(view))
                    (requests_table(requests))
                }
                footer { "Updates every second. Passwords are sealed and never shown. " a href="/openapi.json" { "OpenAPI document" } }
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    }
}

fn figures(view: &View) -> Markup {
    let alive = view
        .containers
        .iter()
        .filter(|(container, _)| !container.terminated);
    let cents = view
        .registries
        .iter()
        .map(|(_, _, cost)| cost.cents())
        .sum();
    html! {
        div.figures {
            div.figure { b { (view.registries.len()) } "registries" }
            div.figure { b { (view.projects.len()) } "projects" }
            div.figure { b { (alive.count()) } "containers" }
            div.figure { b #cost { "$" (cost::dollars(cents)) } "per month" }
        }
    }
}

fn registries_table(view: &View) -> Markup {
    table(
        "Registries",
        &["Handle", "Server", "Username", "Versions", "Attached to", "Monthly"],
        view.registries.iter().map(|(registry, versions, cost)| html! {
            td { code { (registry.handle) } div.soft { (registry.name) } }
            td { code { (registry.server) } }
            td { code { (registry.username) } }
            td {
                @for version in versions {
                    span.chip.current[version.current] title={ (version.username) " at " (version.server) ", " (version.created) } {
                        "v" (version.version)
                    }
                }
                div.soft { "keeps " (registry.maxversions) }
            }
            td { @for (_, project) in &registry.projects { span.chip { (project) } } }
            td.number { "$" (cost::dollars(cost.cents())) }
        }),
        html! {
            @if !view.burned.is_empty() {
                p.soft { "Burned handles: " @for handle in &view.burned { span.chip { s { (handle) } } } }
            }
        },
    )
}

fn projects_table(view: &View) -> Markup {
    let attached = |project: &Project| {
        let id = project.id.clone();
        view.registries.iter().filter_map(move |(registry, ..)| {
            registry
                .projects
                .iter()
                .any(|(attached, _)| *attached == id)
                .then_some(&registry.handle)
        })
    };
    table(
        "Projects",
        &["Handle", "Regions", "Registries"],
        view.projects.iter().map(|project| {
            html! {
                td { code { (project.handle) } div.soft { (project.name) } }
                td { @for region in &project.regions { span.chip { (region) } } }
                td { @for registry in attached(project) { span.chip { (registry) } } }
            }
        }),
        html! {},
    )
}

fn containers_table(view: &View) -> Markup {
    table(
        "Containers",
        &["Handle", "Image", "Registry", "Status", "Last deployment"],
        view.containers.iter().map(|(container, last)| {
            let status = container.status(last.as_ref());
            html! {
                td { code { (container.handle) } div.soft { (container.project_handle) } }
                td { code { (container.image) } }
                td { @if let Some(registry) = &container.registry { span.chip { (registry) } } @else { span.soft { "public" } } }
                td.good[status == "running"].bad[status == "failed"] { (status) }
                td { @if let Some(last) = last { (deployment(last)) } @else { span.soft { "none" } } }
            }
        }),
        html! {},
    )
}

fn deployment(last: &Deployment) -> Markup {
    html! {
        "no. " (last.number)
        @for pull in &last.pulls {
            div.good[pull.succeeded].bad[!pull.succeeded] {
                (pull.region)
                @if let Some(version) = pull.version { " with v" (version) }
                ": "
                @if pull.succeeded { "pulled " code { (pull.message.chars().take(19).collect::<String>()) "…" } }
                @else { (pull.message) }
            }
        }
    }
}

fn requests_table(requests: &[Entry]) -> Markup {
    table(
        "Latest requests",
        &["Method", "Path", "Status", "ms"],
        requests.iter().map(|request| html! {
            td { (request.method) }
            td { code { (short(&request.path)) } }
            td.good[(200..300).contains(&request.status)].bad[request.status >= 400 || request.status == 0] {
                @if request.status == 0 { "no answer" } @else { (request.status) }
            }
            td.number { (request.ms) }
        }),
        html! {},
    )
}

/// A path without the organisation, which is nearly always the same.
fn short(path: &str) -> String {
    let below = path.strip_prefix("/organisations/");
    match below.and_then(|rest| rest.split_once('/')) {
        Some((_, rest)) => format!("…/{rest}"),
        None => path.into(),
    }
}

/// One section: a table, or a word that there is nothing yet.
fn table(
    title: &str,
    columns: &[&str],
    rows: impl ExactSizeIterator<Item = Markup>,
    after: Markup,
) -> Markup {
    html! {
        h2 { (title) " " small { (rows.len()) } }
        div.table {
            @if rows.len() == 0 { div.empty { "None yet." } }
            @else {
                table {
                    tr { @for column in columns { th { (column) } } }
                    @for row in rows { tr { (row) } }
                }
            }
        }
        (after)
    }
}
