//! A tiny provider for tests of the frame around calls: what it does depends on the name it is given.

use std::sync::LazyLock;

use async_trait::async_trait;

use crate::framework::diagnostics::{Diagnostics, Reported};
use crate::framework::findings;
use crate::framework::function::{Function, FunctionError, Parameter};
use crate::framework::list::{Found, Listed};
use crate::framework::model::object;
use crate::framework::provider::{
    ApplyRequest, Block, Call, DataSource, ImportTarget, Looked, Plan, PlanRequest, Provider,
    Resource, Stored,
};
use crate::framework::schema::{Attribute, Mode, Schema};
use crate::framework::ty::Type;
use crate::framework::value::Value;

/// The name that makes every operation panic.
pub const PANICS: &str = "panics";
/// The name that makes every operation fail.
pub const FAILS: &str = "fails";

pub struct Fake;
pub struct Thing;

static SCHEMA: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", vec![Attribute::string("name", Mode::Required, "")]));

static IDENTITY: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", vec![Attribute::string("name", Mode::Required, "")]));

static ECHO: LazyLock<Function> = LazyLock::new(|| Function {
    name: "echo",
    summary: "",
    description: "",
    parameters: vec![Parameter {
        name: "text",
        ty: Type::String,
        description: "",
    }],
    returns: Type::String,
    call: echo,
});

/// A block of the only schema.
pub fn named(name: &str) -> Value {
    object([("name", name.into())])
}

fn act(value: &Value, diagnostics: &mut Diagnostics) -> Result<Stored, Reported> {
    match value.attribute("name").and_then(Value::as_str) {
        Some(PANICS) => panic!("on purpose"),
        Some(FAILS) => Err(diagnostics.error(findings::no_such_kind("mercy"))),
        _ => Ok(Stored {
            value: value.clone(),
            private: b"private".to_vec(),
            identity: value.clone(),
        }),
    }
}

impl Provider for Fake {
    type Connection = ();

    fn schema(&self) -> &'static Schema {
        &SCHEMA
    }

    fn resources(&self) -> &[&'static dyn Resource<()>] {
        &[&Thing]
    }

    fn data_sources(&self) -> &[&'static dyn DataSource<()>] {
        &[&Thing]
    }

    fn ephemeral_resources(&self) -> &[&'static dyn DataSource<()>] {
        &[&Thing]
    }

    fn functions(&self) -> &[Function] {
        std::slice::from_ref(&*ECHO)
    }

    fn configure(
        &self,
        config: &Value,
        _: &str,
        diagnostics: &mut Diagnostics,
    ) -> Result<(), Reported> {
        act(config, diagnostics).map(drop)
    }
}

impl Block for Thing {
    fn type_name(&self) -> &'static str {
        "fake_thing"
    }

    fn schema(&self) -> &Schema {
        &SCHEMA
    }
}

#[async_trait]
impl Resource<()> for Thing {
    fn identity(&self) -> &'static Schema {
        &IDENTITY
    }

    async fn plan(&self, _: &mut Call<()>, request: PlanRequest<'_>) -> Plan {
        Plan {
            planned: request.draft.clone(),
            private: request.private.to_owned(),
            in_place: false,
        }
    }

    async fn read(&self, call: &mut Call<()>, current: Stored) -> Result<Looked, Reported> {
        act(&current.value, &mut call.diagnostics).map(Looked::There)
    }

    async fn create(&self, call: &mut Call<()>, request: ApplyRequest) -> Result<Stored, Reported> {
        act(&request.planned, &mut call.diagnostics)
    }

    async fn update(&self, call: &mut Call<()>, request: ApplyRequest) -> Stored {
        act(&request.planned, &mut call.diagnostics).unwrap_or(Stored {
            value: request.prior,
            private: request.private,
            identity: Value::Null,
        })
    }

    async fn delete(&self, call: &mut Call<()>, request: ApplyRequest) -> Result<(), Reported> {
        act(&request.prior, &mut call.diagnostics).map(drop)
    }

    async fn import(&self, call: &mut Call<()>, target: ImportTarget) -> Result<Stored, Reported> {
        match target {
            ImportTarget::Id(id) => act(&named(&id), &mut call.diagnostics),
            ImportTarget::Identity(identity) => act(&identity, &mut call.diagnostics),
        }
    }

    fn list_schema(&self) -> &'static Schema {
        &SCHEMA
    }

    async fn list(
        &self,
        call: &mut Call<()>,
        config: Value,
        found: &mut Found,
    ) -> Result<(), Reported> {
        let listed = |value: &Value| Listed {
            identity: value.clone(),
            display_name: "a thing".to_owned(),
            object: found.wants_objects.then(|| value.clone()),
        };
        if found.hand(listed(&named("first"))).await.is_continue() {
            act(&config, &mut call.diagnostics)?;
        }
        Ok(())
    }
}

#[async_trait]
impl DataSource<()> for Thing {
    async fn read(&self, call: &mut Call<()>, config: Value) -> Result<Value, Reported> {
        act(&config, &mut call.diagnostics).map(|stored| stored.value)
    }
}

fn echo(arguments: &[Value]) -> Result<Value, FunctionError> {
    let text = &arguments[0];
    act(&object([("name", text.clone())]), &mut Diagnostics::new())
        .map_err(|_| FunctionError::new("refused"))?;
    Ok(text.clone())
}
