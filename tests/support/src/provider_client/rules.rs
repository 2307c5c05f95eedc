//! What Terraform's core makes of configurations, and what it asks of plans and states.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use super::values::{has_unknown, is_unknown};

/// The attributes of a schema by name.
pub fn attributes(schema: &proto::Schema) -> BTreeMap<&str, &proto::schema::Attribute> {
    let block = schema.block.as_ref().unwrap();
    let named = block.attributes.iter();
    named.map(|one| (one.name.as_str(), one)).collect()
}

/// A block with every attribute that is not given null, nested ones included.
pub fn complete(schema: &proto::Schema, given: Json) -> Json {
    complete_object(&schema.block.as_ref().unwrap().attributes, given)
}

fn complete_object(attributes: &[proto::schema::Attribute], given: Json) -> Json {
    let Json::Object(mut given) = given else {
        return given;
    };
    if given.keys().any(|key| key.starts_with('$')) {
        return Json::Object(given);
    }
    let mut whole = Map::new();
    for attribute in attributes {
        let value = given.remove(&attribute.name).unwrap_or(Json::Null);
        let value = match &attribute.nested_type {
            Some(nested) => complete_object(&nested.attributes, value),
            None => value,
        };
        whole.insert(attribute.name.clone(), value);
    }
    // What the schema does not have goes along: some tests want that.
    whole.append(&mut given);
    Json::Object(whole)
}

/// What Terraform proposes: the configuration, with prior values of computed attributes it leaves open.
pub fn proposed(schema: &proto::Schema, prior: &Json, config: &Json) -> Json {
    let mut proposed = config.clone();
    for (name, attribute) in attributes(schema) {
        if config[name].is_null() && attribute.computed && !prior.is_null() {
            proposed[name] = prior[name].clone();
        }
    }
    proposed
}

/// Terraform's rules for a plan (plugin-protocol section 3.2).
pub fn check_plan(schema: &proto::Schema, prior: &Json, config: &Json, planned: &Json) {
    let attributes = attributes(schema);
    let names: Vec<_> = planned.as_object().unwrap().keys().collect();
    assert_eq!(names, attributes.keys().collect::<Vec<_>>());
    for (name, attribute) in attributes {
        let (prior, config, planned) = (&prior[name], &config[name], &planned[name]);
        if attribute.write_only {
            assert_eq!(planned, &Json::Null, "{name} is write-only");
            continue;
        }
        let open = attribute.computed && config.is_null();
        let kept = !prior.is_null() && !config.is_null() && planned == prior;
        let unknown = is_unknown(planned) && is_unknown(config);
        assert!(
            open || kept || unknown || planned == config,
            "{name} is planned as {planned}, and configured as {config}"
        );
    }
}

/// Terraform's rules for what it stores: complete, wholly known, nothing write-only.
pub fn check_stored(schema: &proto::Schema, state: &Json) {
    let attributes = attributes(schema);
    let names: Vec<_> = state.as_object().unwrap().keys().collect();
    assert_eq!(names, attributes.keys().collect::<Vec<_>>());
    assert!(!has_unknown(state), "{state}");
    for (name, attribute) in attributes {
        assert!(!attribute.write_only || state[name].is_null(), "{name}");
    }
}
