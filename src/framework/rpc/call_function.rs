//! One call of a function, on a process that is usually not configured.

use super::Answer;
use crate::framework::function::FunctionError;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use crate::secret;
use proto::call_function::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> Answer<Response> {
    Ok(match call(&server, &request) {
        Ok(result) => Response {
            result: Some(result),
            error: None,
        },
        // A position among a handful of arguments always fits.
        Err(error) => failed(&error.text, error.argument.map(|position| position as i64)),
    })
}

fn call<P: Provider>(
    server: &Server<P>,
    request: &Request,
) -> Result<proto::DynamicValue, FunctionError> {
    let functions = server.provider().functions();
    let function = functions
        .iter()
        .find(|one| one.name == request.name)
        .ok_or_else(|| {
            whole(format!(
                "this provider has no function \"{}\"",
                request.name
            ))
        })?;
    let parameters = &function.parameters;
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
    (function.call)(&arguments).map(|value| wire::encode(&value))
}

fn whole(text: String) -> FunctionError {
    FunctionError {
        text,
        argument: None,
    }
}

/// The answer of a call that ended in a panic.
impl From<Vec<proto::Diagnostic>> for Response {
    fn from(diagnostics: Vec<proto::Diagnostic>) -> Self {
        let texts: Vec<_> = diagnostics.into_iter().map(|one| one.detail).collect();
        failed(&texts.join(" "), None)
    }
}

fn failed(text: &str, function_argument: Option<i64>) -> Response {
    Response {
        result: None,
        error: Some(proto::FunctionError {
            text: secret::redact(text).into_owned(),
            function_argument,
        }),
    }
}
