use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;
use support::plugin::{Handshake, Options, Spawned, connect};
use terraform_provider_bahriya::proto::health::HealthCheckRequest;
use terraform_provider_bahriya::proto::health::health_client::HealthClient;

#[tokio::test]
async fn it_serves_whoever_attaches_until_it_is_interrupted() {
    let options = Options {
        args: vec!["-debug".to_owned()],
        without: vec!["TF_PLUGIN_MAGIC_COOKIE", "PLUGIN_CLIENT_CERT"],
        ..Options::default()
    };
    let mut process = Spawned::start(&options);
    let record = loop {
        let line = process.line().await.unwrap();
        if let Some(rest) = line.trim().strip_prefix("TF_REATTACH_PROVIDERS='") {
            break rest.strip_suffix('\'').unwrap().to_owned();
        }
    };
    let record: Value = serde_json::from_str(&record).unwrap();
    let reattach = &record["registry.terraform.io/bahriya-rs/bahriya"];
    assert_eq!(reattach["Protocol"], "grpc");
    assert_eq!(reattach["ProtocolVersion"], 6);
    assert_eq!(reattach["Pid"], process.child.id().unwrap());
    assert_eq!(reattach["Test"], true);

    let address = reattach["Addr"]["String"].as_str().unwrap();
    let handshake = Handshake {
        line: String::new(),
        network: reattach["Addr"]["Network"].as_str().unwrap().to_owned(),
        address: address.to_owned(),
        certificate: Vec::new(),
    };
    let first = connect(&handshake, None).await.unwrap();
    let second = connect(&handshake, None).await.unwrap();
    for channel in [first, second] {
        let mut health = HealthClient::new(channel);
        health.check(HealthCheckRequest::default()).await.unwrap();
    }

    process.signal(Signal::INT);
    let (status, _) = process.end().await;
    assert_eq!(status.code(), Some(0));
    assert!(!Path::new(address).exists());
}
