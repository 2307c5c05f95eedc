//! `parse_image("ghcr.io/my-org/api:1.4.0")`: the parts of an image reference.

use std::sync::LazyLock;

use super::{only_text, wrong};
use crate::framework::function::{Function, FunctionError, Parameter, Signature};
use crate::framework::model::{Attr, AttrType, model};
use crate::framework::ty::Type;
use crate::framework::value::Value;
use crate::oci::image::{self, ImageReference};

/// The function.
pub struct ParseImage;

model! {
    /// The parts of a reference.
    pub struct Parts {
        host: String,
        repository: String,
        tag: String,
        digest: String,
    }
}

static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature {
    name: "parse_image",
    summary: "Takes an image reference apart.",
    description: "Returns an object with `host`, `repository`, `tag` and `digest` of an image reference, by \
        the reference grammar of the distribution project with Docker's defaults: `nginx` is `library/nginx` \
        at `docker.io`. `tag` and `digest` are null where the reference has none; no `latest` is made up.",
    parameters: vec![Parameter {
        name: "image",
        ty: Type::String,
        description: "An image reference, such as `ghcr.io/my-org/api:1.4.0`.",
    }],
    returns: Type::object([
        ("host", Type::String),
        ("repository", Type::String),
        ("tag", Type::String),
        ("digest", Type::String),
    ]),
});

impl Function for ParseImage {
    fn signature(&self) -> &'static Signature {
        &SIGNATURE
    }

    fn call(&self, arguments: &[Value]) -> Result<Value, FunctionError> {
        let ImageReference {
            host,
            repository,
            tag,
            digest,
        } = image::parse(only_text(arguments)).map_err(wrong)?;
        let parts = Parts {
            host: Attr::Known(host),
            repository: Attr::Known(repository),
            tag: tag.into(),
            digest: digest.into(),
        };
        Ok(parts.into_value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::model::object;

    #[test]
    fn what_a_reference_does_not_have_is_null() {
        let digest = format!("sha256:{}", "0".repeat(64));
        for (image, host, repository, tag, with_digest) in [
            ("nginx", "docker.io", "library/nginx", None, false),
            (
                "ghcr.io/my-org/api:1.4.0",
                "ghcr.io",
                "my-org/api",
                Some("1.4.0"),
                false,
            ),
            (
                "localhost:5000/a/b:c",
                "localhost:5000",
                "a/b",
                Some("c"),
                true,
            ),
            ("[::1]:5000/a", "[::1]:5000", "a", None, true),
        ] {
            let image = match with_digest {
                true => format!("{image}@{digest}"),
                false => image.to_owned(),
            };
            let expected = object([
                ("host", host.into()),
                ("repository", repository.into()),
                ("tag", tag.map_or(Value::Null, Value::from)),
                (
                    "digest",
                    if with_digest {
                        digest.as_str().into()
                    } else {
                        Value::Null
                    },
                ),
            ]);
            assert_eq!(
                ParseImage.call(&[image.as_str().into()]),
                Ok(expected),
                "{image}"
            );
        }
    }

    #[test]
    fn an_error_points_at_the_argument() {
        let error = ParseImage
            .call(&["MyOrg/app".into()])
            .expect_err("upper case");
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("myorg/app"), "{}", error.text);
    }
}
