//! What a provider, its resources, data sources and functions have to offer, in words of values and
//! diagnostics only: nothing here or behind it sees protobuf.

use std::sync::Arc;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use super::diagnostics::{Diagnostics, Reported};
use super::function::Function;
use super::list::Found;
use super::schema::Schema;
use super::value::Value;

/// A provider: its own configuration and what it manages.
#[async_trait]
pub trait Provider: Send + Sync + 'static {
    /// What a configured provider hands to its resources.
    type Connection: Send + Sync + 'static;

    /// The arguments of the `provider` block.
    fn schema(&self) -> &'static Schema;

    /// What it manages.
    fn resources(&self) -> &[&'static dyn Resource<Self::Connection>];

    /// What it looks up.
    fn data_sources(&self) -> &[&'static dyn DataSource<Self::Connection>];

    /// What it looks at without storing the answer.
    fn ephemeral_resources(&self) -> &[&'static dyn DataSource<Self::Connection>] {
        &[]
    }

    /// What it computes.
    fn functions(&self) -> &[Function] {
        &[]
    }

    /// A change was carried out, or failed.
    fn applied(&self, _connection: &Self::Connection) {}

    /// Takes the configuration, in which values may still be unknown during a plan. No I/O.
    fn configure(
        &self,
        config: &Value,
        terraform_version: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self::Connection, Reported>;
}

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

/// An object as Terraform stores it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The attributes. Write-only and unknown ones are set to null on the way out.
    pub value: Value,
    /// Bytes for this provider alone; stored beside the object, in the clear.
    pub private: Vec<u8>,
    /// What identifies the object forever; null while it cannot be known.
    pub identity: Value,
}

/// What a look at an object comes to.
#[derive(Debug, Clone)]
pub enum Looked {
    /// It is there, as shown.
    There(Stored),
    /// It is proved not to exist any more.
    Gone,
}

/// What a plan starts from.
#[derive(Debug, Clone, Copy)]
pub struct PlanRequest<'a> {
    /// The object as it is; `None` to create one.
    pub prior: Option<&'a Value>,
    /// The configuration, write-only values included.
    pub config: &'a Value,
    /// What follows from the schema alone (`framework::plan::draft`).
    pub draft: &'a Value,
    /// The stored private bytes. On the second half of a replace: those of the first half's plan.
    pub private: &'a [u8],
    /// Those of the plan that is now made again for its apply; empty from clients that do not keep them.
    pub earlier: &'a [u8],
}

/// What a plan comes to.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The object as planned.
    pub planned: Value,
    /// Bytes for the apply that follows. They are stored if it keeps them.
    pub private: Vec<u8>,
    /// The update can be carried out on the object as it is, whatever the schema says of a change.
    pub in_place: bool,
}

/// What a create, an update or a deletion is asked to do.
#[derive(Debug, Clone)]
pub struct ApplyRequest {
    /// The object as it was; null to create one.
    pub prior: Value,
    /// The object as planned, unknown where the provider may choose; null to delete it.
    pub planned: Value,
    /// The configuration: the one place for write-only values.
    pub config: Value,
    /// The bytes of the plan.
    pub private: Vec<u8>,
}

/// What an import starts from.
#[derive(Debug, Clone)]
pub enum ImportTarget {
    /// The text that the user gave.
    Id(String),
    /// The identity that the user gave.
    Identity(Value),
}

/// A kind of object with a life of its own.
#[async_trait]
pub trait Resource<C: Send + Sync + 'static>: Block {
    /// What identifies an object forever. The required attributes have to be given on import.
    fn identity(&self) -> &'static Schema;

    /// The state holds this object. Every walk begins with that.
    fn remember(&self, _connection: &C, _state: &Value) {}

    /// The private bytes for an object that another provider has stored as this JSON, and that is now one of these.
    fn private_of(&self, _stored: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    /// Plans a create or an update. It may look at what is there, once; from then on it is pure: no clock, no
    /// network, the same answer to the same question.
    async fn plan(&self, call: &mut Call<C>, request: PlanRequest<'_>) -> Plan;

    /// Plans a deletion: a last chance to warn or to refuse. Answers the bytes for the apply.
    fn plan_delete(&self, _call: &mut Call<C>, _prior: &Value, private: &[u8]) -> Vec<u8> {
        private.to_owned()
    }

    /// Looks at the object.
    async fn read(&self, call: &mut Call<C>, current: Stored) -> Result<Looked, Reported>;

    /// Makes the object. An error means that nothing was made.
    async fn create(&self, call: &mut Call<C>, request: ApplyRequest) -> Result<Stored, Reported>;

    /// Changes the object. With errors, what is returned is what has been proved.
    async fn update(&self, call: &mut Call<C>, request: ApplyRequest) -> Stored;

    /// Removes the object.
    async fn delete(&self, call: &mut Call<C>, request: ApplyRequest) -> Result<(), Reported>;

    /// Finds an existing object. Reads only.
    async fn import(&self, call: &mut Call<C>, target: ImportTarget) -> Result<Stored, Reported>;

    /// The arguments of a list of the objects.
    fn list_schema(&self) -> &'static Schema;

    /// Finds the objects and hands them over one by one, until there are no more or [`Found::hand`] breaks.
    ///
    /// Reads only. It may be dropped at any `.await`: nobody waits for the rest then.
    async fn list(
        &self,
        call: &mut Call<C>,
        config: Value,
        found: &mut Found,
    ) -> Result<(), Reported>;

    /// Whether a stored object of another provider's type may become one of this type as it stands.
    fn accepts_move(&self, _source_provider: &str, _source_type: &str) -> bool {
        false
    }
}

/// A look at something that is managed elsewhere. What a data source finds is stored, what an ephemeral resource
/// finds is not.
#[async_trait]
pub trait DataSource<C: Send + Sync + 'static>: Block {
    /// Fills in the object that was asked for.
    async fn read(&self, call: &mut Call<C>, config: Value) -> Result<Value, Reported>;
}
