//! Who asks, and what they may do: bearer tokens, organisations, roles.

use std::collections::HashMap;
use std::pin::Pin;

use axum::RequestPartsExt;
use axum::body::Bytes;
use axum::extract::{Extension, FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, Transaction};
use serde_json::Value;

use crate::app::App;
use crate::refusal::{Answer, Refusal};
use crate::store::organisations::{self, Action, Organisation};
use crate::store::{HandleState, Replica, handle_state};

/// The identifier of the user whose token came with the request.
#[derive(Clone)]
pub struct User(pub String);

/// Refuses a request without a valid token.
pub async fn authenticate(State(app): State<App>, mut request: Request, next: Next) -> Response {
    match user(&app, request.headers()).await {
        Ok(user) => {
            request.extensions_mut().insert(User(user));
            next.run(request).await
        }
        Err(refusal) => {
            let mut response = refusal.into_response();
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
    }
}

async fn user(app: &App, headers: &HeaderMap) -> Result<String, Refusal> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned())
        .ok_or_else(|| Refusal::unauthorised("A personal access token is required."))?;
    app.store
        .read(move |conn| organisations::user_of_token(conn, &token))
        .await?
        .ok_or_else(|| Refusal::unauthorised("The personal access token is not valid."))
}

/// The organisation of a request, seen by its user.
pub struct Scope {
    pub app: App,
    pub user: String,
    pub organisation: Organisation,
    params: HashMap<String, String>,
    replica: Replica,
}

impl FromRequestParts<App> for Scope {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Extension(User(user)) = parts
            .extract::<Extension<User>>()
            .await
            .map_err(|_| Refusal::unauthorised("A personal access token is required."))?;
        let params = parts
            .extract::<RawPathParams>()
            .await
            .map_err(|_| Refusal::bad_request("The path is malformed."))?;
        let params = params
            .iter()
            .map(|(name, value)| (name.into(), value.into()));
        let params: HashMap<String, String> = params.collect();
        let id = params["organisation"].clone();
        let asking = user.clone();
        let organisation = app
            .store
            .read(move |conn| organisations::of_request(conn, &asking, &id))
            .await?;
        Ok(Self {
            app: app.clone(),
            user,
            organisation,
            params,
            replica: parts.extensions.get().copied().unwrap_or_default(),
        })
    }
}

impl Scope {
    /// Refuses what the user's role does not allow.
    pub fn may(&self, action: Action) -> Result<(), Refusal> {
        let role = self.organisation.role;
        match role.may(action) {
            true => Ok(()),
            false => Err(Refusal::forbidden(format!(
                "The role {} does not allow this.",
                role.name()
            ))),
        }
    }

    /// Runs a read in this organisation, whose identifier it is given.
    pub async fn read<T, F>(self, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &Self) -> Result<T, Refusal> + Send + 'static,
    {
        let store = self.app.store.clone();
        store
            .read_from(self.replica, move |conn| work(conn, &self))
            .await
    }

    /// The answer to a read by handle: what was found, null for a spent handle, 404 for a free one.
    pub fn by_handle(
        &self,
        conn: &Connection,
        kind: &str,
        table: &str,
        found: Option<Value>,
    ) -> Result<Answer, Refusal> {
        let (handle, reusable) = (self.param("handle"), self.app.settings().handles_reusable);
        if let Some(found) = found {
            return Ok(Answer::ok(found));
        }
        match handle_state(conn, table, self.id(), handle, reusable)? {
            HandleState::Spent => Ok(Answer::ok(Value::Null)),
            _ => Err(Refusal::not_found(format!("{kind} '{handle}' not found."))),
        }
    }

    /// The part of the path that a route names so.
    pub fn param(&self, name: &str) -> &str {
        &self.params[name]
    }

    /// The identifier of the organisation.
    pub fn id(&self) -> &str {
        &self.organisation.id
    }
}

/// What answers a request, in the time that it takes.
type Answering = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send>>;

/// A handler that looks at the database.
pub fn read(
    work: fn(&Connection, &Scope) -> Result<Answer, Refusal>,
) -> impl Fn(Scope) -> Answering + Clone + Send + Sync {
    move |scope| Box::pin(scope.read(work))
}

/// A handler whose work, with the body of the request, is one transaction.
pub fn write(
    work: fn(&Transaction, &Scope, &[u8]) -> Result<Answer, Refusal>,
) -> impl Fn(Scope, Bytes) -> Answering + Clone + Send + Sync {
    move |scope, body| {
        Box::pin(async move {
            let store = scope.app.store.clone();
            store.write(move |tx| work(tx, &scope, &body)).await
        })
    }
}
