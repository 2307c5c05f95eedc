use rustix::process::Signal;
use serde_json::{Map, Value};
use support::plugin::{Handshake, Options, PluginProcess, connect};
use terraform_provider_bahriya::proto::health::HealthCheckRequest;
use terraform_provider_bahriya::proto::health::health_client::HealthClient;

/// A run in which there is something to log: a stranger, an interrupt, the end.
async fn eventful_run(options: Options) -> Vec<String> {
    let plugin = PluginProcess::start(options).await;
    let plain = Handshake {
        certificate: Vec::new(),
        ..plugin.handshake.clone()
    };
    if let Ok(stranger) = connect(&plain, None).await {
        let refused = HealthClient::new(stranger)
            .check(HealthCheckRequest::default())
            .await;
        assert!(refused.is_err());
    }
    plugin.process.signal(Signal::INT);
    let (status, stderr) = plugin.shutdown().await;
    assert!(status.success());
    stderr
}

/// `2006-01-02T15:04:05.000000Z`, the one form that Terraform parses.
fn is_timestamp(text: &str) -> bool {
    const FORM: &[u8] = b"0000-00-00T00:00:00.000000Z";
    let fits = |(byte, form): (u8, &u8)| match form {
        b'0' => byte.is_ascii_digit(),
        other => byte == *other,
    };
    text.len() == FORM.len() && text.bytes().zip(FORM).all(fits)
}

#[tokio::test]
async fn every_line_is_one_that_terraform_parses() {
    let lines = eventful_run(Options::default().env("TF_LOG", "TRACE")).await;
    assert!(!lines.is_empty());
    for line in lines {
        let fields: Map<String, Value> = serde_json::from_str(&line).unwrap();
        assert!(
            is_timestamp(fields["@timestamp"].as_str().unwrap()),
            "{line}"
        );
        let level = fields["@level"].as_str().unwrap();
        assert!(
            ["trace", "debug", "info", "warn", "error"].contains(&level),
            "{line}"
        );
        assert!(fields["@message"].is_string(), "{line}");
        let module = fields["@module"].as_str().unwrap();
        assert!(
            module.starts_with("bahriya.") || ["warn", "error"].contains(&level),
            "{line}"
        );
    }
}

#[tokio::test]
async fn nothing_is_logged_unless_asked_for() {
    assert_eq!(eventful_run(Options::default()).await, [""; 0]);
    let off = Options::default()
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PROVIDER_BAHRIYA", "OFF");
    assert_eq!(eventful_run(off).await, [""; 0]);
}

#[tokio::test]
async fn only_what_was_asked_for_is_logged() {
    let lines = eventful_run(Options::default().env("TF_LOG_PROVIDER", "WARN")).await;
    assert!(
        lines
            .iter()
            .any(|line| line.contains("refused a connection")),
        "{lines:?}"
    );
    assert!(
        lines.iter().all(|line| line.contains(r#""@level":"warn""#)),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_closed_stderr_stops_nothing() {
    let mut plugin = PluginProcess::start(Options::default().env("TF_LOG", "TRACE")).await;
    plugin.process.close_stderr().await;
    plugin.process.signal(Signal::INT);
    let mut health = HealthClient::new(plugin.channel.clone());
    health.check(HealthCheckRequest::default()).await.unwrap();
}
