//! The checks that a schema alone can make: read-only and missing attributes, allowed texts, single values.

use super::diagnostics::{Diagnostic, Diagnostics};
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
        let path = at.then(attribute.name);
        let value = config.attribute(attribute.name).unwrap_or(&Value::Null);
        let judged = match value {
            // Terraform itself asks for required attributes of a block, but not for those of a nested object.
            Value::Null if attribute.mode == Mode::Required => Err(findings::missing(&path)),
            Value::Null => Ok(()),
            _ if !attribute.is_configurable() => Err(findings::not_configurable(&path)),
            _ if attribute.write_only && !write_only => Err(findings::client_too_old(&path)),
            Value::Unknown(_) => Ok(()),
            known => {
                if let Shape::Object(nested) = &attribute.shape {
                    self::attributes(nested, known, &path, write_only, diagnostics);
                }
                judge(attribute, known, &path)
            }
        };
        if let Err(found) = judged {
            diagnostics.error(found.at(path));
        }
    }
}

/// Checks a known value by itself.
fn judge(attribute: &Attribute, value: &Value, path: &Path) -> Result<(), Diagnostic> {
    match (value.as_str(), attribute.check) {
        (Some(text), _) if !attribute.allowed.is_empty() && !attribute.allowed.contains(&text) => {
            Err(findings::not_allowed(path, quoted(attribute.allowed)))
        }
        (_, Some(check)) => check(&path.to_string(), value),
        _ => Ok(()),
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
