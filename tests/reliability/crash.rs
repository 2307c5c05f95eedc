//! What a crash tells: a provider that panics with a secret in its message, in a call and beside one, behind
//! the same process edge as the real one.

use support::executables;
use support::plugin::{Options, PluginProcess};
use terraform_provider_bahriya::framework::value::{Object, Value};
use terraform_provider_bahriya::framework::wire;
use terraform_provider_bahriya::proto::tfplugin6 as proto;

use crate::needles::Needles;

const SECRET: &str = "p4nic&<>\"'\\ü%+/=~-eNd";

/// Configures the provider of `examples/crashing_provider.rs`, ends it, and answers what it told in its
/// answer and on stderr.
async fn crash(place: &str) -> (String, String) {
    let program = executables::example("crashing_provider");
    let mut options = Options::default()
        .env("CRASH", place)
        .env("BAHRIYA_TOKEN", SECRET)
        .env("RUST_BACKTRACE", "full")
        .env("TF_LOG", "TRACE");
    // In place of the program that comes as the last argument.
    let instead = ["sh", "-c", "exec \"$0\"", &program.display().to_string()];
    options.through = instead.map(str::to_owned).to_vec();
    let plugin = PluginProcess::start(options).await;
    let nothing = Object::from(
        [
            "token",
            "organisation_id",
            "base_url",
            "ca_certificate_file",
        ]
        .map(|name| (name, Value::Null)),
    );
    let request = proto::configure_provider::Request {
        config: Some(wire::encode(&Value::Object(nothing))),
        ..Default::default()
    };
    let answer = plugin
        .provider()
        .configure_provider(request)
        .await
        .expect("an answer")
        .into_inner();
    let (_, stderr) = plugin.shutdown().await;
    let told = answer
        .diagnostics
        .into_iter()
        .map(|one| format!("{}: {}", one.summary, one.detail));
    (told.collect::<Vec<_>>().join("\n"), stderr.join("\n"))
}

#[tokio::test]
async fn a_panic_in_a_call_tells_no_secret() {
    let (answer, stderr) = crash("in a call").await;
    assert!(
        answer.contains("ended in a panic: plain [redacted], as JSON"),
        "{answer}"
    );
    assert!(stderr.contains("the provider panicked"), "{stderr}");
    let needles = Needles::new([("secret", SECRET)]);
    let found = needles.search(format!("{answer}{stderr}").as_bytes());
    println!("crash in a call: {} leaks", found.len());
    assert!(found.is_empty(), "{found:?}");
}

#[tokio::test]
async fn a_crash_report_tells_no_secret() {
    let (_, stderr) = crash("beside the calls").await;
    assert!(
        stderr.contains("panic: plain [redacted], as JSON"),
        "{stderr}"
    );
    assert!(
        stderr.contains("has crashed, which is a defect of the provider"),
        "{stderr}"
    );
    let needles = Needles::new([("secret", SECRET)]);
    let found = needles.search(stderr.as_bytes());
    println!("crash report: {} leaks", found.len());
    assert!(found.is_empty(), "{found:?}");
}

/// A core file would hold every secret there is, and so would what a debugger of the same user sees.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn there_is_no_core_file() {
    let plugin = PluginProcess::start(Options::default()).await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", plugin.pid())).expect("limits");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("a line");
    let sizes: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(sizes, ["0", "0"], "{core}");
    // A process that is not dumpable belongs to root as far as /proc is concerned.
    let environment = std::fs::metadata(format!("/proc/{}/environ", plugin.pid())).expect("a file");
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&environment), 0);
}
