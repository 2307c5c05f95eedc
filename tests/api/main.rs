//! The API client against a server that does what it should not: refuses, stalls, cuts, lies.

mod attachments;
mod deletion;
mod dialects;
mod environment;
mod lists;
mod promises;
mod reads;
mod refresh;
mod registries;
mod streams;
mod writes;

use terraform_provider_bahriya::api::Error;
use terraform_provider_bahriya::resources::api_errors;

/// What a user of Terraform is told of a failure.
fn advice(error: &Error) -> String {
    api_errors::failure("try", "it", error, "").detail
}
