//! What all blocks of a configuration have, and what they are called with.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::diagnostics::Diagnostics;
use super::schema::Schema;
use super::value::Value;

/// What a configuration has blocks of.
pub trait Block: Send + Sync {
    /// The name in the configuration.
    fn type_name(&self) -> &'static str;

    /// The attributes.
    fn schema(&self) -> &Schema;

    /// Checks across attributes that need no stored state. What is unknown is not judged.
    fn validate(&self, _config: &Value, _diagnostics: &mut Diagnostics) {}
}

/// One call to a configured provider: its surroundings, and what comes up in it.
pub struct Call<C> {
    /// What `configure` made.
    pub connection: Arc<C>,
    /// Cancelled when the user interrupts Terraform.
    pub cancel: CancellationToken,
    /// What the user is told.
    pub diagnostics: Diagnostics,
}
