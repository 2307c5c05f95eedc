//! Schemas and signatures as Markdown.

use std::fmt::Write;

use terraform_provider_bahriya::framework::function::Function;
use terraform_provider_bahriya::framework::schema::{Attribute, Mode, Schema, Shape};
use terraform_provider_bahriya::framework::ty::Type;

use crate::template::Values;

/// What a template may say of a provider, resource or data source.
pub fn of_block(schema: &Schema) -> Values {
    let mut text = String::from("## Schema\n");
    if schema.attributes.is_empty() {
        text.push_str("\nThere are no arguments.\n");
    }
    sections(&mut text, "###", &schema.attributes);
    nested(&mut text, "", &schema.attributes);
    Values::from([
        ("Description", schema.description.to_owned()),
        ("SchemaMarkdown", text),
    ])
}

/// What an object is imported by.
pub fn of_identity(identity: &Schema) -> String {
    let mut text = String::new();
    for attribute in &identity.attributes {
        let (name, description) = (attribute.name, attribute.description);
        let required = match attribute.mode {
            Mode::Required => "required",
            _ => "optional",
        };
        line(
            &mut text,
            format_args!("- `{name}` (String, {required}) {description}"),
        );
    }
    text
}

/// What a template may say of a function.
pub fn of_function(signature: &Function) -> Values {
    let parameters: Vec<_> = signature
        .parameters
        .iter()
        .map(|parameter| format!("{} {}", parameter.name, signature_type(&parameter.ty)))
        .collect();
    let call = format!(
        "```text\n{}({}) {}\n```",
        signature.name,
        parameters.join(", "),
        signature_type(&signature.returns)
    );
    let mut arguments = String::new();
    for (index, parameter) in signature.parameters.iter().enumerate() {
        let ty = type_name(&parameter.ty);
        let number = index + 1;
        line(
            &mut arguments,
            format_args!(
                "{number}. `{}` ({ty}) {}",
                parameter.name, parameter.description
            ),
        );
    }
    if let Type::Object(attributes) = &signature.returns {
        arguments.push_str("\n## Result\n\nAn object:\n\n");
        for (name, ty) in attributes {
            line(
                &mut arguments,
                format_args!("- `{name}` ({})", type_name(ty)),
            );
        }
    }
    Values::from([
        ("Summary", signature.summary.to_owned()),
        ("Description", signature.description.to_owned()),
        ("FunctionSignatureMarkdown", call),
        ("FunctionArgumentsMarkdown", arguments),
    ])
}

fn sections(text: &mut String, heading: &str, attributes: &[Attribute]) {
    let optional = [Mode::Optional, Mode::OptionalComputed];
    for (title, modes) in [
        ("Required", [Mode::Required].as_slice()),
        ("Optional", &optional),
        ("Read-only", &[Mode::Computed]),
    ] {
        let mut chosen = attributes
            .iter()
            .filter(|a| modes.contains(&a.mode))
            .peekable();
        if chosen.peek().is_some() {
            line(text, format_args!("\n{heading} {title}\n"));
        }
        for attribute in chosen {
            bullet(text, attribute);
        }
    }
}

fn bullet(text: &mut String, attribute: &Attribute) {
    let mut kind = match &attribute.shape {
        Shape::Plain(ty) => type_name(ty),
        Shape::Object(_) => "Attributes".to_owned(),
        Shape::Objects(_) => "Attributes List".to_owned(),
    };
    if attribute.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.write_only {
        kind.push_str(", Write-only");
    }
    let mut said = format!("- `{}` ({kind}) {}", attribute.name, attribute.description);
    if !attribute.allowed.is_empty() {
        let allowed: Vec<_> = attribute.allowed.iter().map(|a| format!("`{a}`")).collect();
        said.push_str(&format!(" Allowed values: {}.", allowed.join(", ")));
    }
    if let Some(default) = attribute.default {
        said.push_str(&format!(" Default: {default}."));
    }
    if let Some(effect) = attribute.effect {
        said.push_str(&format!(" *A change:* {effect}."));
    }
    if !matches!(attribute.shape, Shape::Plain(_)) {
        let name = attribute.name;
        said.push_str(&format!(" See [below for `{name}`](#nestedatt--{name})."));
    }
    line(text, format_args!("{said}"));
}

/// The attributes of objects, after everything else, as links from their bullets expect.
fn nested(text: &mut String, parent: &str, attributes: &[Attribute]) {
    for attribute in attributes {
        let (Shape::Object(inner) | Shape::Objects(inner)) = &attribute.shape else {
            continue;
        };
        let path = format!("{parent}{}", attribute.name);
        let anchor = path.replace('.', "--");
        line(
            text,
            format_args!("\n<a id=\"nestedatt--{anchor}\"></a>\n### Nested schema for `{path}`"),
        );
        sections(text, "####", inner);
        nested(text, &format!("{path}."), inner);
    }
}

fn signature_type(ty: &Type) -> String {
    type_name(ty).to_lowercase()
}

fn type_name(ty: &Type) -> String {
    match ty {
        Type::String => "String".to_owned(),
        Type::Number => "Number".to_owned(),
        Type::Bool => "Boolean".to_owned(),
        Type::List(element) => format!("List of {}", type_name(element)),
        Type::Object(_) => "Object".to_owned(),
    }
}

fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{arguments}");
}
