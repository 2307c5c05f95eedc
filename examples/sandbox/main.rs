//! The sandbox: a local stand-in of the Bahriya console API, for trying and testing the provider
//! without an account. `docs/sandbox.md` tells what it does.

#![forbid(unsafe_code)]

mod announce;
mod api;
mod app;
mod args;
mod control;
mod deploy;
mod faults;
mod gate;
mod openapi;
mod page;
mod push_image;
mod refusal;
mod request_log;
mod seal;
mod seed_data;
mod server;
mod store;

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use clap::Parser;

use app::App;
use args::{Args, Command};
use refusal::Refusal;
use request_log::RequestLog;
use seal::Key;
use store::{Store, organisations};

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("sandbox: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(mut args: Args) -> Result<(), Box<dyn Error>> {
    if let Some(Command::PushImage(push)) = args.command.take() {
        println!("pushed: {}", push_image::push(push).await?);
        return Ok(());
    }
    let listener = server::listen(args.listen).await?;
    if args.exit_with_stdin {
        std::thread::spawn(|| {
            let _ = io::copy(&mut io::stdin(), &mut io::sink());
            std::process::exit(0);
        });
    }
    let key = Arc::new(open_key(&args)?);
    let store = Store::open(args.database.as_deref())
        .map_err(|error| format!("failed to open the database: {error}"))?;
    prepare(&store, &key, args.seed_data).await?;
    let log = RequestLog::open(args.request_log.as_deref())
        .map_err(|error| format!("failed to open the request log: {error}"))?;
    let app = App::new(store, key, log, args.image_registries, args.settings);
    announce::announce(&app, listener.local_addr()?, args.env_file.as_deref()).await?;
    Ok(server::serve(listener, router(app)).await?)
}

fn open_key(args: &Args) -> Result<Key, String> {
    let Some(database) = &args.database else {
        return Key::random().map_err(|error| error.to_string());
    };
    let path = args.key_file.clone().unwrap_or_else(|| beside(database));
    if database.exists() && !path.exists() {
        return Err(format!(
            "the database {} was made with a key, but the key file {} is missing",
            database.display(),
            path.display()
        ));
    }
    Key::load_or_create(&path)
        .map_err(|error| format!("failed to use the key file {}: {error}", path.display()))
}

/// The default key file of a database: its name with `.key` appended.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".key");
    name.into()
}

async fn prepare(store: &Store, key: &Arc<Key>, seed_data: bool) -> Result<(), Refusal> {
    let key = key.clone();
    let prepared = store.write(move |tx| {
        organisations::prepare(tx, &key)?;
        match seed_data {
            true => seed_data::fill(tx, &key),
            false => Ok(()),
        }
    });
    prepared.await
}

fn router(app: App) -> Router {
    Router::new()
        .nest("/console/v1", api::routes(&app))
        .nest("/_sandbox", control::routes())
        .route("/", get(page::show))
        .route("/openapi.json", get(openapi::document))
        .fallback(async || (StatusCode::NOT_FOUND, Html("<h1>404 Not Found</h1>")))
        .with_state(app)
}
