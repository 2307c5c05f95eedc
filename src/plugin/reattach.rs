//! The record by which a Terraform finds a plugin that was started by hand.

use serde_json::json;

use super::handshake::PROTOCOL;

/// The value of `TF_REATTACH_PROVIDERS` for a plugin that listens on `address`.
fn record(provider: &str, network: &str, address: &str) -> String {
    let reattach = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL,
        "Pid": std::process::id(),
        // Without it Terraform kills the plugin after the first phase; 1.11 even panics.
        "Test": true,
        "Addr": { "Network": network, "String": address },
    });
    json!({ provider: reattach }).to_string()
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
            r#"{{"registry.example/ns/name":{{"Addr":{{"Network":"unix","String":"/tmp/s"}},"Pid":{},"Protocol":"grpc","ProtocolVersion":6,"Test":true}}}}"#,
            std::process::id()
        );
        assert_eq!(
            record("registry.example/ns/name", "unix", "/tmp/s"),
            expected
        );
    }
}
