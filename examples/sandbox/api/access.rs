//! Who asks, and what they may do: bearer tokens, organisations, roles.

use axum::RequestPartsExt;
use axum::extract::{Extension, FromRequestParts, RawPathParams, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, Transaction};

use crate::app::App;
use crate::faults::Replica;
use crate::refusal::Refusal;
use crate::store::organisations::{self, Action, Organisation};

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
    replica: Option<Replica>,
}

impl FromRequestParts<App> for Scope {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let malformed = || Refusal::bad_request("The path is malformed.");
        let Extension(User(user)) = parts
            .extract::<Extension<User>>()
            .await
            .map_err(|_| Refusal::unauthorised("A personal access token is required."))?;
        let params = parts
            .extract::<RawPathParams>()
            .await
            .map_err(|_| malformed())?;
        let id = params
            .iter()
            .find(|(name, _)| *name == "organisation")
            .map(|(_, value)| value.to_owned())
            .ok_or_else(malformed)?;
        let asking = user.clone();
        let organisation = app
            .store
            .read(move |conn| organisations::of_request(conn, &asking, &id))
            .await?;
        Ok(Self {
            app: app.clone(),
            user,
            organisation,
            replica: parts.extensions.get().copied(),
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
        match self.replica {
            None => store.read(move |conn| work(conn, &self)).await,
            Some(Replica::BeforeLastWrite) => store.read_stale(move |conn| work(conn, &self)).await,
            Some(Replica::Empty) => store.read_empty(move |conn| work(conn, &self)).await,
        }
    }

    /// Runs a write in this organisation, if the role allows the action.
    pub async fn write<T, F>(self, action: Action, work: F) -> Result<T, Refusal>
    where
        T: Send + 'static,
        F: FnOnce(&Transaction, &Self) -> Result<T, Refusal> + Send + 'static,
    {
        self.may(action)?;
        let store = self.app.store.clone();
        store.write(move |tx| work(tx, &self)).await
    }

    /// The identifier of the organisation.
    pub fn id(&self) -> &str {
        &self.organisation.id
    }
}
