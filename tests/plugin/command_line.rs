use support::plugin::{Options, Spawned};

async fn run(options: Options) -> (i32, Vec<String>, String) {
    let process = Spawned::start(&options);
    let stderr = process.stderr.clone();
    let (status, stdout) = process.end().await;
    (status.code().unwrap(), stdout, stderr.lines().join("\n"))
}

fn args(args: &[&str]) -> Options {
    Options {
        args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        // These work by hand, that is, without the environment of a host.
        without: vec!["TF_PLUGIN_MAGIC_COOKIE", "PLUGIN_CLIENT_CERT"],
        ..Options::default()
    }
}

#[tokio::test]
async fn started_by_hand_it_says_what_it_is() {
    let (code, stdout, stderr) = run(args(&[])).await;
    assert_eq!(code, 1);
    assert!(stdout.is_empty(), "{stdout:?}");
    assert!(stderr.contains("is a Terraform plugin"), "{stderr}");

    let wrong = Options::default().env("TF_PLUGIN_MAGIC_COOKIE", "wrong");
    let (code, stdout, stderr) = run(wrong).await;
    assert_eq!((code, stdout.len()), (1, 0));
    assert!(stderr.contains("is a Terraform plugin"), "{stderr}");
}

#[tokio::test]
async fn it_says_its_version_and_how_to_use_it() {
    let (code, stdout, stderr) = run(args(&["--version"])).await;
    let expected = format!("terraform-provider-bahriya {}", env!("CARGO_PKG_VERSION"));
    assert_eq!((code, stdout, stderr.as_str()), (0, vec![expected], ""));

    let (code, stdout, stderr) = run(args(&["--help"])).await;
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.join("\n").contains("--debug"), "{stdout:?}");
}

#[tokio::test]
async fn an_unknown_argument_gets_one_sentence() {
    let (code, stdout, stderr) = run(args(&["--frobnicate"])).await;
    assert_eq!((code, stdout.len(), stderr.lines().count()), (1, 0, 1));
    assert!(
        stderr.contains("--frobnicate") && stderr.contains("--help"),
        "{stderr}"
    );
}

#[tokio::test]
async fn what_a_host_got_wrong_is_named() {
    for (name, value) in [
        ("PLUGIN_CLIENT_CERT", "rubbish"),
        ("PLUGIN_CLIENT_CERT", ""),
        (
            "PLUGIN_CLIENT_CERT",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        ),
        ("PLUGIN_MIN_PORT", "many"),
    ] {
        let (code, stdout, stderr) = run(Options::default().env(name, value)).await;
        assert_eq!((code, stdout.len()), (1, 0), "{name}={value}");
        assert!(
            stderr.contains("failed to start") && stderr.contains(name),
            "{stderr}"
        );
    }
}
