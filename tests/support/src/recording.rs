//! Recordings of what the real Terraform asks of a provider: made by a proxy between the two, and played back to
//! whoever says to be like Terraform.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{BufMut as _, Bytes, BytesMut};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message as _;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, HeaderValue, Request, Response};
use tonic::transport::Channel;
use tower::Service;

use crate::core::{DynamicValue, json_of};

const PROVIDER: &str = "/tfplugin6.Provider/";

/// A call about a resource: what was asked, as one can read and compare it, and the bytes that were answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Call {
    pub procedure: String,
    pub request: Json,
    answer: String,
}

impl Call {
    /// None for calls that are not about a resource.
    fn new(procedure: &str, request: &[u8], answer: &[u8]) -> Option<Self> {
        Some(Self {
            procedure: procedure.to_owned(),
            request: shown(procedure, request)?,
            answer: STANDARD.encode(answer),
        })
    }
}

/// A request as JSON; none for calls that are not about a resource.
fn shown(procedure: &str, request: &[u8]) -> Option<Json> {
    const SENT: &str = "what Terraform sends can be decoded";
    let value = |value: &Option<DynamicValue>| json_of(value.as_ref());
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let able = |of: &Option<proto::ClientCapabilities>| {
        of.as_ref().map(|of| {
            json!({"deferral": of.deferral_allowed, "write_only": of.write_only_attributes_allowed})
        })
    };
    let identity =
        |of: &Option<proto::ResourceIdentityData>| of.as_ref().map(|of| value(&of.identity_data));
    Some(match procedure {
        "ValidateResourceConfig" => {
            let asked = proto::validate_resource_config::Request::decode(request).expect(SENT);
            json!({"type": asked.type_name, "config": value(&asked.config), "able": able(&asked.client_capabilities)})
        }
        "UpgradeResourceState" => {
            let asked = proto::upgrade_resource_state::Request::decode(request).expect(SENT);
            let raw = asked.raw_state.unwrap_or_default();
            let state: Json = serde_json::from_slice(&raw.json).expect(SENT);
            json!({"type": asked.type_name, "version": asked.version, "state": state})
        }
        "ReadResource" => {
            let asked = proto::read_resource::Request::decode(request).expect(SENT);
            json!({
                "type": asked.type_name, "state": value(&asked.current_state), "private": text(&asked.private),
                "identity": identity(&asked.current_identity), "able": able(&asked.client_capabilities),
            })
        }
        "PlanResourceChange" => {
            let asked = proto::plan_resource_change::Request::decode(request).expect(SENT);
            json!({
                "type": asked.type_name, "prior": value(&asked.prior_state),
                "proposed": value(&asked.proposed_new_state), "config": value(&asked.config),
                "private": text(&asked.prior_private), "identity": identity(&asked.prior_identity),
                "able": able(&asked.client_capabilities),
            })
        }
        "ApplyResourceChange" => {
            let asked = proto::apply_resource_change::Request::decode(request).expect(SENT);
            json!({
                "type": asked.type_name, "prior": value(&asked.prior_state), "planned": value(&asked.planned_state),
                "config": value(&asked.config), "private": text(&asked.planned_private),
                "identity": identity(&asked.planned_identity),
            })
        }
        "ImportResourceState" => {
            let asked = proto::import_resource_state::Request::decode(request).expect(SENT);
            json!({"type": asked.type_name, "id": asked.id, "able": able(&asked.client_capabilities)})
        }
        _ => return None,
    })
}

/// What a proxy has seen so far.
#[derive(Clone, Default)]
pub struct Recorder(Arc<Mutex<Vec<Call>>>);

impl Recorder {
    /// Serves on a socket what the provider at the other end of a channel answers.
    pub fn serve(socket: &Path, provider: Channel) -> Self {
        let recorder = Self::default();
        let listener = tokio::net::UnixListener::bind(socket).expect("a socket");
        let seen = recorder.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (seen, provider) = (seen.clone(), provider.clone());
                let pass = hyper::service::service_fn(move |request| {
                    let (seen, provider) = (seen.clone(), provider.clone());
                    async move { Ok::<_, Infallible>(seen.pass(provider, request).await) }
                });
                tokio::spawn(async move {
                    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    let _ = server.serve_connection(TokioIo::new(stream), pass).await;
                });
            }
        });
        recorder
    }

    /// The calls so far, which are forgotten.
    pub fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap())
    }

    async fn pass(&self, mut provider: Channel, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path().to_owned();
        let Some(procedure) = path.strip_prefix(PROVIDER) else {
            // The rest of a plugin's services, above all the end of the process.
            return unanswered(12, "not for a proxy");
        };
        let asked = body.collect().await.expect("a whole request").to_bytes();
        let mut passed = Request::post(&path).header("te", "trailers");
        passed = passed.header("content-type", "application/grpc");
        let body = Body::new(Full::new(asked.clone()));
        let passed = passed.body(body).expect("a request");
        std::future::poll_fn(|context| provider.poll_ready(context))
            .await
            .expect("the provider is there");
        let answer = provider.call(passed).await.expect("an answer");
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.expect("a whole answer");
        let trailers = body.trailers().cloned().unwrap_or_default();
        let answered = body.to_bytes();
        if let Some(call) = Call::new(procedure, message(&asked), message(&answered)) {
            self.0.lock().unwrap().push(call);
        }
        Response::from_parts(parts, whole(answered, trailers))
    }
}

/// A provider that answers as it was recorded, as long as it is asked the same.
#[derive(Clone)]
pub struct Replay(Arc<Mutex<VecDeque<Call>>>);

impl Replay {
    pub fn new(calls: Vec<Call>) -> Self {
        Self(Arc::new(Mutex::new(calls.into())))
    }

    /// The calls that nobody has made.
    pub fn left(&self) -> Vec<String> {
        let calls = self.0.lock().unwrap();
        calls.iter().map(|call| call.procedure.clone()).collect()
    }

    fn answer(&self, procedure: &str, asked: &[u8]) -> Response<Body> {
        let Some(request) = shown(procedure, asked) else {
            return answered(Bytes::new());
        };
        let Some(call) = self.0.lock().unwrap().pop_front() else {
            return unanswered(
                9,
                &format!("Terraform makes no further call; {procedure} was made"),
            );
        };
        let mut difference = String::new();
        if call.procedure != procedure {
            let _ = write!(difference, "Terraform calls {}", call.procedure);
        } else if let (Json::Object(theirs), Json::Object(ours)) = (&call.request, &request) {
            for (name, theirs) in theirs.iter().filter(|(name, value)| ours[*name] != **value) {
                let _ = write!(
                    difference,
                    "{name}: Terraform sends {theirs}, not {}; ",
                    ours[name]
                );
            }
        }
        if difference.is_empty() {
            answered(STANDARD.decode(&call.answer).expect("a recording").into())
        } else {
            unanswered(9, &difference)
        }
    }
}

impl Service<Request<Body>> for Replay {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let replay = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let asked = body.collect().await.expect("a whole request").to_bytes();
            let procedure = parts.uri.path().trim_start_matches(PROVIDER);
            Ok(replay.answer(procedure, message(&asked)))
        })
    }
}

/// The message in a gRPC frame.
fn message(frame: &Bytes) -> &[u8] {
    frame.get(5..).unwrap_or_default()
}

fn answered(message: Bytes) -> Response<Body> {
    let mut frame = BytesMut::new();
    frame.put_u8(0);
    frame.put_u32(u32::try_from(message.len()).expect("a small message"));
    frame.extend_from_slice(&message);
    let trailers = HeaderMap::from_iter([("grpc-status".parse().unwrap(), HeaderValue::from(0))]);
    let answer = Response::builder().header("content-type", "application/grpc");
    answer
        .body(whole(frame.freeze(), trailers))
        .expect("an answer")
}

/// A gRPC status in place of an answer.
fn unanswered(code: u16, words: &str) -> Response<Body> {
    let status = tonic::Status::new(tonic::Code::from_i32(code.into()), words);
    status.into_http()
}

fn whole(bytes: Bytes, trailers: HeaderMap) -> Body {
    Body::new(Full::new(bytes).with_trailers(async move { Some(Ok(trailers)) }))
}
