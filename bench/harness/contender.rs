//! The programs that are compared.

use std::path::PathBuf;

use terraform_provider_bahriya::framework::codec::encode_msgpack;
use terraform_provider_bahriya::framework::provider::Provider as _;
use terraform_provider_bahriya::framework::value::Value;
use terraform_provider_bahriya::provider::Bahriya;

/// What a program can be asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// This provider, which talks to the sandbox.
    Ours,
    /// The same resources without I/O.
    Stand,
    /// An earlier build of this provider: started, and run by Terraform when the others are done.
    Earlier,
    /// Any provider: started and asked for its schema, nothing else.
    Other,
}

/// One program.
#[derive(Clone, Debug)]
pub struct Contender {
    pub name: String,
    pub kind: Kind,
    pub program: PathBuf,
}

impl Contender {
    pub fn new(name: &str, kind: Kind, program: impl Into<PathBuf>) -> Self {
        Self {
            name: name.to_owned(),
            kind,
            program: program.into(),
        }
    }

    /// Size of the program in MB.
    pub fn megabytes(&self) -> f64 {
        let metadata = std::fs::metadata(&self.program)
            .unwrap_or_else(|error| panic!("{}: {error}", self.program.display()));
        metadata.len() as f64 / 1e6
    }

    /// An empty `provider` block; `None` where it is not known what that looks like.
    pub fn configuration(&self) -> Option<Vec<u8>> {
        match self.kind {
            Kind::Ours => {
                let attributes = Bahriya::default().schema().attributes.iter();
                let nulls = attributes.map(|attribute| (attribute.name, Value::Null));
                Some(encode_msgpack(&Value::Object(nulls.collect())))
            }
            Kind::Stand => Some(encode_msgpack(&Value::Object(Default::default()))),
            Kind::Earlier | Kind::Other => None,
        }
    }
}
