use std::time::Duration;

use support::plugin::{Options, PATIENCE, PluginProcess};
use terraform_provider_bahriya::proto::go_plugin::grpc_broker_client::GrpcBrokerClient;
use terraform_provider_bahriya::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_bahriya::proto::go_plugin::grpc_stdio_client::GrpcStdioClient;
use terraform_provider_bahriya::proto::go_plugin::{ConnInfo, Empty};
use terraform_provider_bahriya::proto::health::HealthCheckRequest;
use terraform_provider_bahriya::proto::health::health_check_response::ServingStatus;
use terraform_provider_bahriya::proto::health::health_client::HealthClient;
use terraform_provider_bahriya::proto::tfplugin6::stop_provider;
use tokio_stream::StreamExt as _;
use tonic::Code;

fn asks(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.to_owned(),
    }
}

#[tokio::test]
async fn the_provider_itself_is_served() {
    let plugin = PluginProcess::start(Options::default()).await;
    let stop = stop_provider::Request {};
    let answer = plugin.provider().stop_provider(stop).await.unwrap();
    assert_eq!(answer.into_inner(), stop_provider::Response::default());
}

#[tokio::test]
async fn the_plugin_reports_to_be_healthy() {
    let plugin = PluginProcess::start(Options::default()).await;
    let mut health = HealthClient::new(plugin.channel.clone());
    for service in ["plugin", ""] {
        let answer = health.check(asks(service)).await.unwrap().into_inner();
        assert_eq!(answer.status(), ServingStatus::Serving);
    }
    let unknown = health.check(asks("other")).await.unwrap_err();
    assert_eq!(unknown.code(), Code::NotFound);
    let mut watched = health.watch(asks("plugin")).await.unwrap().into_inner();
    let first = watched.next().await.unwrap().unwrap();
    assert_eq!(first.status(), ServingStatus::Serving);
}

/// `-parallelism` is the user's to choose, and a stop must not wait in a line.
#[tokio::test]
async fn any_number_of_calls_may_be_open_and_a_stop_is_still_answered() {
    let plugin = PluginProcess::start(Options::default()).await;
    let mut open = Vec::new();
    for number in 0..300 {
        let mut stdio = GrpcStdioClient::new(plugin.channel.clone());
        let stream = tokio::time::timeout(PATIENCE, stdio.stream_stdio(())).await;
        open.push(stream.unwrap_or_else(|_| panic!("call {number} waits")));
    }
    let mut provider = plugin.provider();
    let stop = provider.stop_provider(stop_provider::Request {});
    let answer = tokio::time::timeout(PATIENCE, stop).await;
    answer.expect("the stop waits").unwrap();
}

#[tokio::test]
async fn stdio_and_broker_stay_silent_and_end_with_the_process() {
    let plugin = PluginProcess::start(Options::default()).await;
    let channel = || plugin.channel.clone();
    let mut stdio = GrpcStdioClient::new(channel())
        .stream_stdio(())
        .await
        .unwrap()
        .into_inner();
    let nothing = tokio_stream::pending::<ConnInfo>();
    let mut broker = GrpcBrokerClient::new(channel())
        .start_stream(nothing)
        .await
        .unwrap()
        .into_inner();
    let silence = Duration::from_millis(100);
    assert!(
        tokio::time::timeout(silence, stdio.message())
            .await
            .is_err()
    );
    assert!(
        tokio::time::timeout(silence, broker.message())
            .await
            .is_err()
    );

    let mut controller = GrpcControllerClient::new(channel());
    controller.shutdown(Empty {}).await.unwrap();
    let ended = async { (stdio.message().await, broker.message().await) };
    let (stdio, broker) = tokio::time::timeout(PATIENCE, ended).await.unwrap();
    assert!(stdio.unwrap().is_none());
    assert!(broker.unwrap().is_none());
    let (status, _) = plugin.process.end().await;
    assert!(status.success());
}
