//! The provider's process of one walk.

use std::time::Duration;

use support::plugin::{Handshake, Options, PluginProcess, Spawned, connect};
use terraform_provider_bahriya::proto::tfplugin6 as proto;
use terraform_provider_bahriya::proto::tfplugin6::provider_client::ProviderClient;
use tonic::transport::Channel;

/// A configured provider process.
pub struct Walk {
    pub plugin: PluginProcess,
    pub client: ProviderClient<Channel>,
}

impl Walk {
    /// Presses Ctrl-C after a while.
    pub fn stop_after(&self, patience: Duration) -> tokio::task::JoinHandle<()> {
        let mut client = self.client.clone();
        tokio::spawn(async move {
            tokio::time::sleep(patience).await;
            let _ = client.stop_provider(proto::stop_provider::Request {}).await;
        })
    }
}

/// Starts and connects. The provider gives a connection ten seconds to introduce itself, which is not always
/// enough on a machine where dozens of them start at once.
pub async fn start(options: &Options) -> PluginProcess {
    for _ in 0..3 {
        let mut process = Spawned::start(options);
        let Some(line) = process.line().await else {
            panic!("no handshake line; stderr: {:#?}", process.stderr.lines());
        };
        let handshake = Handshake::parse(&line);
        if let Ok(channel) = connect(&handshake, Some(&process.identity)).await {
            return PluginProcess {
                process,
                handshake,
                channel,
            };
        }
    }
    panic!("the provider does not accept a connection");
}

/// What a call answered. A gRPC status is a mistake of the provider.
pub fn answered<T>(response: Result<tonic::Response<T>, tonic::Status>) -> T {
    response
        .expect("every problem is a diagnostic")
        .into_inner()
}
