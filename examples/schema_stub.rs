//! Stands in for providers that the worked examples use and that cannot be had here: `hashicorp/aws`,
//! `hashicorp/vault` and the official one. It knows the part of their schemas that the examples name, so that
//! Terraform checks and plans an example as a reader gets it. It makes nothing, and every text it looks up is "stub".

#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::sync::LazyLock;

use async_trait::async_trait;

use terraform_provider_bahriya::framework::diagnostics::{Diagnostics, Reported};
use terraform_provider_bahriya::framework::findings;
use terraform_provider_bahriya::framework::list::Found;
use terraform_provider_bahriya::framework::provider::{
    ApplyRequest, Block, Call, DataSource, ImportTarget, Looked, Plan, PlanRequest, Provider,
    Resource, Stored,
};
use terraform_provider_bahriya::framework::schema::{Attribute, Mode, Schema, Shape};
use terraform_provider_bahriya::framework::server::Server;
use terraform_provider_bahriya::framework::ty::Type;
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::plugin::{self, About};

static NOTHING: LazyLock<Schema> = LazyLock::new(|| Schema::new("", Vec::new()));

static ECR_TOKEN: LazyLock<Schema> = LazyLock::new(|| {
    Schema::new(
        "",
        vec![
            text("region", Mode::Optional),
            text("authorization_token", Mode::Computed).sensitive(),
            text("expires_at", Mode::Computed),
            text("password", Mode::Computed).sensitive(),
            text("proxy_endpoint", Mode::Computed),
            text("user_name", Mode::Computed),
        ],
    )
});

static VAULT_SECRET: LazyLock<Schema> = LazyLock::new(|| {
    // A map there; the examples ask for one key.
    let data = Shape::Object(vec![text("token", Mode::Computed)]);
    Schema::new(
        "",
        vec![
            text("mount", Mode::Required),
            text("name", Mode::Required),
            Attribute::number("version", Mode::Optional, ""),
            Attribute::new("data", data, Mode::Computed, "").sensitive(),
        ],
    )
});

static PROJECT: LazyLock<Schema> = LazyLock::new(|| {
    let regions = Shape::Plain(Type::list(Type::String));
    Schema::new(
        "",
        vec![
            text("handle", Mode::Required),
            text("name", Mode::Required),
            Attribute::new("regions", regions, Mode::Required, ""),
            text("id", Mode::Computed),
        ],
    )
});

static PROJECT_IDENTITY: LazyLock<Schema> =
    LazyLock::new(|| Schema::new("", vec![Attribute::string("id", Mode::Required, "")]));

fn text(name: &'static str, mode: Mode) -> Attribute {
    Attribute::string(name, mode, "")
}

struct Stub;

impl Provider for Stub {
    type Connection = ();

    fn schema(&self) -> &'static Schema {
        &NOTHING
    }

    fn resources(&self) -> &[&'static dyn Resource<()>] {
        &[&Project]
    }

    fn data_sources(&self) -> &[&'static dyn DataSource<()>] {
        &[]
    }

    fn ephemeral_resources(&self) -> &[&'static dyn DataSource<()>] {
        const ECR: Lookup = Lookup("aws_ecr_authorization_token", &ECR_TOKEN);
        const VAULT: Lookup = Lookup("vault_kv_secret_v2", &VAULT_SECRET);
        &[&ECR, &VAULT]
    }

    fn configure(&self, _: &Value, _: &str, _: &mut Diagnostics) -> Result<(), Reported> {
        Ok(())
    }
}

/// An ephemeral resource: its name and its schema.
struct Lookup(&'static str, &'static LazyLock<Schema>);

impl Block for Lookup {
    fn type_name(&self) -> &'static str {
        self.0
    }

    fn schema(&self) -> &Schema {
        self.1
    }
}

#[async_trait]
impl DataSource<()> for Lookup {
    async fn read(&self, _: &mut Call<()>, config: Value) -> Result<Value, Reported> {
        let Value::Object(mut object) = config else {
            return Ok(config);
        };
        for attribute in self
            .1
            .attributes
            .iter()
            .filter(|attribute| attribute.is_computed())
        {
            object.insert(attribute.name, stub(attribute));
        }
        Ok(Value::Object(object))
    }
}

fn stub(attribute: &Attribute) -> Value {
    match &attribute.shape {
        Shape::Object(inner) => Value::Object(
            inner
                .iter()
                .map(|inner| (inner.name, stub(inner)))
                .collect(),
        ),
        _ => Value::String("stub".to_owned()),
    }
}

/// `bahriya_project` of the official provider, which can be planned and nothing else.
struct Project;

fn refused(diagnostics: &mut Diagnostics) -> Reported {
    diagnostics.error(findings::no_such_kind("objects, but a schema for plans"))
}

impl Block for Project {
    fn type_name(&self) -> &'static str {
        "bahriya_project"
    }

    fn schema(&self) -> &Schema {
        &PROJECT
    }
}

#[async_trait]
impl Resource<()> for Project {
    fn identity(&self) -> &'static Schema {
        &PROJECT_IDENTITY
    }

    async fn plan(&self, _: &mut Call<()>, request: PlanRequest<'_>) -> Plan {
        Plan {
            planned: request.draft.clone(),
            private: Vec::new(),
            in_place: false,
        }
    }

    fn plan_delete(&self, _: &mut Call<()>, _: &Value, _: &[u8]) -> Vec<u8> {
        Vec::new()
    }

    async fn read(&self, call: &mut Call<()>, _: Stored) -> Result<Looked, Reported> {
        Err(refused(&mut call.diagnostics))
    }

    async fn create(&self, call: &mut Call<()>, _: ApplyRequest) -> Result<Stored, Reported> {
        Err(refused(&mut call.diagnostics))
    }

    async fn update(&self, call: &mut Call<()>, request: ApplyRequest) -> Stored {
        refused(&mut call.diagnostics);
        Stored {
            value: request.prior,
            private: request.private,
            identity: Value::Null,
        }
    }

    async fn delete(&self, call: &mut Call<()>, _: ApplyRequest) -> Result<(), Reported> {
        Err(refused(&mut call.diagnostics))
    }

    async fn import(&self, call: &mut Call<()>, _: ImportTarget) -> Result<Stored, Reported> {
        Err(refused(&mut call.diagnostics))
    }

    fn list_schema(&self) -> &'static Schema {
        &NOTHING
    }

    async fn list(&self, call: &mut Call<()>, _: Value, _: &mut Found) -> Result<(), Reported> {
        Err(refused(&mut call.diagnostics))
    }
}

fn main() -> ExitCode {
    let about = About {
        name: "schema-stub",
        version: "0.0.0",
        address: "registry.terraform.io/bahriya-rs/schema-stub",
        issues: "https://issues.example",
    };
    let server = Server::new(Stub);
    plugin::run(about, server.lifecycle().clone(), server.routes())
}
