//! The two resources of the provider on the `tf-provider` crate, with the same attributes and no I/O:
//! what exists is what the state says. It has no write-only arguments, no client authentication and no
//! nested attributes, since the crate has none; `timeouts` is a plain object here.

#![forbid(unsafe_code)]

use std::collections::HashMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Schema};
use tf_provider::value::{Value, ValueBool, ValueEmpty, ValueNumber, ValueString};
use tf_provider::{AttributePath, Diagnostics, DynamicResource, Provider, Resource, map, serve};

use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};

fn attribute(attr_type: AttributeType, constraint: AttributeConstraint, text: &str) -> Attribute {
    Attribute {
        attr_type,
        constraint,
        description: text.into(),
        ..Default::default()
    }
}

fn text(constraint: AttributeConstraint, description: &str) -> Attribute {
    attribute(AttributeType::String, constraint, description)
}

fn number(constraint: AttributeConstraint, description: &str) -> Attribute {
    attribute(AttributeType::Number, constraint, description)
}

fn timeouts() -> Attribute {
    let durations = ["create", "read", "update", "delete"];
    let fields = durations.map(|name| (name.to_owned(), AttributeType::String));
    let ty = AttributeType::Object(fields.into_iter().collect());
    attribute(ty, Optional, "How long each operation may take.")
}

fn schema(attributes: HashMap<String, Attribute>) -> Option<Schema> {
    let block = Block {
        version: 0,
        attributes,
        ..Default::default()
    };
    Some(Schema { version: 0, block })
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Timeouts<'a> {
    #[serde(borrow)]
    create: ValueString<'a>,
    read: ValueString<'a>,
    update: ValueString<'a>,
    delete: ValueString<'a>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct RegistryState<'a> {
    #[serde(borrow)]
    handle: ValueString<'a>,
    name: ValueString<'a>,
    server: ValueString<'a>,
    username: ValueString<'a>,
    password: ValueString<'a>,
    password_wo: ValueString<'a>,
    password_wo_version: ValueString<'a>,
    active_version: ValueNumber,
    on_drift: ValueString<'a>,
    verify: ValueString<'a>,
    maxversions: ValueNumber,
    timeouts: Value<Timeouts<'a>>,
    current_version: ValueNumber,
    id: ValueString<'a>,
    billable: ValueBool,
    currentversionid: ValueString<'a>,
    managedbyresourceid: ValueString<'a>,
    managedbyresourcetype: ValueString<'a>,
}

impl RegistryState<'_> {
    fn schema() -> Option<Schema> {
        schema(map! {
            "handle" => text(Required, "The name by which projects refer to the registry."),
            "name" => text(Required, "The name to show."),
            "server" => text(Required, "The registry's host, with a port if it is not 443."),
            "username" => text(Required, "The user name, or the name of the access token."),
            "password" => Attribute { sensitive: true, ..text(Optional, "The password or token.") },
            "password_wo" => Attribute { sensitive: true, ..text(Optional, "Write-only elsewhere.") },
            "password_wo_version" => text(Optional, "Changes when the password does."),
            "active_version" => number(Optional, "The version that shall be current."),
            "on_drift" => text(Optional, "What to do when another version became current."),
            "verify" => text(Optional, "Whether to try new credentials."),
            "maxversions" => number(OptionalComputed, "How many versions are retained."),
            "timeouts" => timeouts(),
            "current_version" => number(Computed, "The number of the version that is current."),
            "id" => text(Computed, "The UUID of the registry."),
            "billable" => attribute(AttributeType::Bool, Computed, "Whether it is billed."),
            "currentversionid" => text(Computed, "The identifier of the current version."),
            "managedbyresourceid" => text(Computed, "The object that manages the registry."),
            "managedbyresourcetype" => text(Computed, "The type of that object."),
        })
    }

    fn plan(&mut self) {
        self.maxversions = Value::Unknown;
        self.current_version = Value::Unknown;
        self.id = Value::Unknown;
        self.billable = Value::Unknown;
        self.currentversionid = Value::Unknown;
    }

    fn create(&mut self) {
        self.maxversions = Value::Value(5);
        self.current_version = Value::Value(1);
        self.id = self.handle.clone();
        self.billable = Value::Value(true);
        self.currentversionid = self.handle.clone();
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct AttachmentState<'a> {
    #[serde(borrow)]
    project_id: ValueString<'a>,
    handle: ValueString<'a>,
    timeouts: Value<Timeouts<'a>>,
    id: ValueString<'a>,
    join_id: ValueString<'a>,
}

impl AttachmentState<'_> {
    fn schema() -> Option<Schema> {
        schema(map! {
            "project_id" => text(Required, "The UUID of the project."),
            "handle" => text(Required, "The handle of the registry."),
            "timeouts" => timeouts(),
            "id" => text(Computed, "Project and handle."),
            "join_id" => text(Computed, "The identifier of the link."),
        })
    }

    fn plan(&mut self) {
        self.id = Value::Unknown;
        self.join_id = Value::Unknown;
    }

    fn create(&mut self) {
        self.id = self.handle.clone();
        self.join_id = self.handle.clone();
    }
}

/// The same answers for both: what is proposed is planned, and what is planned exists.
macro_rules! resource {
    ($resource:ident, $state:ident) => {
        struct $resource;

        #[async_trait]
        impl Resource for $resource {
            type State<'a> = $state<'a>;
            type PrivateState<'a> = ValueEmpty;
            type ProviderMetaState<'a> = ValueEmpty;

            fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
                $state::schema()
            }

            async fn read<'a>(
                &self,
                _: &mut Diagnostics,
                state: $state<'a>,
                private: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<($state<'a>, ValueEmpty)> {
                Some((state, private))
            }

            async fn plan_create<'a>(
                &self,
                _: &mut Diagnostics,
                mut proposed: $state<'a>,
                _: $state<'a>,
                _: ValueEmpty,
            ) -> Option<($state<'a>, ValueEmpty)> {
                proposed.plan();
                Some((proposed, Default::default()))
            }

            async fn plan_update<'a>(
                &self,
                _: &mut Diagnostics,
                _: $state<'a>,
                proposed: $state<'a>,
                _: $state<'a>,
                private: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<($state<'a>, ValueEmpty, Vec<AttributePath>)> {
                Some((proposed, private, Vec::new()))
            }

            async fn plan_destroy<'a>(
                &self,
                _: &mut Diagnostics,
                _: $state<'a>,
                private: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<ValueEmpty> {
                Some(private)
            }

            async fn create<'a>(
                &self,
                _: &mut Diagnostics,
                mut planned: $state<'a>,
                _: $state<'a>,
                private: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<($state<'a>, ValueEmpty)> {
                planned.create();
                Some((planned, private))
            }

            async fn update<'a>(
                &self,
                _: &mut Diagnostics,
                _: $state<'a>,
                planned: $state<'a>,
                _: $state<'a>,
                private: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<($state<'a>, ValueEmpty)> {
                Some((planned, private))
            }

            async fn destroy<'a>(
                &self,
                _: &mut Diagnostics,
                _: $state<'a>,
                _: ValueEmpty,
                _: ValueEmpty,
            ) -> Option<()> {
                Some(())
            }
        }
    };
}

resource!(Registry, RegistryState);
resource!(Attachment, AttachmentState);

struct Peer;

#[async_trait]
impl Provider for Peer {
    type Config<'a> = ValueEmpty;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        schema(HashMap::new())
    }

    fn get_resources(
        &self,
        _: &mut Diagnostics,
    ) -> Option<HashMap<String, Box<dyn DynamicResource>>> {
        // The crate puts the provider's name in front.
        Some(map! {
            "registry" => Registry,
            "project_registry_attachment" => Attachment,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    serve("bahriya", Peer).await
}
