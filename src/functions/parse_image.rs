//! `parse_image("ghcr.io/my-org/api:1.4.0")`: the parts of an image reference.

use super::{only_text, text, wrong};
use crate::framework::function::Function;
use crate::framework::model::object;
use crate::framework::ty::Type;
use crate::oci::image;

pub fn function() -> Function {
    Function {
        name: "parse_image",
        summary: "Takes an image reference apart.",
        description: "Returns an object with `host`, `repository`, `tag` and `digest` of an image reference, by \
            the reference grammar of the distribution project with Docker's defaults: `nginx` is `library/nginx` \
            at `docker.io`. `tag` and `digest` are null where the reference has none; no `latest` is made up.",
        parameters: text(
            "image",
            "An image reference, such as `ghcr.io/my-org/api:1.4.0`.",
        ),
        returns: Type::object(
            ["host", "repository", "tag", "digest"].map(|part| (part, Type::String)),
        ),
        call: |arguments| {
            let image = image::parse(only_text(arguments)).map_err(wrong)?;
            Ok(object([
                ("host", image.host.into()),
                ("repository", image.repository.into()),
                ("tag", image.tag.into()),
                ("digest", image.digest.into()),
            ]))
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framework::value::Value;

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
                (function().call)(&[image.as_str().into()]),
                Ok(expected),
                "{image}"
            );
        }
    }

    #[test]
    fn an_error_points_at_the_argument() {
        let error = (function().call)(&["MyOrg/app".into()]).expect_err("upper case");
        assert_eq!(error.argument, Some(0));
        assert!(error.text.contains("myorg/app"), "{}", error.text);
    }
}
