//! A mini-Terraform: it drives the real provider process over gRPC in Terraform's order, keeps state and
//! private bytes, and holds every answer to the rules that Terraform enforces.

// Each test binary that includes this file uses its own part of it.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use terraform_provider_bahriya::framework::codec::{decode_msgpack, encode_msgpack};
use terraform_provider_bahriya::framework::ty::Type;
use terraform_provider_bahriya::framework::value::{Object, Value};
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;
use tonic::transport::Channel;

use crate::plugin::{Options, PluginProcess};

/// Why a run of Terraform ended early.
#[derive(Debug)]
pub enum Trouble {
    /// The provider reported errors, which may be right.
    Refused(Vec<String>),
    /// The provider broke a rule, which never is.
    Broken(String),
}

/// An object in the state.
#[derive(Clone, Debug)]
pub struct Stored {
    pub value: Value,
    pub private: Vec<u8>,
    pub identity: Option<proto::ResourceIdentityData>,
}

/// What a plan came to.
#[derive(Clone)]
pub struct Planned {
    value: Value,
    private: Vec<u8>,
    identity: Option<proto::ResourceIdentityData>,
}

impl Planned {
    /// The names of the attributes that change.
    pub fn difference(&self, prior: &Value) -> String {
        let Value::Object(planned) = &self.value else {
            return "all of it".to_owned();
        };
        let changed = planned
            .iter()
            .filter(|(name, value)| at(prior, name) != *value);
        let names: Vec<&str> = changed.map(|(name, _)| *name).collect();
        names.join(", ")
    }
}

struct Attribute {
    name: &'static str,
    computed: bool,
    write_only: bool,
    ty: Type,
}

/// A provider process and the schemas of its resources.
pub struct Terraform {
    pub process: PluginProcess,
    /// Every diagnostic so far.
    pub told: Vec<String>,
    client: ProviderClient<Channel>,
    schemas: BTreeMap<String, Vec<Attribute>>,
    configuration: proto::DynamicValue,
}

impl Terraform {
    /// Starts a provider for the API at this address.
    pub async fn start(options: Options, api_url: &str, organisation: &str, token: &str) -> Self {
        let process = PluginProcess::start(options).await;
        let mut client = process.provider();
        let request = proto::get_provider_schema::Request {};
        let answer = client.get_provider_schema(request).await;
        let answer = answer.expect("schemas").into_inner();
        let schemas = answer
            .resource_schemas
            .into_iter()
            .map(|(name, schema)| (name, attributes(schema.block.expect("a block").attributes)))
            .collect();
        let provider = answer.provider.and_then(|schema| schema.block);
        let arguments = attributes(provider.expect("a block").attributes);
        let configuration = object(
            &arguments,
            [
                ("base_url", api_url.into()),
                ("organisation_id", organisation.into()),
                ("token", token.into()),
            ],
        );
        Self {
            process,
            told: Vec::new(),
            client,
            schemas,
            configuration: wire(&configuration),
        }
    }

    /// Begins a run: a new connection to the API, which remembers nothing of the run before.
    pub async fn begin(&mut self) -> Result<(), Trouble> {
        let request = proto::configure_provider::Request {
            terraform_version: "1.11.4".to_owned(),
            config: Some(self.configuration.clone()),
            ..Default::default()
        };
        let answer = self.client.configure_provider(request).await;
        let answer = self.answered(answer)?;
        self.no_errors(&answer.diagnostics)
    }

    /// The configuration of a resource: these arguments, and null for all others.
    pub fn config<const N: usize>(&self, kind: &str, arguments: [(&str, Value); N]) -> Value {
        object(&self.schemas[kind], arguments)
    }

    /// Refreshes an object; none if it is gone.
    pub async fn read(&mut self, kind: &str, stored: Stored) -> Result<Option<Stored>, Trouble> {
        let request = proto::read_resource::Request {
            type_name: kind.to_owned(),
            current_state: Some(wire(&stored.value)),
            private: stored.private,
            current_identity: stored.identity,
            ..Default::default()
        };
        let answer = self.client.read_resource(request).await;
        let answer = self.answered(answer)?;
        self.no_errors(&answer.diagnostics)?;
        let value = self.value(kind, answer.new_state)?;
        if value.is_null() {
            return Ok(None);
        }
        storable(&self.schemas[kind], &value)?;
        Ok(Some(Stored {
            value,
            private: answer.private,
            identity: answer.new_identity,
        }))
    }

    /// Validates and plans, twice as Terraform does; none if there is nothing to do.
    pub async fn plan(
        &mut self,
        kind: &str,
        prior: Option<&Stored>,
        config: Option<&Value>,
    ) -> Result<Option<Planned>, Trouble> {
        if let Some(config) = config {
            let request = proto::validate_resource_config::Request {
                type_name: kind.to_owned(),
                config: Some(wire(config)),
                client_capabilities: Some(proto::ClientCapabilities {
                    write_only_attributes_allowed: true,
                    ..Default::default()
                }),
            };
            let answer = self.client.validate_resource_config(request).await;
            let answer = self.answered(answer)?;
            self.no_errors(&answer.diagnostics)?;
        }
        let prior_value = prior.map_or(Value::Null, |prior| prior.value.clone());
        let request = proto::plan_resource_change::Request {
            type_name: kind.to_owned(),
            prior_state: Some(wire(&prior_value)),
            proposed_new_state: Some(wire(&proposed(&self.schemas[kind], &prior_value, config))),
            config: Some(wire(config.unwrap_or(&Value::Null))),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            prior_identity: prior.and_then(|prior| prior.identity.clone()),
            ..Default::default()
        };
        let answer = self.client.plan_resource_change(request.clone()).await;
        let answer = self.answered(answer)?;
        self.no_errors(&answer.diagnostics)?;
        let again = self.client.plan_resource_change(request).await;
        if self.answered(again)? != answer {
            return broken(format!("{kind}: the same plan asked twice has two answers"));
        }
        if !answer.requires_replace.is_empty() {
            return broken(format!("{kind}: nothing here asks for a replacement"));
        }
        let value = self.value(kind, answer.planned_state)?;
        let Some(config) = config else {
            return match value {
                Value::Null => Ok(Some(Planned {
                    value,
                    private: answer.planned_private,
                    identity: answer.planned_identity,
                })),
                _ => broken(format!("{kind}: a planned deletion is null")),
            };
        };
        for attribute in &self.schemas[kind] {
            let name = attribute.name;
            let (planned, wanted) = (at(&value, name), at(config, name));
            let allowed = if attribute.write_only {
                planned.is_null()
            } else if wanted.is_null() && attribute.computed {
                true
            } else {
                planned == wanted || planned == at(&prior_value, name)
            };
            if !allowed {
                return broken(format!("{kind}: invalid plan for {name}: {planned:?}"));
            }
        }
        let changes = value != prior_value;
        Ok(changes.then_some(Planned {
            value,
            private: answer.planned_private,
            identity: answer.planned_identity,
        }))
    }

    /// Applies a plan. `stored` is changed to what is to be kept, whether or not there are errors.
    pub async fn apply(
        &mut self,
        kind: &str,
        stored: &mut Option<Stored>,
        planned: Planned,
        config: Option<&Value>,
    ) -> Result<(), Trouble> {
        let prior = stored.as_ref();
        let prior_value = prior.map_or(Value::Null, |prior| prior.value.clone());
        let request = proto::apply_resource_change::Request {
            type_name: kind.to_owned(),
            prior_state: Some(wire(&prior_value)),
            planned_state: Some(wire(&planned.value)),
            config: Some(wire(config.unwrap_or(&Value::Null))),
            planned_private: planned.private,
            planned_identity: planned.identity,
            ..Default::default()
        };
        let answer = self.client.apply_resource_change(request).await;
        let answer = self.answered(answer)?;
        let result = self.no_errors(&answer.diagnostics);
        let value = self.value(kind, answer.new_state)?;
        if value.is_null() {
            // Beside an error, Terraform takes a null for a provider that forgot the state, and keeps it.
            if result.is_ok() {
                *stored = None;
            }
        } else {
            storable(&self.schemas[kind], &value)?;
            if prior_value.is_null() && result.is_err() {
                return broken(format!("{kind}: created and tainted: {result:?}"));
            }
            *stored = Some(Stored {
                value: value.clone(),
                private: answer.private,
                identity: answer.new_identity,
            });
        }
        result?;
        if planned.value.is_null() != value.is_null() {
            return broken(format!("{kind}: deleted and kept, or made and lost"));
        }
        for attribute in &self.schemas[kind] {
            let name = attribute.name;
            let promised = at(&planned.value, name);
            if promised.is_wholly_known() && promised != at(&value, name) {
                return broken(format!("{kind}: inconsistent result for {name}"));
            }
        }
        Ok(())
    }

    fn no_errors(&mut self, diagnostics: &[proto::Diagnostic]) -> Result<(), Trouble> {
        let text = |diagnostic: &proto::Diagnostic| {
            format!("{}: {}", diagnostic.summary, diagnostic.detail)
        };
        self.told.extend(diagnostics.iter().map(text));
        let errors: Vec<String> = diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity() == proto::diagnostic::Severity::Error)
            .map(text)
            .collect();
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Trouble::Refused(errors))
        }
    }

    fn value(&self, kind: &str, wire: Option<proto::DynamicValue>) -> Result<Value, Trouble> {
        let ty = Type::Object(
            self.schemas[kind]
                .iter()
                .map(|attribute| (attribute.name, attribute.ty.clone()))
                .collect(),
        );
        match wire {
            None => Ok(Value::Null),
            Some(wire) => decode_msgpack(&wire.msgpack, &ty)
                .or_else(|error| broken(format!("{kind}: {error}"))),
        }
    }

    fn answered<T>(&self, answer: Result<tonic::Response<T>, tonic::Status>) -> Result<T, Trouble> {
        answer.map(tonic::Response::into_inner).or_else(|status| {
            let stderr = self.process.stderr().join("\n");
            broken(format!("the call failed: {status}; stderr: {stderr}"))
        })
    }
}

fn broken<T>(what: String) -> Result<T, Trouble> {
    Err(Trouble::Broken(what))
}

fn wire(value: &Value) -> proto::DynamicValue {
    proto::DynamicValue {
        msgpack: encode_msgpack(value),
        json: Vec::new(),
    }
}

/// An attribute of an object; null if there is no object.
pub fn at<'a>(object: &'a Value, name: &str) -> &'a Value {
    object.attribute(name).unwrap_or(&Value::Null)
}

fn object<const N: usize>(attributes: &[Attribute], values: [(&str, Value); N]) -> Value {
    let mut object: Object = attributes
        .iter()
        .map(|attribute| (attribute.name, Value::Null))
        .collect();
    for (name, value) in values {
        let attribute = object.get_mut(name);
        *attribute.unwrap_or_else(|| panic!("there is no attribute {name}")) = value;
    }
    Value::Object(object)
}

/// What the state would be if the provider had no say: configured values, and computed ones as they were.
fn proposed(attributes: &[Attribute], prior: &Value, config: Option<&Value>) -> Value {
    let Some(config) = config else {
        return Value::Null;
    };
    let values = attributes.iter().map(|attribute| {
        let name = attribute.name;
        let kept = at(config, name).is_null() && attribute.computed;
        let from = if kept { prior } else { config };
        (attribute.name, at(from, name).clone())
    });
    Value::Object(values.collect())
}

fn storable(attributes: &[Attribute], value: &Value) -> Result<(), Trouble> {
    if !value.is_wholly_known() {
        return broken("something unknown came back".to_owned());
    }
    let written = attributes
        .iter()
        .find(|attribute| attribute.write_only && !at(value, attribute.name).is_null());
    match written {
        Some(attribute) => broken(format!("the write-only {} came back", attribute.name)),
        None => Ok(()),
    }
}

fn attributes(schema: Vec<proto::schema::Attribute>) -> Vec<Attribute> {
    let one = |attribute: proto::schema::Attribute| Attribute {
        ty: match attribute.nested_type {
            Some(nested) => Type::Object(
                attributes(nested.attributes)
                    .into_iter()
                    .map(|attribute| (attribute.name, attribute.ty))
                    .collect(),
            ),
            None => ty(&serde_json::from_slice(&attribute.r#type).expect("a type")),
        },
        // Names in values live as long as the program; these few come from the other side of the wire.
        name: attribute.name.leak(),
        computed: attribute.computed,
        write_only: attribute.write_only,
    };
    schema.into_iter().map(one).collect()
}

fn ty(json: &Json) -> Type {
    match json.as_str() {
        Some("string") => Type::String,
        Some("number") => Type::Number,
        Some("bool") => Type::Bool,
        _ => panic!("a type that the resources do not use: {json}"),
    }
}
