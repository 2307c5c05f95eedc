//! Something to look at from the start: two projects, a registry and an attachment. No guide creates
//! this registry, so that each can be followed here.

use rusqlite::Transaction;
use terraform_provider_bahriya::secret::Secret;

use crate::refusal::Refusal;
use crate::seal::Key;
use crate::store::projects::Wanted;
use crate::store::registries::{DEFAULT_MAXVERSIONS, Metadata};
use crate::store::versions::Credentials;
use crate::store::{attachments, organisations, projects, registries};

const PROJECTS: [(&str, &str, &[&str]); 2] = [
    ("shop", "Shop", &["falkenstein-1", "helsinki-1"]),
    ("lab", "Lab", &["virginia-1"]),
];

/// Fills the first organisation, unless it already has a project.
pub fn fill(tx: &Transaction, key: &Key) -> Result<(), Refusal> {
    let organisation = organisations::id_of(tx, "acme")?;
    if !projects::all(tx, &organisation)?.is_empty() {
        return Ok(());
    }
    let owner = organisations::user_of_token(tx, &key.token("owner"))?.unwrap_or_default();
    for (handle, name, regions) in PROJECTS {
        let wanted = Wanted {
            handle: handle.into(),
            name: name.into(),
            regions: regions.iter().map(ToString::to_string).collect(),
            users: Vec::new(),
        };
        projects::create(tx, &organisation, &owner, wanted, false)?;
    }
    let metadata = Metadata {
        handle: "team-images".into(),
        name: "Images of the team".into(),
        maxversions: DEFAULT_MAXVERSIONS,
    };
    let credentials = Credentials {
        server: "ghcr.io".into(),
        username: "acme-bot".into(),
        password: Secret::new("seeded-example-password"),
    };
    registries::create(tx, key, &organisation, &metadata, &credentials, false)?;
    if let Some(shop) = projects::by_handle(tx, &organisation, "shop")? {
        attachments::attach(tx, &shop, &metadata.handle)?;
    }
    Ok(())
}
