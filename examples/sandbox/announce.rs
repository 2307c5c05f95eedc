//! What the sandbox says when it is ready.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::Path;

use crate::app::App;
use crate::refusal::Refusal;
use crate::seal::write_for_owner;
use crate::store::organisations;

/// Prints what to paste into a shell, the rest as comments, so that all of it may be pasted.
pub async fn announce(app: &App, address: SocketAddr, file: Option<&Path>) -> Result<(), String> {
    let ids = app
        .store
        .read(|conn| {
            ["acme", "globex", "initech"]
                .into_iter()
                .map(|handle| organisations::id_of(conn, handle))
                .collect::<Result<Vec<_>, Refusal>>()
        })
        .await
        .map_err(|refusal| format!("failed to read the organisations: {refusal}"))?;
    let exports = exports(app, &address.to_string(), &ids[0]);
    let mut way = "Paste these lines into the shell that runs Terraform".to_owned();
    if let Some(file) = file {
        write_for_owner(file, exports.as_bytes())
            .map_err(|error| format!("failed to write {}: {error}", file.display()))?;
        way = format!("{way}, or type there: . {}", file.display());
    }
    let text = format!(
        "# The sandbox is ready. {way}\n{exports}\
         # viewer token: {}\n# member token: {}\n\
         # second organisation: {}\n# third organisation, not visible to these tokens: {}\n\
         # page: http://{address}/\n",
        app.key.token("viewer"),
        app.key.token("member"),
        ids[1],
        ids[2],
    );
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| format!("failed to print the address: {error}"))
}

/// The environment of a provider, as lines for a shell.
pub fn exports(app: &App, host: &str, organisation: &str) -> String {
    format!(
        "export BAHRIYA_API_URL=http://{host}/console/v1\n\
         export BAHRIYA_ORGANISATION_ID={organisation}\n\
         export BAHRIYA_TOKEN={}\n",
        app.key.token("owner")
    )
}
