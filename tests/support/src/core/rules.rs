//! What Terraform's core makes of configurations, and what it asks of plans and states.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use super::values::{has_unknown, is_unknown};
use super::{Trouble, broken};

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
    if config.is_null() {
        return Json::Null;
    }
    let mut proposed = config.clone();
    for (name, attribute) in attributes(schema) {
        if config[name].is_null() && attribute.computed && !prior.is_null() {
            proposed[name] = prior[name].clone();
        }
    }
    proposed
}

/// Terraform's rules for a plan (plugin-protocol section 3.2).
pub fn check_plan(
    schema: &proto::Schema,
    prior: &Json,
    config: &Json,
    planned: &Json,
) -> Result<(), Trouble> {
    check_names(schema, planned)?;
    for (name, attribute) in attributes(schema) {
        let (prior, config, planned) = (&prior[name], &config[name], &planned[name]);
        let open = attribute.computed && config.is_null();
        let kept = !prior.is_null() && !config.is_null() && planned == prior;
        let unknown = is_unknown(planned) && is_unknown(config);
        let allowed = match attribute.write_only {
            true => planned.is_null(),
            false => open || kept || unknown || planned == config,
        };
        if !allowed {
            return broken(format!(
                "invalid plan: {name} is planned as {planned}, and configured as {config}"
            ));
        }
    }
    Ok(())
}

/// Terraform's rules for what it stores: complete, wholly known, nothing write-only.
pub fn check_stored(schema: &proto::Schema, state: &Json) -> Result<(), Trouble> {
    check_names(schema, state)?;
    if has_unknown(state) {
        return broken(format!("something unknown came back: {state}"));
    }
    for (name, attribute) in attributes(schema) {
        if attribute.write_only && !state[name].is_null() {
            return broken(format!("the write-only {name} came back"));
        }
    }
    Ok(())
}

/// What was planned and known is there afterwards.
pub fn check_applied(ty: &str, planned: &Json, state: &Json) -> Result<(), Trouble> {
    if planned.is_null() != state.is_null() {
        return broken(format!("{ty}: deleted and kept, or made and lost"));
    }
    differs(planned, state).map_or(Ok(()), |name| {
        broken(format!("{ty}: inconsistent result for {name}"))
    })
}

/// What was planned and known is planned again.
pub fn check_final_plan(address: &str, first: &Json, again: &Json) -> Result<(), Trouble> {
    differs(first, again).map_or(Ok(()), |name| {
        broken(format!("{address}: inconsistent final plan for {name}"))
    })
}

/// The first attribute that was known and is another now.
fn differs(before: &Json, after: &Json) -> Option<String> {
    let all = before.as_object().into_iter().flatten();
    let mut known = all.filter(|(_, value)| !has_unknown(value));
    known
        .find(|(name, value)| after[*name] != **value)
        .map(|(name, _)| name.clone())
}

fn check_names(schema: &proto::Schema, value: &Json) -> Result<(), Trouble> {
    let names = value
        .as_object()
        .map(|object| object.keys().collect::<Vec<_>>());
    let attributes = attributes(schema);
    let wanted: Vec<String> = attributes.keys().map(|name| (*name).to_owned()).collect();
    if names.is_none_or(|names| !names.into_iter().eq(&wanted)) {
        return broken(format!(
            "the attributes are not those of the schema: {value}"
        ));
    }
    Ok(())
}
