//! What a configuration can compute: pure functions around image names and prices, one file each.

mod monthly_cost;
mod normalize_server;
mod parse_image;
mod registry_server;

use std::sync::LazyLock;

use crate::framework::function::{Function, FunctionError, Parameter};
use crate::framework::ty::Type;
use crate::framework::value::Value;

/// Every function.
pub static ALL: LazyLock<[Function; 4]> = LazyLock::new(|| {
    [
        parse_image::function(),
        registry_server::function(),
        normalize_server::function(),
        monthly_cost::function(),
    ]
});

/// The one parameter of a function that takes a text.
fn text(name: &'static str, description: &'static str) -> Vec<Parameter> {
    vec![Parameter {
        name,
        ty: Type::String,
        description,
    }]
}

/// The text of the only argument, which the types of the parameters guarantee.
fn only_text(arguments: &[Value]) -> &str {
    arguments
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// An error about the only argument.
fn wrong(reason: impl ToString) -> FunctionError {
    FunctionError::new(reason).at(0)
}
