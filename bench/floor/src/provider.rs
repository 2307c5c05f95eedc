//! Calls answered with what they came with.

use std::collections::HashMap;

use tonic::{Request, Response, Status};

use crate::tfplugin6 as proto;
use proto::provider_server::Provider;

type Answered<T> = Result<Response<T>, Status>;

/// Whatever is asked for exists exactly as it was asked for. Computed attributes stay null.
pub struct Echo;

#[tonic::async_trait]
impl Provider for Echo {
    async fn get_provider_schema(
        &self,
        _: Request<proto::get_provider_schema::Request>,
    ) -> Answered<proto::get_provider_schema::Response> {
        let resources = [
            ("bahriya_registry", schema(&REGISTRY)),
            ("bahriya_project_registry_attachment", schema(&ATTACHMENT)),
        ];
        Ok(Response::new(proto::get_provider_schema::Response {
            provider: Some(schema(&[])),
            resource_schemas: HashMap::from(resources.map(|(name, one)| (name.to_owned(), one))),
            server_capabilities: Some(proto::ServerCapabilities {
                get_provider_schema_optional: true,
                ..Default::default()
            }),
            ..Default::default()
        }))
    }

    async fn validate_provider_config(
        &self,
        _: Request<proto::validate_provider_config::Request>,
    ) -> Answered<proto::validate_provider_config::Response> {
        Ok(Response::new(Default::default()))
    }

    async fn validate_resource_config(
        &self,
        _: Request<proto::validate_resource_config::Request>,
    ) -> Answered<proto::validate_resource_config::Response> {
        Ok(Response::new(Default::default()))
    }

    async fn configure_provider(
        &self,
        _: Request<proto::configure_provider::Request>,
    ) -> Answered<proto::configure_provider::Response> {
        Ok(Response::new(Default::default()))
    }

    async fn upgrade_resource_state(
        &self,
        request: Request<proto::upgrade_resource_state::Request>,
    ) -> Answered<proto::upgrade_resource_state::Response> {
        let stored = request.into_inner().raw_state.unwrap_or_default();
        Ok(Response::new(proto::upgrade_resource_state::Response {
            upgraded_state: Some(proto::DynamicValue {
                json: stored.json,
                ..Default::default()
            }),
            ..Default::default()
        }))
    }

    async fn read_resource(
        &self,
        request: Request<proto::read_resource::Request>,
    ) -> Answered<proto::read_resource::Response> {
        let request = request.into_inner();
        Ok(Response::new(proto::read_resource::Response {
            new_state: request.current_state,
            private: request.private,
            ..Default::default()
        }))
    }

    async fn plan_resource_change(
        &self,
        request: Request<proto::plan_resource_change::Request>,
    ) -> Answered<proto::plan_resource_change::Response> {
        let request = request.into_inner();
        Ok(Response::new(proto::plan_resource_change::Response {
            planned_state: request.proposed_new_state,
            planned_private: request.prior_private,
            ..Default::default()
        }))
    }

    async fn apply_resource_change(
        &self,
        request: Request<proto::apply_resource_change::Request>,
    ) -> Answered<proto::apply_resource_change::Response> {
        let request = request.into_inner();
        Ok(Response::new(proto::apply_resource_change::Response {
            new_state: request.planned_state,
            private: request.planned_private,
            ..Default::default()
        }))
    }

    async fn stop_provider(
        &self,
        _: Request<proto::stop_provider::Request>,
    ) -> Answered<proto::stop_provider::Response> {
        Ok(Response::new(Default::default()))
    }
}

/// Name, type, and whether the configuration must give it, may give it, or cannot.
type Column = (&'static str, &'static str, Mode);

#[derive(Clone, Copy, PartialEq)]
enum Mode {
    Required,
    Optional,
    Computed,
}

use Mode::{Computed, Optional, Required};

const TIMEOUTS: &str =
    r#"["object",{"create":"string","delete":"string","read":"string","update":"string"}]"#;

const REGISTRY: [Column; 18] = [
    ("handle", r#""string""#, Required),
    ("name", r#""string""#, Required),
    ("server", r#""string""#, Required),
    ("username", r#""string""#, Required),
    ("password", r#""string""#, Optional),
    ("password_wo", r#""string""#, Optional),
    ("password_wo_version", r#""string""#, Optional),
    ("active_version", r#""number""#, Optional),
    ("on_drift", r#""string""#, Optional),
    ("verify", r#""string""#, Optional),
    ("maxversions", r#""number""#, Optional),
    ("timeouts", TIMEOUTS, Optional),
    ("current_version", r#""number""#, Computed),
    ("id", r#""string""#, Computed),
    ("billable", r#""bool""#, Computed),
    ("currentversionid", r#""string""#, Computed),
    ("managedbyresourceid", r#""string""#, Computed),
    ("managedbyresourcetype", r#""string""#, Computed),
];

const ATTACHMENT: [Column; 5] = [
    ("project_id", r#""string""#, Required),
    ("handle", r#""string""#, Required),
    ("timeouts", TIMEOUTS, Optional),
    ("id", r#""string""#, Computed),
    ("join_id", r#""string""#, Computed),
];

fn schema(columns: &[Column]) -> proto::Schema {
    let attributes = columns
        .iter()
        .map(|(name, ty, mode)| proto::schema::Attribute {
            name: (*name).to_owned(),
            r#type: ty.as_bytes().to_owned(),
            required: *mode == Required,
            optional: *mode == Optional,
            computed: *mode == Computed,
            sensitive: name.starts_with("password") && !name.ends_with("version"),
            ..Default::default()
        });
    proto::Schema {
        version: 0,
        block: Some(proto::schema::Block {
            attributes: attributes.collect(),
            ..Default::default()
        }),
    }
}
