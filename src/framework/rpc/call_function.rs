//! One call of a function, on a process that is usually not configured.

use crate::framework::diagnostics::Diagnostics;
use crate::framework::function::FunctionError;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use crate::secret;
use proto::call_function::{Request, Response};

pub fn handle<P: Provider>(server: &Server<P>, request: &Request) -> Response {
    match call(server, request) {
        Ok(result) => Response {
            result: Some(result),
            error: None,
        },
        Err(error) => Response {
            result: None,
            error: Some(proto::FunctionError {
                text: secret::redact(&error.text).into_owned(),
                // A position among a handful of arguments always fits.
                function_argument: error.argument.map(|position| position as i64),
            }),
        },
    }
}

fn call<P: Provider>(
    server: &Server<P>,
    request: &Request,
) -> Result<proto::DynamicValue, FunctionError> {
    let functions = server.provider().functions();
    let function = functions
        .iter()
        .find(|one| one.signature().name == request.name)
        .ok_or_else(|| {
            whole(format!(
                "this provider has no function \"{}\"",
                request.name
            ))
        })?;
    let parameters = &function.signature().parameters;
    if request.arguments.len() != parameters.len() {
        return Err(whole(format!(
            "{} takes {} arguments, not {}",
            request.name,
            parameters.len(),
            request.arguments.len()
        )));
    }
    let arguments = parameters
        .iter()
        .zip(&request.arguments)
        .enumerate()
        .map(|(position, (parameter, argument))| {
            let wrong = |text| FunctionError {
                text,
                argument: Some(position),
            };
            let value = wire::decode(Some(argument), &parameter.ty)
                .map_err(|error| wrong(error.to_string()))?;
            if value.is_null() || !value.is_wholly_known() {
                return Err(wrong("the argument must be known and not null".to_owned()));
            }
            Ok(value)
        })
        .collect::<Result<Vec<_>, _>>()?;
    function.call(&arguments).map(|value| wire::encode(&value))
}

fn whole(text: String) -> FunctionError {
    FunctionError {
        text,
        argument: None,
    }
}

/// The answer of a call that ended in a panic.
pub fn failed(diagnostics: &Diagnostics) -> Response {
    let texts: Vec<_> = diagnostics.iter().map(|one| one.detail.as_str()).collect();
    Response {
        result: None,
        error: Some(proto::FunctionError {
            text: secret::redact(&texts.join(" ")).into_owned(),
            function_argument: None,
        }),
    }
}
