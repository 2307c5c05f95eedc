//! What the provider says there is.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use support::plugin::Options;
use support::provider_client::{ATTACHMENT, Client, REGISTRY, attributes, rpc};
use terraform_provider_bahriya::proto::tfplugin6 as proto;

const DATA_SOURCES: [&str; 8] = [
    "bahriya_organisation",
    "bahriya_project",
    "bahriya_project_attachments",
    "bahriya_projects",
    "bahriya_region",
    "bahriya_regions",
    "bahriya_registries",
    "bahriya_registry",
];
const FUNCTIONS: [&str; 4] = [
    "monthly_cost",
    "normalize_server",
    "parse_image",
    "registry_server",
];

fn names<'a, T: 'a>(of: impl IntoIterator<Item = (&'a String, &'a T)>) -> BTreeSet<&'a str> {
    of.into_iter().map(|(name, _)| name.as_str()).collect()
}

#[tokio::test]
async fn there_is_what_the_documentation_lists() {
    let client = Client::start(Options::default()).await;
    let schema = &client.schema;
    assert_eq!(
        names(&schema.resource_schemas),
        [ATTACHMENT, REGISTRY].into()
    );
    assert_eq!(
        names(&schema.list_resource_schemas),
        [ATTACHMENT, REGISTRY].into()
    );
    assert_eq!(names(&schema.data_source_schemas), DATA_SOURCES.into());
    assert_eq!(names(&schema.functions), FUNCTIONS.into());
    assert_eq!(
        schema.ephemeral_resource_schemas.keys().collect::<Vec<_>>(),
        ["bahriya_registry_login"]
    );
    assert!(schema.state_store_schemas.is_empty());
    assert!(schema.action_schemas.is_empty());
    assert!(schema.provider_meta.is_none());
    assert!(schema.diagnostics.is_empty());
    assert_eq!(
        schema.server_capabilities,
        Some(proto::ServerCapabilities {
            plan_destroy: true,
            get_provider_schema_optional: true,
            move_resource_state: true,
            generate_resource_config: true,
        })
    );
}

#[tokio::test]
async fn metadata_and_functions_are_those_of_the_schema() {
    let mut client = Client::start(Options::default()).await;
    let metadata = rpc!(client, get_metadata, proto::get_metadata::Request {});
    assert_eq!(
        metadata.server_capabilities,
        client.schema.server_capabilities
    );
    let set = |names: Vec<&str>| -> BTreeSet<String> {
        let set: BTreeSet<_> = names.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(set.len(), names.len(), "no name twice");
        set
    };
    let resources = metadata.resources.iter().map(|one| one.type_name.as_str());
    assert_eq!(set(resources.collect()), set(vec![ATTACHMENT, REGISTRY]));
    let lists = metadata
        .list_resources
        .iter()
        .map(|one| one.type_name.as_str());
    assert_eq!(set(lists.collect()), set(vec![ATTACHMENT, REGISTRY]));
    let sources = metadata
        .data_sources
        .iter()
        .map(|one| one.type_name.as_str());
    assert_eq!(set(sources.collect()), set(DATA_SOURCES.to_vec()));
    let functions = metadata.functions.iter().map(|one| one.name.as_str());
    assert_eq!(set(functions.collect()), set(FUNCTIONS.to_vec()));

    let answer = rpc!(client, get_functions, proto::get_functions::Request {});
    assert_eq!(answer.functions, client.schema.functions);
}

#[tokio::test]
async fn the_schema_is_the_same_every_time_and_without_configuration() {
    let mut first = Client::start(Options::default()).await;
    let again = rpc!(
        first,
        get_provider_schema,
        proto::get_provider_schema::Request {}
    );
    assert_eq!(again, first.schema);
    let second = Client::start(Options::default()).await;
    assert_eq!(second.schema, first.schema);
}

/// Each rule whose breach makes Terraform refuse the provider, or crash.
#[tokio::test]
async fn every_schema_keeps_the_rules() {
    let client = Client::start(Options::default()).await;
    let schema = &client.schema;
    check(schema.provider.as_ref().expect("a provider schema"), false);
    for one in schema.resource_schemas.values() {
        check(one, true);
    }
    let others = schema.data_source_schemas.values();
    for one in others.chain(schema.list_resource_schemas.values()) {
        check(one, false);
    }
    for one in schema.list_resource_schemas.values() {
        assert!(attributes(one).values().all(|one| !one.computed));
    }
    for function in schema.functions.values() {
        let returns = function
            .r#return
            .as_ref()
            .expect("without it Terraform crashes");
        is_type(&returns.r#type);
        assert!(!function.summary.is_empty() && !function.description.is_empty());
        let mut names = BTreeSet::new();
        for parameter in &function.parameters {
            is_type(&parameter.r#type);
            assert!(names.insert(&parameter.name), "{}", parameter.name);
            is_name(&parameter.name);
            assert!(!parameter.allow_null_value && !parameter.allow_unknown_values);
        }
    }
}

fn check(schema: &proto::Schema, write_only_allowed: bool) {
    assert!(schema.version >= 0);
    let block = schema.block.as_ref().expect("without it Terraform crashes");
    assert!(block.block_types.is_empty() && !block.computed);
    assert!(!block.description.is_empty());
    check_attributes(&block.attributes, write_only_allowed);
}

fn check_attributes(attributes: &[proto::schema::Attribute], write_only_allowed: bool) {
    let mut names = BTreeSet::new();
    for one in attributes {
        let name = &one.name;
        assert!(names.insert(name), "{name} twice");
        is_name(name);
        assert!(
            one.required || one.optional || one.computed,
            "{name} has no mode"
        );
        assert!(!one.required || (!one.optional && !one.computed), "{name}");
        assert!(!one.description.is_empty(), "{name} has no description");
        if one.write_only {
            assert!(
                write_only_allowed && !one.computed && (one.required ^ one.optional),
                "{name}"
            );
            assert!(one.sensitive, "{name}");
        }
        match &one.nested_type {
            None => is_type(&one.r#type),
            Some(nested) => {
                use proto::schema::object::NestingMode;
                assert!(one.r#type.is_empty(), "{name} has two types");
                assert!(matches!(
                    nested.nesting(),
                    NestingMode::Single | NestingMode::List
                ));
                check_attributes(&nested.attributes, write_only_allowed);
            }
        }
    }
}

fn is_name(name: &str) {
    let valid = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    assert!(name.starts_with(|c: char| c.is_ascii_lowercase()), "{name}");
    assert!(name.chars().all(valid), "{name}");
}

/// Terraform crashes over a type that is no JSON.
fn is_type(bytes: &[u8]) {
    fn valid(ty: &Json) -> bool {
        match ty {
            Json::String(name) => ["string", "number", "bool"].contains(&name.as_str()),
            Json::Array(parts) => match parts.as_slice() {
                [kind, element] if kind == "list" => valid(element),
                [kind, Json::Object(attributes)] if kind == "object" => {
                    attributes.values().all(valid)
                }
                _ => false,
            },
            _ => false,
        }
    }
    let ty: Json = serde_json::from_slice(bytes).expect("JSON");
    assert!(valid(&ty), "{ty}");
}

fn flags(attribute: &proto::schema::Attribute) -> String {
    let flags = [
        (attribute.required, "required"),
        (attribute.optional, "optional"),
        (attribute.computed, "computed"),
        (attribute.sensitive, "sensitive"),
        (attribute.write_only, "write-only"),
    ];
    let set = flags.iter().filter(|(set, _)| *set).map(|(_, name)| *name);
    set.collect::<Vec<_>>().join(" ")
}

/// The arguments of the official provider are taken as they are, and ours are what the design says.
#[tokio::test]
async fn the_resources_have_exactly_their_attributes() {
    let client = Client::start(Options::default()).await;
    let shown = |ty: &str| -> Vec<(String, String)> {
        let attributes = attributes(client.resource(ty));
        let shown = attributes
            .iter()
            .map(|(name, one)| ((*name).to_owned(), flags(one)));
        shown.collect()
    };
    let expected = |table: &[(&str, &str)]| -> Vec<(String, String)> {
        let owned = table
            .iter()
            .map(|(name, flags)| ((*name).to_owned(), (*flags).to_owned()));
        owned.collect()
    };
    assert_eq!(
        shown(REGISTRY),
        expected(&[
            ("active_version", "optional"),
            ("billable", "computed"),
            ("current_version", "computed"),
            ("currentversionid", "computed"),
            ("handle", "required"),
            ("id", "computed"),
            ("managedbyresourceid", "computed"),
            ("managedbyresourcetype", "computed"),
            ("maxversions", "optional computed"),
            ("name", "required"),
            ("on_drift", "optional"),
            ("password", "optional sensitive"),
            ("password_wo", "optional sensitive write-only"),
            ("password_wo_version", "optional"),
            ("server", "required"),
            ("timeouts", "optional"),
            ("username", "required"),
            ("verify", "optional"),
        ])
    );
    assert_eq!(
        shown(ATTACHMENT),
        expected(&[
            ("handle", "required"),
            ("id", "computed"),
            ("join_id", "computed"),
            ("project_id", "required"),
            ("timeouts", "optional"),
        ])
    );
}

#[tokio::test]
async fn the_official_data_sources_have_exactly_their_attributes() {
    let client = Client::start(Options::default()).await;
    let sources = &client.schema.data_source_schemas;
    let shown = |attributes: &[proto::schema::Attribute]| -> BTreeSet<(String, String, String)> {
        let shown = attributes.iter().map(|one| {
            let ty = String::from_utf8(one.r#type.clone()).unwrap();
            (one.name.clone(), ty, flags(one))
        });
        shown.collect()
    };
    let texts = |names: &[&str]| -> BTreeSet<(String, String, String)> {
        let texts = names.iter().map(|name| {
            let ty = match *name {
                "latitude" | "longitude" => r#""number""#,
                _ => r#""string""#,
            };
            ((*name).to_owned(), ty.to_owned(), "computed".to_owned())
        });
        texts.collect()
    };
    let block = |ty: &str| sources[ty].block.as_ref().unwrap().attributes.clone();

    let organisation = texts(&["id", "name", "handle", "email", "role"]);
    assert_eq!(shown(&block("bahriya_organisation")), organisation);

    let place = [
        "name",
        "description",
        "class",
        "status",
        "city",
        "state",
        "country",
        "latitude",
        "longitude",
    ];
    let mut region = texts(&place);
    region.insert(("id".into(), r#""string""#.into(), "required".into()));
    assert_eq!(shown(&block("bahriya_region")), region);

    let regions = block("bahriya_regions");
    let [filter, list] = regions.as_slice() else {
        panic!("two attributes");
    };
    assert_eq!(
        (filter.name.as_str(), flags(filter).as_str()),
        ("status_filter", "optional")
    );
    assert_eq!(
        (list.name.as_str(), flags(list).as_str()),
        ("regions", "computed")
    );
    let mut item = texts(&place);
    item.extend(texts(&["id"]));
    assert_eq!(shown(&list.nested_type.as_ref().unwrap().attributes), item);
}

#[tokio::test]
async fn identities_are_flat_and_can_be_imported_by() {
    let mut client = Client::start(Options::default()).await;
    let request = proto::get_resource_identity_schemas::Request {};
    let answer = rpc!(client, get_resource_identity_schemas, request);
    assert!(answer.diagnostics.is_empty());
    assert_eq!(
        names(&answer.identity_schemas),
        [ATTACHMENT, REGISTRY].into()
    );
    for (ty, expected) in [
        (REGISTRY, &[("organisation_id", false), ("id", true)][..]),
        (
            ATTACHMENT,
            &[
                ("organisation_id", false),
                ("project_id", true),
                ("handle", true),
            ],
        ),
    ] {
        let schema = &answer.identity_schemas[ty];
        assert_eq!(schema.version, 0);
        let found: Vec<_> = schema
            .identity_attributes
            .iter()
            .map(|one| {
                assert_eq!(
                    serde_json::from_slice::<Json>(&one.r#type).unwrap(),
                    json!("string")
                );
                assert_ne!(one.required_for_import, one.optional_for_import);
                (one.name.as_str(), one.required_for_import)
            })
            .collect();
        assert_eq!(found, expected, "{ty}");
    }
}
