//! Validation and plan, as Terraform's core asks for them.

use terraform_provider_bahriya::framework::schema::Attribute;
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::framework::wire;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use super::process::{Walk, answered};
use super::{Instance, Outcome, Workspace};

/// What a plan says.
pub struct Planned {
    pub value: Value,
    pub private: Vec<u8>,
    pub changes: bool,
}

impl Workspace<'_> {
    pub(super) async fn plan(
        &mut self,
        walk: &mut Walk,
        prior: Option<&Instance>,
        config: Option<&Value>,
        first: Option<&Planned>,
        outcome: &mut Outcome,
    ) -> Option<Planned> {
        let Some(config) = config else {
            return self.plan_destroy(walk, prior, outcome).await;
        };
        let schema = self.resource.schema();
        let request = proto::validate_resource_config::Request {
            type_name: self.resource.type_name().to_owned(),
            config: Some(wire::encode(config)),
            client_capabilities: Some(proto::ClientCapabilities {
                write_only_attributes_allowed: true,
                ..Default::default()
            }),
        };
        let response = answered(walk.client.validate_resource_config(request).await);
        if self.note(&response.diagnostics, outcome) {
            return None;
        }
        let prior_value = prior.map_or(Value::Null, |prior| prior.value.clone());
        let proposed = proposed(&schema.attributes, &prior_value, config);
        let request = proto::plan_resource_change::Request {
            type_name: self.resource.type_name().to_owned(),
            prior_state: Some(wire::encode(&prior_value)),
            proposed_new_state: Some(wire::encode(&proposed)),
            config: Some(wire::encode(config)),
            prior_private: prior.map(|prior| prior.private.clone()).unwrap_or_default(),
            ..Default::default()
        };
        let response = answered(walk.client.plan_resource_change(request).await);
        if self.note(&response.diagnostics, outcome) {
            return None;
        }
        if !response.requires_replace.is_empty() || prior.is_some_and(|prior| prior.tainted) {
            outcome
                .breaches
                .push("a replacement was planned".to_owned());
        }
        let value = self.decode(response.planned_state.as_ref());
        let planned = Planned {
            changes: value != prior_value,
            value,
            private: response.planned_private,
        };
        // Terraform plans again before it applies, and wants to hear the same.
        if let Some(first) = first
            && first.value != planned.value
        {
            outcome.breaches.push("inconsistent final plan".to_owned());
        }
        Some(planned)
    }

    async fn plan_destroy(
        &mut self,
        walk: &mut Walk,
        prior: Option<&Instance>,
        outcome: &mut Outcome,
    ) -> Option<Planned> {
        let nothing = Planned {
            value: Value::Null,
            private: Vec::new(),
            changes: false,
        };
        let Some(prior) = prior else {
            return Some(nothing);
        };
        let request = proto::plan_resource_change::Request {
            type_name: self.resource.type_name().to_owned(),
            prior_state: Some(wire::encode(&prior.value)),
            proposed_new_state: Some(wire::encode(&Value::Null)),
            config: Some(wire::encode(&Value::Null)),
            prior_private: prior.private.clone(),
            ..Default::default()
        };
        let response = answered(walk.client.plan_resource_change(request).await);
        let errors = self.note(&response.diagnostics, outcome);
        (!errors).then_some(Planned {
            private: response.planned_private,
            changes: true,
            ..nothing
        })
    }
}

/// Terraform's merge of prior state and configuration.
fn proposed(attributes: &[Attribute], prior: &Value, config: &Value) -> Value {
    let merged = attributes.iter().map(|attribute| {
        let configured = config
            .attribute(attribute.name)
            .cloned()
            .unwrap_or(Value::Null);
        let value = match configured {
            Value::Null if attribute.is_computed() => match prior {
                Value::Null => Value::UNKNOWN,
                prior => prior
                    .attribute(attribute.name)
                    .cloned()
                    .unwrap_or(Value::Null),
            },
            configured => configured,
        };
        (attribute.name, value)
    });
    Value::Object(merged.collect())
}
