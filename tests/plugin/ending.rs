use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;
use support::core::{Core, Object, REGISTRY, VERSION};
use support::plugin::{Options, PATIENCE, PluginProcess};
use terraform_provider_bahriya::proto::go_plugin::Empty;
use terraform_provider_bahriya::proto::go_plugin::grpc_controller_client::GrpcControllerClient;
use terraform_provider_bahriya::proto::health::HealthCheckRequest;
use terraform_provider_bahriya::proto::health::health_client::HealthClient;
use terraform_provider_bahriya::proto::tfplugin6::{apply_resource_change, get_provider_schema};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::Channel;
use tonic::{Request, Status};

/// How long Terraform waits after `Shutdown` before it kills.
const PATIENCE_OF_TERRAFORM: Duration = Duration::from_secs(2);

fn has_socket(plugin: &PluginProcess) -> impl Fn() -> bool + use<> {
    let directory = Path::new(&plugin.handshake.address)
        .parent()
        .unwrap()
        .to_owned();
    move || directory.exists()
}

/// A call that stays in flight for ever: its request never ends.
async fn endless_call(channel: Channel) -> Result<(), Status> {
    let mut client = tonic::client::Grpc::new(channel);
    client.ready().await.unwrap();
    let request = Request::new(tokio_stream::pending::<apply_resource_change::Request>());
    let path = PathAndQuery::from_static("/tfplugin6.Provider/ApplyResourceChange");
    let codec = tonic_prost::ProstCodec::<_, apply_resource_change::Response>::default();
    client
        .client_streaming(request, path, codec)
        .await
        .map(drop)
}

#[tokio::test]
async fn shutdown_removes_the_socket_and_exits_well() {
    let plugin = PluginProcess::start(Options::default()).await;
    let has_socket = has_socket(&plugin);
    assert!(has_socket());
    let (status, stderr) = plugin.shutdown().await;
    assert_eq!(status.code(), Some(0));
    assert!(!has_socket());
    assert_eq!(stderr, [""; 0]);
}

/// A busy machine adds to the time, so that one of some tries has to be in time.
#[tokio::test]
async fn shutdown_does_not_wait_for_calls_longer_than_terraform_does() {
    let mut took = Vec::new();
    while took.len() < 5 {
        took.push(shutdown_during_a_call().await);
        if took.last() < Some(&PATIENCE_OF_TERRAFORM) {
            return;
        }
    }
    panic!("{took:?}");
}

/// How long the process lives on.
async fn shutdown_during_a_call() -> Duration {
    let plugin = PluginProcess::start(Options::default()).await;
    let has_socket = has_socket(&plugin);
    let call = tokio::spawn(endless_call(plugin.channel.clone()));
    // The call is on its way before the end begins: both use one connection, in order.
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut controller = GrpcControllerClient::new(plugin.channel.clone());
    controller.shutdown(Empty {}).await.unwrap();
    let told = Instant::now();
    let (status, _) = plugin.process.end().await;
    let took = told.elapsed();
    assert_eq!(status.code(), Some(0));
    assert!(!has_socket());
    assert!(call.await.unwrap().is_err());
    took
}

#[tokio::test]
async fn an_interrupt_is_left_to_terraform() {
    let plugin = PluginProcess::start(Options::default().env("TF_LOG", "DEBUG")).await;
    for _ in 0..2 {
        plugin.process.signal(Signal::INT);
        plugin.process.stderr.wait_for("left an interrupt").await;
    }
    let mut health = HealthClient::new(plugin.channel.clone());
    health.check(HealthCheckRequest::default()).await.unwrap();
    let (status, _) = plugin.shutdown().await;
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn a_request_to_terminate_is_followed() {
    for signal in [Signal::TERM, Signal::HUP] {
        // The tests themselves may run with hang-ups ignored, which is inherited.
        let through = ["env", "--default-signal=HUP"].map(str::to_owned);
        let options = Options {
            through: through.into(),
            ..Options::default()
        };
        let plugin = PluginProcess::start(options).await;
        let has_socket = has_socket(&plugin);
        plugin.process.signal(signal);
        let (status, _) = plugin.process.end().await;
        assert_eq!(status.code(), Some(0), "{signal:?}");
        assert!(!has_socket());
    }
}

#[tokio::test]
async fn it_does_not_outlive_its_parent() {
    let through = ["sh", "-c", "\"$0\" & wait"].map(str::to_owned);
    let options = Options {
        through: through.into(),
        ..Options::default()
    };
    let mut plugin = PluginProcess::start(options).await;
    let has_socket = has_socket(&plugin);
    plugin.process.child.kill().await.unwrap();
    // The connection stands; only the parent is gone. The end of stdout is the end of the process.
    assert_eq!(plugin.process.line().await, None);
    assert!(!has_socket());
}

#[tokio::test]
async fn it_does_not_wait_for_a_host_that_has_hung_up() {
    let plugin = PluginProcess::start(Options::default()).await;
    let has_socket = has_socket(&plugin);
    drop(plugin.channel);
    let (status, _) = tokio::time::timeout(PATIENCE, plugin.process.end())
        .await
        .unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(!has_socket());
}

#[tokio::test]
async fn a_closed_terminal_is_ignored_where_it_was_ignored_before() {
    let options = Options {
        through: ["nohup"].map(str::to_owned).into(),
        ..Options::default()
    };
    let plugin = PluginProcess::start(options).await;
    plugin.process.signal(Signal::HUP);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut health = HealthClient::new(plugin.channel.clone());
    health.check(HealthCheckRequest::default()).await.unwrap();
    let (status, _) = plugin.shutdown().await;
    assert_eq!(status.code(), Some(0));
}

/// Nobody reads the log, and it fills the pipe many times over.
#[tokio::test]
async fn a_full_stderr_blocks_neither_calls_nor_signals() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut reader = std::fs::File::options();
    let _held_open = reader.read(true).write(true).open(&pipe).unwrap();
    let through = ["sh", "-c", "exec \"$0\" 2> \"$PIPE\""].map(str::to_owned);
    let options = Options {
        through: through.into(),
        ..Options::default()
    };
    let options = options
        .env("TF_LOG", "TRACE")
        .env("PIPE", pipe.to_str().unwrap());
    let plugin = PluginProcess::start(options).await;
    let calls = async {
        for _ in 0..500 {
            let mut provider = plugin.provider();
            let request = get_provider_schema::Request {};
            provider.get_provider_schema(request).await.unwrap();
        }
    };
    tokio::time::timeout(PATIENCE, calls).await.unwrap();
    plugin.process.signal(Signal::TERM);
    let ended = tokio::time::timeout(PATIENCE, plugin.process.end()).await;
    assert_eq!(ended.unwrap().0.code(), Some(0));
}

/// As somebody who may have no second process: names are resolved and passwords hashed on threads.
#[tokio::test]
async fn without_a_thread_nothing_is_written_and_the_reason_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let provider = directory.path().join("provider");
    std::fs::copy(support::executables::provider(), &provider).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(directory.path(), open).unwrap();
    let become_poor = match rustix::process::geteuid().is_root() {
        // Root is above limits.
        true => {
            "exec setpriv --reuid=64123 --regid=64123 --clear-groups prlimit --nproc=1 \"$PROVIDER\""
        }
        false => "exec prlimit --nproc=1 \"$PROVIDER\"",
    };
    let options = Options {
        through: ["sh", "-c", become_poor].map(str::to_owned).into(),
        ..Options::default()
    };
    let plugin = PluginProcess::start(options.env("PROVIDER", provider.to_str().unwrap())).await;
    let mut core = Core::connect(plugin.provider(), None).await.unwrap();
    let settings = serde_json::json!({
        "base_url": "http://127.0.0.1:1/console/v1",
        "organisation_id": "0f8fad5b-d9cb-469f-a165-70867728950e",
        "token": "pat_0123456789",
    });
    core.configure(settings, VERSION).await.unwrap();
    let stored = serde_json::json!({"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "handle": "h", "name": "n",
        "server": "s", "username": "u"});
    let mut stored = Some(Object {
        state: core.block(REGISTRY, stored),
        private: Vec::new(),
        identity: None,
        tainted: false,
    });
    let planned = core.plan(REGISTRY, stored.as_ref(), None).await.unwrap();
    let applied = core.apply(REGISTRY, &mut stored, None, &planned).await;
    assert!(applied.is_err() && stored.is_some());
    let told = core.told().join("\n");
    assert!(told.contains("No thread can be started"), "{told}");
}
