//! The checks that a schema alone can make: read-only and missing attributes, allowed texts, single values.

use super::diagnostics::Diagnostics;
use super::findings;
use super::path::Path;
use super::schema::{Attribute, Mode, Shape};
use super::value::Value;

/// Checks the attributes of a configured block, or of an object in it at a path. What is unknown is not judged.
/// `write_only` says whether the client knows write-only arguments: Terraform and OpenTofu from 1.11 on.
pub fn attributes(
    attributes: &[Attribute],
    config: &Value,
    at: &Path,
    write_only: bool,
    diagnostics: &mut Diagnostics,
) {
    for attribute in attributes {
        let path = || at.then(attribute.name);
        let value = config.attribute(attribute.name).unwrap_or(&Value::Null);
        if value.is_null() {
            // Terraform itself asks for required attributes of a block, but not for those of a nested object.
            if attribute.mode == Mode::Required {
                diagnostics.error(findings::missing(path()).at(path()));
            }
        } else if !attribute.is_configurable() {
            diagnostics.error(findings::not_configurable(path()).at(path()));
        } else if attribute.write_only && !write_only {
            diagnostics.error(findings::client_too_old(path()).at(path()));
        } else if !value.is_unknown() {
            known(attribute, value, &path(), write_only, diagnostics);
        }
    }
}

fn known(
    attribute: &Attribute,
    value: &Value,
    path: &Path,
    write_only: bool,
    diagnostics: &mut Diagnostics,
) {
    if let Shape::Object(nested) = &attribute.shape {
        attributes(nested, value, path, write_only, diagnostics);
    }
    if let Some(text) = value.as_str()
        && !attribute.allowed.is_empty()
        && !attribute.allowed.contains(&text)
    {
        let allowed = quoted(attribute.allowed);
        diagnostics.error(findings::not_allowed(path, allowed).at(path.clone()));
    }
    if let Some(check) = attribute.check
        && let Err(found) = check(&path.to_string(), value)
    {
        diagnostics.error(found.at(path.clone()));
    }
}

fn quoted(texts: &[&str]) -> String {
    let quoted: Vec<_> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    quoted.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;
    use crate::framework::schema::Check;

    fn schema() -> Vec<Attribute> {
        let refuse: Check = |argument, _| Err(findings::not_allowed(argument, "none"));
        vec![
            Attribute::string("mode", Mode::Optional, "").one_of(&["on", "off"]),
            Attribute::string("id", Mode::Computed, ""),
            Attribute::string("secret", Mode::Optional, "").write_only(),
            Attribute::string("checked", Mode::Optional, "").checked(refuse),
            Attribute::new(
                "inner",
                Shape::Object(vec![Attribute::string("must", Mode::Required, "")]),
                Mode::Optional,
                "",
            ),
        ]
    }

    fn messages(config: Value, write_only: bool) -> Vec<String> {
        let mut diagnostics = Diagnostics::new();
        super::attributes(
            &schema(),
            &config,
            &Path::ROOT,
            write_only,
            &mut diagnostics,
        );
        diagnostics
            .iter()
            .map(|diagnostic| format!("{}: {}", diagnostic.path, diagnostic.name))
            .collect()
    }

    #[test]
    fn each_rule_of_the_schema_is_enforced_at_its_path() {
        let config = object([
            ("mode", "maybe".into()),
            ("id", "mine".into()),
            ("secret", "s".into()),
            ("checked", "x".into()),
            ("inner", object([("must", Value::Null)])),
        ]);
        assert_eq!(
            messages(config.clone(), false),
            [
                "mode: not_allowed",
                "id: not_configurable",
                "secret: client_too_old",
                "checked: not_allowed",
                "inner.must: missing",
            ]
        );
        assert!(!messages(config, true).contains(&"secret: client_too_old".to_owned()));
    }

    #[test]
    fn unknown_values_are_not_judged() {
        let config = object([
            ("mode", Value::UNKNOWN),
            ("checked", Value::UNKNOWN),
            ("inner", Value::UNKNOWN),
        ]);
        assert_eq!(messages(config, true), Vec::<String>::new());
    }
}
