//! What data sources and ephemeral resources have in common: both are looked at, and never changed.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::path::Path;
use crate::framework::plan;
use crate::framework::provider::{DataSource, Provider};
use crate::framework::server::Server;
use crate::framework::validate::{self, Client};
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;

type Config<'a> = Option<&'a proto::DynamicValue>;

/// Checks a block before it is looked at.
pub fn check<C: Send + Sync + 'static>(
    source: &dyn DataSource<C>,
    config: Config<'_>,
) -> Result<Vec<proto::Diagnostic>, Diagnostics> {
    let schema = source.schema();
    let config = super::decode(config, schema, "configuration")?;
    let mut diagnostics = Diagnostics::new();
    // Write-only arguments exist in resources only.
    let client = Client { write_only: true };
    validate::block(
        &schema.attributes,
        &config,
        &Path::ROOT,
        client,
        &mut diagnostics,
    );
    source.validate(&config, &mut diagnostics);
    let secrets = schema.secrets_in(&config);
    Ok(wire::diagnostics_apart_from(&secrets, &diagnostics))
}

/// Looks, with a configuration that is wholly known.
pub async fn look<P: Provider>(
    server: &Server<P>,
    source: &dyn DataSource<P::Connection>,
    config: Config<'_>,
) -> Result<(Option<proto::DynamicValue>, Vec<proto::Diagnostic>), Diagnostics> {
    let schema = source.schema();
    let config = super::decode(config, schema, "configuration")?;
    super::wholly_known(&config)?;
    let mut diagnostics = Diagnostics::new();
    let secrets = schema.secrets_in(&config);
    let found = source.read(&server.call()?, config, &mut diagnostics).await;
    let found = found
        .ok()
        .map(|value| wire::encode(&plan::storable(schema, value)));
    Ok((found, wire::diagnostics_apart_from(&secrets, &diagnostics)))
}
