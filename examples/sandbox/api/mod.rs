//! The imitated console API: one route per line, one file per kind of object.

mod access;
mod attachments;
mod body;
mod containers;
mod cost;
mod organisations;
mod projects;
mod registries;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use access::{read, write};

use crate::app::App;
use crate::gate;
use crate::refusal::Refusal;

/// The routes below the base address.
pub fn routes(app: &App) -> Router<App> {
    let organisation = Router::new()
        .route(
            "/projects",
            get(read(projects::list)).post(write(projects::create)),
        )
        .route(
            "/projects/{project}",
            get(read(projects::read))
                .put(write(projects::update))
                .delete(write(projects::delete)),
        )
        .route("/project/{handle}", get(read(projects::by_handle)))
        .route(
            "/projects/{project}/attachments",
            get(read(attachments::list)),
        )
        .route(
            "/projects/{project}/attach/registries/{handle}",
            post(write(attachments::attach)).delete(write(attachments::detach)),
        )
        .route(
            "/registries",
            get(read(registries::list)).post(write(registries::create)),
        )
        .route(
            "/registries/{registry}",
            get(read(registries::read))
                .put(write(registries::update))
                .delete(write(registries::delete)),
        )
        .route("/registry/{handle}", get(read(registries::by_handle)))
        .route(
            "/registries/{registry}/rotate",
            post(write(registries::rotate)),
        )
        .route(
            "/registries/{registry}/versions",
            get(read(registries::versions)),
        )
        .route(
            "/registries/{registry}/versions/{version}/activate",
            post(write(registries::activate)),
        )
        .route(
            "/containers",
            get(read(containers::list)).post(write(containers::create)),
        )
        .route(
            "/containers/{container}",
            get(read(containers::read)).put(write(containers::update)),
        )
        .route("/containers/{container}/deploy", post(containers::deploy))
        .route(
            "/containers/{container}/redeploy",
            post(containers::redeploy),
        )
        .route(
            "/containers/{container}/terminate",
            post(write(containers::terminate)),
        )
        .route("/cost", get(read(cost::read)));
    Router::new()
        .route("/organisations", get(organisations::list))
        .route("/regions", get(organisations::regions))
        .route("/regions/{region}", get(organisations::region))
        .nest("/organisations/{organisation}", organisation)
        .fallback(async || Refusal::route_missing())
        .method_not_allowed_fallback(async || {
            Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.")
        })
        .layer(from_fn_with_state(app.clone(), access::authenticate))
        .layer(from_fn_with_state(app.clone(), gate::pass))
}
