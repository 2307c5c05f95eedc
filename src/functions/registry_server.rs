//! `registry_server("nginx")`: the server that an image is pulled from.

use super::{only_text, text, wrong};
use crate::framework::function::Function;
use crate::framework::ty::Type;
use crate::framework::value::Value;
use crate::oci::{image, server};

pub fn function() -> Function {
    Function {
        name: "registry_server",
        summary: "Finds the registry server of an image.",
        description: "Returns the server that an image is pulled from, spelled as `server` of `bahriya_registry` \
            takes it: `docker.io` for `nginx`, `ghcr.io` for `GHCR.io/my-org/api:1.4.0`. A port stays as it is written.",
        parameters: text("image", "An image reference."),
        returns: Type::String,
        call: |arguments| {
            let image = image::parse(only_text(arguments)).map_err(wrong)?;
            let name = server::as_written(&image.host).map_err(wrong)?;
            Ok(Value::String(name))
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_server_is_spelled_as_a_resource_takes_it() {
        for (image, server) in [
            ("nginx", "docker.io"),
            ("index.docker.io/library/nginx", "docker.io"),
            ("GHCR.io/my-org/api:1.4.0", "ghcr.io"),
            // What pulls looks credentials up by this very name.
            ("ghcr.io:443/my-org/api:1.4.0", "ghcr.io:443"),
            ("docker.io:443/library/nginx", "docker.io:443"),
            ("localhost:5000/app", "localhost:5000"),
        ] {
            assert_eq!(
                (function().call)(&[image.into()]),
                Ok(server.into()),
                "{image}"
            );
        }
        let error = (function().call)(&["https://ghcr.io/a".into()]).expect_err("a scheme");
        assert_eq!(error.argument, Some(0));
    }
}
