//! One call of a function, on a process that is usually not configured.

use super::CallResult;
use crate::framework::function::FunctionError;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use crate::secret;
use proto::call_function::{Request, Response};

pub async fn handle<P: Provider>(server: Server<P>, request: Request) -> CallResult<Response> {
    Ok(match call(&server, &request) {
        Ok(result) => Response {
            result: Some(result),
            error: None,
        },
        Err(error) => failed(&error),
    })
}

fn call<P: Provider>(
    server: &Server<P>,
    request: &Request,
) -> Result<proto::DynamicValue, FunctionError> {
    let name = &request.name;
    let mut functions = server.provider().functions().iter();
    let Some(function) = functions.find(|one| one.name == *name) else {
        let text = format!("this provider has no function \"{name}\"");
        return Err(FunctionError::new(text));
    };
    let (takes, given) = (function.parameters.len(), request.arguments.len());
    if takes != given {
        let text = format!("{name} takes {takes} arguments, not {given}");
        return Err(FunctionError::new(text));
    }
    let mut arguments = Vec::new();
    for (position, argument) in request.arguments.iter().enumerate() {
        let value = wire::decode(Some(argument), &function.parameters[position].ty)
            .map_err(|error| FunctionError::new(error).at(position))?;
        if value.is_null() || !value.is_wholly_known() {
            let error = FunctionError::new("the argument must be known and not null");
            return Err(error.at(position));
        }
        arguments.push(value);
    }
    (function.call)(&arguments).map(|value| wire::encode(&value))
}

/// The answer of a call that ended in a panic.
impl From<Vec<proto::Diagnostic>> for Response {
    fn from(diagnostics: Vec<proto::Diagnostic>) -> Self {
        let texts: Vec<_> = diagnostics.into_iter().map(|one| one.detail).collect();
        failed(&FunctionError::new(texts.join(" ")))
    }
}

fn failed(error: &FunctionError) -> Response {
    Response {
        result: None,
        error: Some(proto::FunctionError {
            text: secret::redact(&error.text).into_owned(),
            // A position among a handful of arguments always fits.
            function_argument: error.argument.map(|position| position as i64),
        }),
    }
}
