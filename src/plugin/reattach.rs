//! The record by which a Terraform finds a plugin that was started by hand.

use std::collections::BTreeMap;

use serde::Serialize;

use super::handshake::PROTOCOL;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Reattach<'a> {
    protocol: &'a str,
    protocol_version: u8,
    pid: u32,
    /// Without it Terraform kills the plugin after the first phase; 1.11 even panics.
    test: bool,
    addr: Address<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Address<'a> {
    network: &'a str,
    string: &'a str,
}

/// The value of `TF_REATTACH_PROVIDERS` for a plugin that listens on `address`.
fn record(provider: &str, network: &str, address: &str) -> String {
    let reattach = Reattach {
        protocol: "grpc",
        protocol_version: PROTOCOL,
        pid: std::process::id(),
        test: true,
        addr: Address {
            network,
            string: address,
        },
    };
    // A map of text to plain fields always serialises.
    serde_json::to_string(&BTreeMap::from([(provider, reattach)])).unwrap_or_default()
}

/// What debug mode prints: the line to paste into the shell that runs Terraform.
pub fn instructions(provider: &str, network: &str, address: &str) -> String {
    let record = record(provider, network, address);
    let line = if cfg!(windows) {
        format!("\tset \"TF_REATTACH_PROVIDERS={record}\"\n\t$env:TF_REATTACH_PROVIDERS='{record}'")
    } else {
        // The path is the one part that could hold a quote.
        let quoted = record.replace('\'', r"'\''");
        format!("\tTF_REATTACH_PROVIDERS='{quoted}'")
    };
    format!("The provider is running until Ctrl-C. Set this where you run Terraform:\n\n{line}\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_has_the_form_terraform_reads() {
        let expected = format!(
            r#"{{"registry.example/ns/name":{{"Protocol":"grpc","ProtocolVersion":6,"Pid":{},"Test":true,"Addr":{{"Network":"unix","String":"/tmp/s"}}}}}}"#,
            std::process::id()
        );
        assert_eq!(
            record("registry.example/ns/name", "unix", "/tmp/s"),
            expected
        );
    }
}
