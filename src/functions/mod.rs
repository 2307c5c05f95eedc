//! What a configuration can compute: pure functions around image names and prices, one file each.

mod monthly_cost;
mod normalize_server;
mod parse_image;
mod registry_server;

use crate::framework::function::{Function, FunctionError};
use crate::framework::value::Value;

/// Every function.
pub static ALL: [&dyn Function; 4] = [
    &parse_image::ParseImage,
    &registry_server::RegistryServer,
    &normalize_server::NormalizeServer,
    &monthly_cost::MonthlyCost,
];

/// The text of the only argument, which the types of the parameters guarantee.
fn only_text(arguments: &[Value]) -> &str {
    arguments
        .first()
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// An error about the only argument.
fn wrong(reason: impl ToString) -> FunctionError {
    FunctionError {
        text: reason.to_string(),
        argument: Some(0),
    }
}
