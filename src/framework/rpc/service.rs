//! The generated service trait: each call goes to the file of its name.

use std::pin::Pin;

use tokio_stream::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::Answer;
use crate::framework::diagnostics::Diagnostics;
use crate::framework::findings;
use crate::framework::provider::Provider;
use crate::framework::server::Server;
use crate::framework::wire;
use crate::proto::tfplugin6 as proto;
use proto::provider_server::Provider as Service;

type Answered<T> = Result<Response<T>, Status>;
pub(super) type Events<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// Writes the trait's implementation: most calls differ in nothing but their names.
macro_rules! service {
    (
        constant { $($constant:ident $constant_name:literal;)+ }
        at_once { $($at_once:ident $at_once_name:literal $($subject:ident)?;)+ }
        with_io { $($with_io:ident $with_io_name:literal;)+ }
        absent { $($absent:ident $absent_message:ident $kind:literal;)+ }
        $($rest:tt)+
    ) => {
        #[tonic::async_trait]
        impl<P: Provider> Service for Server<P> {
            $(async fn $constant(
                &self,
                _: Request<proto::$constant::Request>,
            ) -> Answered<proto::$constant::Response> {
                let server = self.clone();
                let work = async move { Ok(super::$constant::handle(&server)) };
                self.answer($constant_name, "", work).await
            })+

            $(async fn $at_once(
                &self,
                request: Request<proto::$at_once::Request>,
            ) -> Answered<proto::$at_once::Response> {
                let request = request.into_inner();
                let subject = String::new() $(+ &request.$subject)?;
                let server = self.clone();
                let work = async move { super::$at_once::handle(&server, &request) };
                self.answer($at_once_name, &subject, work).await
            })+

            $(async fn $with_io(
                &self,
                request: Request<proto::$with_io::Request>,
            ) -> Answered<proto::$with_io::Response> {
                let request = request.into_inner();
                let subject = request.type_name.clone();
                let work = super::$with_io::handle(self.clone(), request);
                self.answer($with_io_name, &subject, work).await
            })+

            $(async fn $absent(
                &self,
                _: Request<proto::$absent_message::Request>,
            ) -> Answered<proto::$absent_message::Response> {
                Ok(Response::new(Answer::failed(&absent($kind))))
            })+

            $($rest)+
        }
    };
}

service! {
    // Calls that do not depend on the request at all.
    constant {
        get_metadata "GetMetadata";
        get_provider_schema "GetProviderSchema";
        get_resource_identity_schemas "GetResourceIdentitySchemas";
        get_functions "GetFunctions";
    }
    // Calls that are answered without I/O, with the field that names their subject.
    at_once {
        validate_provider_config "ValidateProviderConfig";
        validate_resource_config "ValidateResourceConfig" type_name;
        validate_data_resource_config "ValidateDataResourceConfig" type_name;
        validate_ephemeral_resource_config "ValidateEphemeralResourceConfig" type_name;
        validate_list_resource_config "ValidateListResourceConfig" type_name;
        upgrade_resource_state "UpgradeResourceState" type_name;
        upgrade_resource_identity "UpgradeResourceIdentity" type_name;
        move_resource_state "MoveResourceState" target_type_name;
        configure_provider "ConfigureProvider";
        generate_resource_config "GenerateResourceConfig" type_name;
        renew_ephemeral_resource "RenewEphemeralResource" type_name;
        close_ephemeral_resource "CloseEphemeralResource" type_name;
    }
    // Calls that talk to the API.
    with_io {
        plan_resource_change "PlanResourceChange";
        read_resource "ReadResource";
        apply_resource_change "ApplyResourceChange";
        import_resource_state "ImportResourceState";
        read_data_source "ReadDataSource";
        open_ephemeral_resource "OpenEphemeralResource";
    }
    // Calls for kinds of things that this provider does not have. A client asks only for what it has
    // seen in the schema, so this is for clients that do not look.
    absent {
        validate_state_store_config validate_state_store "state stores";
        configure_state_store configure_state_store "state stores";
        lock_state lock_state "state stores";
        unlock_state unlock_state "state stores";
        get_states get_states "state stores";
        delete_state delete_state "state stores";
        validate_action_config validate_action_config "actions";
        plan_action plan_action "actions";
    }

    async fn call_function(
        &self,
        request: Request<proto::call_function::Request>,
    ) -> Answered<proto::call_function::Response> {
        let request = request.into_inner();
        let subject = request.name.clone();
        let server = self.clone();
        let work = async move { Ok(super::call_function::handle(&server, &request)) };
        self.run("CallFunction", &subject, work, |diagnostics| {
            super::call_function::failed(&diagnostics)
        })
        .await
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> Answered<proto::stop_provider::Response> {
        // Advisory: it asks the calls in flight to end, and the server goes on.
        tracing::debug!("stopping calls in flight");
        self.lifecycle().stop();
        Ok(Response::new(proto::stop_provider::Response::default()))
    }

    async fn write_state_bytes(
        &self,
        _: Request<Streaming<proto::write_state_bytes::RequestChunk>>,
    ) -> Answered<proto::write_state_bytes::Response> {
        Ok(Response::new(Answer::failed(&absent("state stores"))))
    }

    type ReadStateBytesStream = Events<proto::read_state_bytes::Response>;

    async fn read_state_bytes(
        &self,
        _: Request<proto::read_state_bytes::Request>,
    ) -> Answered<Self::ReadStateBytesStream> {
        Ok(only(proto::read_state_bytes::Response {
            diagnostics: wire::diagnostics(&absent("state stores")),
            // Terraform reads the range before the diagnostics.
            range: Some(proto::StateRange::default()),
            ..Default::default()
        }))
    }

    type ListResourceStream = Events<proto::list_resource::Event>;

    async fn list_resource(
        &self,
        request: Request<proto::list_resource::Request>,
    ) -> Answered<Self::ListResourceStream> {
        let events = super::list_resource::handle(self.clone(), request.into_inner());
        Ok(Response::new(events))
    }

    type InvokeActionStream = Events<proto::invoke_action::Event>;

    async fn invoke_action(
        &self,
        _: Request<proto::invoke_action::Request>,
    ) -> Answered<Self::InvokeActionStream> {
        use proto::invoke_action::event::{Completed, Type};
        Ok(only(proto::invoke_action::Event {
            r#type: Some(Type::Completed(Completed {
                diagnostics: wire::diagnostics(&absent("actions")),
            })),
        }))
    }
}

fn only<T: Send + 'static>(event: T) -> Response<Events<T>> {
    Response::new(Box::pin(tokio_stream::once(Ok(event))))
}

fn absent(kind: &str) -> Diagnostics {
    findings::no_such_kind(kind).into()
}
