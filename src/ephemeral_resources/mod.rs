//! What a configuration looks at without a trace in plan or state, one file each.

mod registry_login;

use crate::connection::Connection;
use crate::framework::provider::DataSource;

/// Every ephemeral resource.
pub static ALL: [&dyn DataSource<Connection>; 1] = [&registry_login::RegistryLogin];
