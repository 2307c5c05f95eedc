//! `normalize_server("https://GHCR.io/")`: the canonical spelling of a server name.

use super::{only_text, text, wrong};
use crate::framework::function::Function;
use crate::framework::ty::Type;
use crate::framework::value::Value;
use crate::oci::server;

pub fn function() -> Function {
    Function {
        name: "normalize_server",
        summary: "Spells a registry server canonically.",
        description: "Returns the canonical spelling of a registry server: lower case, without `https://`, a \
            trailing slash or `:443`, and `docker.io` for `index.docker.io`. Two names mean the same \
            server if their canonical spellings are equal.",
        parameters: text("server", "A server name, such as `https://GHCR.io/`."),
        returns: Type::String,
        call: |arguments| {
            let name = server::normalize(only_text(arguments)).map_err(wrong)?;
            Ok(Value::String(name))
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_server_become_one() {
        for spelling in ["ghcr.io", "GHCR.io", "https://ghcr.io/", "ghcr.io:443"] {
            assert_eq!(
                (function().call)(&[spelling.into()]),
                Ok("ghcr.io".into()),
                "{spelling}"
            );
        }
        let hub = (function().call)(&["https://index.docker.io/v1/".into()]);
        assert_eq!(hub, Ok("docker.io".into()));
    }

    #[test]
    fn what_names_no_server_is_an_error_at_the_argument() {
        for wrong in ["", "ghcr.io/my-org", "ftp://ghcr.io", "user:pass@ghcr.io"] {
            let error = (function().call)(&[wrong.into()]).expect_err(wrong);
            assert_eq!(error.argument, Some(0));
            assert!(!error.text.contains("pass@"), "{}", error.text);
        }
    }
}
