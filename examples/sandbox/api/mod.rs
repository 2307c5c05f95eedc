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

use crate::app::App;
use crate::gate;
use crate::refusal::Refusal;

/// The routes below the base address.
pub fn routes(app: &App) -> Router<App> {
    let organisation = Router::new()
        .route("/projects", get(projects::list).post(projects::create))
        .route(
            "/projects/{project}",
            get(projects::read)
                .put(projects::update)
                .delete(projects::delete),
        )
        .route("/project/{handle}", get(projects::by_handle))
        .route("/projects/{project}/attachments", get(attachments::list))
        .route(
            "/projects/{project}/attach/registries/{handle}",
            post(attachments::attach).delete(attachments::detach),
        )
        .route(
            "/registries",
            get(registries::list).post(registries::create),
        )
        .route(
            "/registries/{registry}",
            get(registries::read)
                .put(registries::update)
                .delete(registries::delete),
        )
        .route("/registry/{handle}", get(registries::by_handle))
        .route("/registries/{registry}/rotate", post(registries::rotate))
        .route("/registries/{registry}/versions", get(registries::versions))
        .route(
            "/registries/{registry}/versions/{version}/activate",
            post(registries::activate),
        )
        .route(
            "/containers",
            get(containers::list).post(containers::create),
        )
        .route(
            "/containers/{container}",
            get(containers::read).put(containers::update),
        )
        .route("/containers/{container}/deploy", post(containers::deploy))
        .route(
            "/containers/{container}/redeploy",
            post(containers::redeploy),
        )
        .route(
            "/containers/{container}/terminate",
            post(containers::terminate),
        )
        .route("/cost", get(cost::read));
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
