//! Every call of the protocol, by its name, and the function that answers it.

use std::convert::Infallible;
use std::future::{Future, ready};
use std::task::{Context, Poll};

use prost::Message;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::service_fn;

use super::CallResult;
use super::{
    apply_resource_change, call_function, configure_provider, describe, import_resource_state,
    list_resource, lookup, plan_resource_change, read_resource, stored, validate,
};
use crate::framework::findings;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::{
    configure_state_store, delete_state, get_states, invoke_action, lock_state, plan_action,
    read_state_bytes, stop_provider, unlock_state, validate_action_config, validate_state_store,
    write_state_bytes,
};

/// The largest message in either direction, the limit of Go providers. Requests carry whole states, so
/// tonic's 4 MiB would be hit by real configurations.
const LARGEST_MESSAGE: usize = 256 * 1024 * 1024;

/// What this provider has none of. A client asks only for what it has seen in the schema, so these calls are for
/// clients that do not look.
const STORES: &str = "state stores";
const ACTIONS: &str = "actions";

type Answered = BoxFuture<http::Response<Body>, Infallible>;

impl<P: Provider> NamedService for Server<P> {
    const NAME: &'static str = "tfplugin6.Provider";
}

impl<P: Provider> Service<http::Request<Body>> for Server<P> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answered;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, http: http::Request<Body>) -> Answered {
        let name = http.uri().path().rsplit('/').next().unwrap_or_default();
        let call = Incoming {
            server: self.clone(),
            name: name.to_owned(),
            http,
        };
        call.dispatch()
    }
}

/// A call that has come in.
struct Incoming<P: Provider> {
    server: Server<P>,
    name: String,
    http: http::Request<Body>,
}

impl<P: Provider> Incoming<P> {
    fn dispatch(self) -> Answered {
        match self.name.as_str() {
            "GetMetadata" => self.answer(describe::metadata, |_| ""),
            "GetProviderSchema" => self.answer(describe::provider_schema, |_| ""),
            "GetResourceIdentitySchemas" => self.answer(describe::resource_identities, |_| ""),
            "GetFunctions" => self.answer(describe::functions, |_| ""),
            "CallFunction" => self.answer(call_function::handle, |r| &r.name),
            "ValidateProviderConfig" => self.answer(validate::provider, |_| ""),
            "ValidateResourceConfig" => self.answer(validate::resource, |r| &r.type_name),
            "ValidateDataResourceConfig" => self.answer(validate::data_resource, |r| &r.type_name),
            "ValidateEphemeralResourceConfig" => {
                self.answer(validate::ephemeral_resource, |r| &r.type_name)
            }
            "ValidateListResourceConfig" => self.answer(validate::list_resource, |r| &r.type_name),
            "ConfigureProvider" => self.answer(configure_provider::handle, |_| ""),
            "StopProvider" => self.stop(),
            "UpgradeResourceState" => self.answer(stored::upgrade, |r| &r.type_name),
            "UpgradeResourceIdentity" => self.answer(stored::upgrade_identity, |r| &r.type_name),
            "MoveResourceState" => self.answer(stored::move_here, |r| &r.target_type_name),
            "GenerateResourceConfig" => self.answer(stored::generate_config, |r| &r.type_name),
            "ImportResourceState" => self.answer(import_resource_state::handle, |r| &r.type_name),
            "ReadResource" => self.answer(read_resource::handle, |r| &r.type_name),
            "PlanResourceChange" => self.answer(plan_resource_change::handle, |r| &r.type_name),
            "ApplyResourceChange" => self.answer(apply_resource_change::handle, |r| &r.type_name),
            "ReadDataSource" => self.answer(lookup::read, |r| &r.type_name),
            "OpenEphemeralResource" => self.answer(lookup::open, |r| &r.type_name),
            "RenewEphemeralResource" => self.answer(lookup::renew, |r| &r.type_name),
            "CloseEphemeralResource" => self.answer(lookup::close, |r| &r.type_name),
            "ListResource" => self.list(),
            "ValidateStateStoreConfig" => self.absent(STORES, validate_state_store::Response::from),
            "ConfigureStateStore" => self.absent(STORES, configure_state_store::Response::from),
            "LockState" => self.absent(STORES, lock_state::Response::from),
            "UnlockState" => self.absent(STORES, unlock_state::Response::from),
            "GetStates" => self.absent(STORES, get_states::Response::from),
            "DeleteState" => self.absent(STORES, delete_state::Response::from),
            "WriteStateBytes" => self.absent(STORES, write_state_bytes::Response::from),
            "ReadStateBytes" => self.absent(STORES, |diagnostics| read_state_bytes::Response {
                diagnostics,
                // Terraform reads the range before the diagnostics.
                range: Some(proto::StateRange::default()),
                ..Default::default()
            }),
            "ValidateActionConfig" => self.absent(ACTIONS, validate_action_config::Response::from),
            "PlanAction" => self.absent(ACTIONS, plan_action::Response::from),
            "InvokeAction" => self.absent(ACTIONS, |diagnostics| {
                use invoke_action::event::{Completed, Type};
                let completed = Type::Completed(Completed { diagnostics });
                invoke_action::Event {
                    r#type: Some(completed),
                }
            }),
            _ => Box::pin(ready(Ok(Status::unimplemented("").into_http()))),
        }
    }

    /// Every problem leaves as a diagnostic, because Terraform shows a gRPC status without saying where it
    /// came from. `subject` is what the request is about.
    fn answer<Q, A, W>(self, handle: fn(Server<P>, Q) -> W, subject: fn(&Q) -> &str) -> Answered
    where
        Q: Message + Default + 'static,
        A: Message + Default + From<Vec<proto::Diagnostic>> + 'static,
        W: Future<Output = CallResult<A>> + Send + 'static,
    {
        let Self { server, name, http } = self;
        unary(http, move |request: Q| {
            let (server, name) = (server.clone(), name.clone());
            async move {
                let subject = subject(&request).to_owned();
                let work = handle(server.clone(), request);
                let answer = server.finish(&name, &subject, work).await;
                answer.unwrap_or_else(|failed| wire::diagnostics(&[], &failed).into())
            }
        })
    }

    fn absent<A>(self, kind: &'static str, failed: fn(Vec<proto::Diagnostic>) -> A) -> Answered
    where
        A: Message + Default + 'static,
    {
        unary(self.http, move |(): ()| {
            let absent = findings::no_such_kind(kind).into();
            ready(failed(wire::diagnostics(&[], &absent)))
        })
    }

    /// Advisory: it asks the calls in flight to end, and the server goes on.
    fn stop(self) -> Answered {
        unary(self.http, move |_: stop_provider::Request| {
            tracing::debug!("stopping calls in flight");
            self.server.lifecycle().stop();
            ready(stop_provider::Response::default())
        })
    }

    fn list(self) -> Answered {
        let Self { server, http, .. } = self;
        let list = service_fn(move |request: Request<proto::list_resource::Request>| {
            let events = list_resource::handle(server.clone(), request.into_inner());
            ready(Ok::<_, Status>(Response::new(events)))
        });
        Box::pin(async move { Ok(grpc().server_streaming(list, http).await) })
    }
}

/// Answers one message with another.
fn unary<Q, A, W>(http: http::Request<Body>, handle: impl Fn(Q) -> W + Send + 'static) -> Answered
where
    Q: Message + Default + 'static,
    A: Message + Default + 'static,
    W: Future<Output = A> + Send + 'static,
{
    let handle = service_fn(move |request: Request<Q>| {
        let answer = handle(request.into_inner());
        async move { Ok::<_, Status>(Response::new(answer.await)) }
    });
    Box::pin(async move { Ok(grpc().unary(handle, http).await) })
}

fn grpc<Q, A>() -> Grpc<ProstCodec<A, Q>>
where
    Q: Message + Default + 'static,
    A: Message + Default + 'static,
{
    let limit = Some(LARGEST_MESSAGE);
    Grpc::new(ProstCodec::default()).apply_max_message_size_config(limit, limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::tests::fake::Fake;

    /// No call of the protocol is left to a status.
    #[tokio::test]
    async fn every_call_is_answered() {
        let protocol = include_str!("../../../proto/tfplugin6.proto");
        let names = protocol.lines().filter_map(|line| {
            let (name, _) = line.trim().strip_prefix("rpc ")?.split_once('(')?;
            Some(name)
        });
        let mut answered = 0;
        for name in names {
            let request = http::Request::post(format!("/tfplugin6.Provider/{name}"))
                .body(Body::empty())
                .expect("a request");
            let mut server = Server::new(Fake);
            let answer = Service::call(&mut server, request).await;
            let answer = answer.expect("infallible");
            let status = Status::from_header_map(answer.headers());
            let code = status.map(|status| status.code());
            assert_ne!(code, Some(tonic::Code::Unimplemented), "{name}");
            answered += 1;
        }
        assert_eq!(answered, 36);
    }
}
