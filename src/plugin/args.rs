//! The command line. Terraform starts a plugin without arguments; all of them are for people.

use std::ffi::OsString;

use super::About;

/// What this process was started for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To serve.
    Serve(Audience),
    /// To say its version.
    Version,
    /// To say what it is.
    Help,
}

/// Who waits for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The Terraform that started this process.
    Host,
    /// A person, who tells Terraform where to find it.
    Person,
}

/// Reads the arguments after the program name. The error is a sentence for the user.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Purpose, String> {
    let mut purpose = Purpose::Serve(Audience::Host);
    for (position, arg) in args.into_iter().enumerate() {
        purpose = match arg.to_str() {
            Some("-debug" | "--debug") if position == 0 => Purpose::Serve(Audience::Person),
            Some("-version" | "--version") if position == 0 => Purpose::Version,
            Some("-h" | "-help" | "--help") if position == 0 => Purpose::Help,
            _ => {
                return Err(format!(
                    "unexpected argument {arg:?}: Terraform starts this program without arguments, \
                     and people with one of --debug, --version or --help"
                ));
            }
        };
    }
    Ok(purpose)
}

/// The text of `--help`.
pub fn help(about: &About) -> String {
    format!(
        "{} {}, the Terraform provider {}

Terraform and OpenTofu start this program themselves; there is nothing to run by hand.

  --debug    serve until Ctrl-C and print the TF_REATTACH_PROVIDERS line for a Terraform to attach to
  --version  print the version
  --help     print this text
",
        about.name, about.version, about.address
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(args: &[&str]) -> Result<Purpose, String> {
        parse(args.iter().map(OsString::from))
    }

    #[test]
    fn one_argument_at_most() {
        assert_eq!(parsed(&[]), Ok(Purpose::Serve(Audience::Host)));
        assert_eq!(parsed(&["-debug"]), Ok(Purpose::Serve(Audience::Person)));
        assert_eq!(parsed(&["--debug"]), Ok(Purpose::Serve(Audience::Person)));
        assert_eq!(parsed(&["--version"]), Ok(Purpose::Version));
        assert_eq!(parsed(&["--help"]), Ok(Purpose::Help));
        assert!(parsed(&["--debug", "--version"]).is_err());
    }

    #[test]
    fn an_unknown_argument_is_named() {
        let sentence = parsed(&["plan"]).unwrap_err();
        assert!(sentence.contains("\"plan\""), "{sentence}");
        assert!(sentence.contains("--debug"), "{sentence}");
    }
}
